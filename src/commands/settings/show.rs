use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;

/// Show all settings, the token hidden
#[derive(Args)]
#[command(after_help = "Examples:
  anon settings show")]
pub struct Show {}

impl Show {
    pub fn run(self, context: &Context) -> Result<()> {
        context.console.print_lines(context.settings()?.shown());
        Ok(())
    }
}
