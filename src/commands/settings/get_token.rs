use clap::Args;

use crate::api::Token;
use crate::context::Context;
use crate::error::Result;

/// Obtain a security token for your user name, and save it
///
/// Example: anon settings user get-token
#[derive(Args)]
pub struct GetToken {}

impl GetToken {
    pub fn run(self, context: &Context) -> Result<()> {
        let user = context.change_settings(|settings| {
            settings.user_token = Token::generate();
            Ok(settings.user_name.clone())
        })?;
        context.console.print(format_args!("Got and saved api token for username {user}"));
        Ok(())
    }
}
