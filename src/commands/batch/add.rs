use clap::Args;

use crate::commands::context::Context;
use crate::commands::ids::{Typed, read, shown};
use crate::error::Result;

/// Add job ids to the batch of this folder
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch add 1 2 3
  anon batch add 20-35
  anon batch add - < ids.txt")]
pub struct Add {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable; '-' reads them from standard input
    #[arg(required = true, allow_negative_numbers = true)]
    job_ids: Vec<Typed>,
}

impl Add {
    pub fn run(self, context: &Context) -> Result<()> {
        let ids = read(&context.console, self.job_ids)?;
        let batch = context.batch().change(|batch| {
            batch.job_ids.extend(&ids);
            Ok(batch.clone())
        })?;
        context.console.report(format_args!("Added {} to batch", shown(&ids)));
        super::warn_of_others(context, &batch);
        Ok(())
    }
}
