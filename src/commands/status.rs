use std::path::Path;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::console::{Console, RowsIn, View};
use crate::commands::context::Context;
use crate::commands::server::list::Servers;
use crate::error::Result;
use crate::settings::{Server, Settings};

/// Show what anon knows: servers, user name, active mapping, location of the settings
#[derive(Args)]
#[command(after_help = "Examples:
  anon status")]
pub struct Status {}

impl Status {
    pub fn run(self, context: &Context) -> Result<()> {
        let settings = context.settings()?;
        let path = context.settings_file().path();
        context.console.show(&Overview::of(settings, path), |console| print(console, settings, path));
        Ok(())
    }
}

/// What to do on a new computer.
const NEXT: &str = "
To begin: 'anon server add NAME URL' and 'anon server activate NAME', with the URL that your server's admin gives you;
'anon settings user set-username NAME', with the name by which the server knows you;
'anon settings user get-token', which creates your token;
'anon doctor', which checks all of this and says what to fix.";

fn print(console: &Console, settings: &Settings, path: &Path) {
    super::server::list::show(console, settings);
    console.print(format_args!("\nUsing username: '{}'", settings.user_name));
    match &settings.active_mapping_file {
        Some(path) => console.print(format_args!("Active mapping: '{}'", path.display())),
        None => console.print("Active mapping: none"),
    }
    console.print(format_args!("Reading settings from '{}'", path.display()));
    let needs_server = settings.active_server().is_ok_and(Server::is_example);
    if needs_server || settings.has_example_user() {
        NEXT.lines().for_each(|line| console.note(line));
    }
}

/// What `anon` knows without asking a server.
#[derive(Serialize, JsonSchema)]
pub struct Overview {
    #[serde(flatten)]
    servers: Servers,
    /// The user's name on the servers.
    user_name: String,
    /// The mapping that `map` and `create` work on.
    active_mapping: Option<String>,
    /// The settings file.
    settings_file: String,
}

impl Overview {
    fn of(settings: &Settings, path: &Path) -> Overview {
        Overview {
            servers: Servers::of(settings),
            user_name: settings.user_name.clone(),
            active_mapping: settings.active_mapping_file.as_ref().map(|path| path.display().to_string()),
            settings_file: path.display().to_string(),
        }
    }
}

impl View for Overview {
    const COLUMNS: &'static [&'static str] = &["name", "url", "active", "user_name", "active_mapping", "settings_file"];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["servers"])];
}
