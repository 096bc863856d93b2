use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;
use crate::settings::Server;

/// Show what this tool knows: servers, user name, active mapping, where the settings are
#[derive(Args)]
#[command(after_help = "Examples:
  anon status")]
pub struct Status {}

impl Status {
    pub fn run(self, context: &Context) -> Result<()> {
        let settings = context.settings()?;
        let console = &context.console;
        super::server::list::show(console, settings);
        console.print(format_args!("\nUsing username: '{}'", settings.user_name));
        match &settings.active_mapping_file {
            Some(path) => console.print(format_args!("Active mapping: '{}'", path.display())),
            None => console.print("Active mapping: none"),
        }
        console.print(format_args!("Reading settings from '{}'", context.settings_file().path().display()));
        let needs_server = settings.active_server().is_ok_and(Server::is_example);
        if needs_server || settings.has_example_user() {
            NEXT.lines().for_each(|line| console.note(line));
        }
        Ok(())
    }
}

/// What to do on a fresh machine.
const NEXT: &str = "
To begin: 'anon server add NAME URL' and 'anon server activate NAME', with the URL that your server's admin gives you;
'anon settings user set-username NAME', with the name that the server knows you by;
'anon settings user get-token', which makes your token;
'anon doctor', which checks all of it and says what to mend.";
