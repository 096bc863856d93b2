use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;

/// Set the user name that the servers know you by
#[derive(Args)]
#[command(after_help = "Examples:
  anon settings user set-username z1234567")]
pub struct SetUsername {
    /// Your user name
    user_name: String,
}

impl SetUsername {
    pub fn run(self, context: &Context) -> Result<()> {
        context.change_settings(|settings| {
            settings.user_name.clone_from(&self.user_name);
            Ok(())
        })?;
        context.console.report(format_args!("username is now '{}'", self.user_name));
        Ok(())
    }
}
