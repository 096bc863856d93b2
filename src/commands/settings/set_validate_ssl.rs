use clap::Args;
use clap::builder::BoolishValueParser;

use crate::commands::context::Context;
use crate::error::Result;

/// Turn the check of server certificates on or off
///
/// Without the check, anyone between you and the server can read your token. Instead, add a hospital's own CA to the trust store
/// of the system, or name its file in REQUESTS_CA_BUNDLE.
#[derive(Args)]
#[command(after_help = "Examples:
  anon settings set-validate-ssl true")]
pub struct SetValidateSsl {
    /// true or false
    #[arg(value_parser = BoolishValueParser::new(), action = clap::ArgAction::Set)]
    value: bool,
}

impl SetValidateSsl {
    pub fn run(self, context: &Context) -> Result<()> {
        context.change_settings(|settings| {
            settings.validate_ssl = self.value;
            Ok(())
        })?;
        context.console.report(format_args!("validate_ssl is now {}", self.value));
        Ok(())
    }
}
