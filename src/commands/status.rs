use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;

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
        Ok(())
    }
}
