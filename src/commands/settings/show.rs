use clap::Args;

use crate::context::Context;
use crate::error::Result;

/// Show all settings, the token hidden
///
/// Example: anon settings show
#[derive(Args)]
pub struct Show {}

impl Show {
    pub fn run(self, context: &Context) -> Result<()> {
        context.console.print(context.settings()?.shown());
        Ok(())
    }
}
