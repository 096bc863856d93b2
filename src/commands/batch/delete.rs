use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;

/// Remove the batch of this folder; its jobs stay on the server
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch delete")]
pub struct Delete {}

impl Delete {
    pub fn run(self, context: &Context) -> Result<()> {
        // A broken one is deleted as well.
        let held = context.batch().load_if_present().ok().flatten();
        context.batch().delete()?;
        context.console.print("Removed batch in current dir");
        // Nobody else knows the ids.
        if let Some(batch) = held.filter(|batch| !batch.job_ids.is_empty()) {
            let ids: Vec<String> = batch.job_ids.iter().map(ToString::to_string).collect();
            context.console.note(format_args!("it held these jobs of {}: {}", batch.server, ids.join(",")));
        }
        Ok(())
    }
}
