use clap::Args;

use crate::api::Token;
use crate::commands::context::Context;
use crate::error::Result;

/// Get a token for your user name, and save it
#[derive(Args)]
#[command(after_help = "Examples:
  anon settings user get-token")]
pub struct GetToken {}

impl GetToken {
    pub fn run(self, context: &Context) -> Result<()> {
        let user = context.change_settings(|settings| {
            settings.user_token = Token::generate();
            Ok(settings.user_name.clone())
        })?;
        context.console.report(format_args!("Got and saved api token for username {user}"));
        Ok(())
    }
}
