use clap::Args;

use crate::commands::context::Context;
use crate::commands::ids::shown;
use crate::error::Result;

/// Remove the batch of this folder; its jobs stay on the server
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch delete")]
pub struct Delete {}

impl Delete {
    pub fn run(self, context: &Context) -> Result<()> {
        let held = context.batch().delete()?;
        context.console.report("Removed batch in current dir");
        // Nobody else knows the ids.
        if let Some(batch) = held.filter(|batch| !batch.job_ids.is_empty()) {
            context.console.report(format_args!("it held these jobs of {}: {}", batch.server, shown(&batch.job_ids)));
        }
        Ok(())
    }
}
