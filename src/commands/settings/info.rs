use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;

/// Show your user name and token
#[derive(Args)]
#[command(after_help = "Examples:
  anon settings user info")]
pub struct Info {}

impl Info {
    pub fn run(self, context: &Context) -> Result<()> {
        let settings = context.settings()?;
        context.console.print(format_args!("username is {}", settings.user_name));
        context.console.print(format_args!("API token: {}", settings.user_token.reveal()));
        Ok(())
    }
}
