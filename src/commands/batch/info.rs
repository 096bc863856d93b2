use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;

/// Show the batch of this folder: its job ids and their server
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch info")]
pub struct Info {}

impl Info {
    pub fn run(self, context: &Context) -> Result<()> {
        let batch = context.batch().load()?;
        context.console.print_lines(batch.to_yaml());
        super::warn_of_others(context, &batch);
        Ok(())
    }
}
