use clap::Args;

use crate::commands::context::Context;
use crate::commands::ids::{Ids, flatten, shown};
use crate::error::Result;

/// Remove job ids from the batch of this folder; the jobs stay on the server
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch remove 1 2 3
  anon batch remove 20-35")]
pub struct Remove {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable
    #[arg(allow_negative_numbers = true)]
    job_ids: Vec<Ids>,
}

impl Remove {
    pub fn run(self, context: &Context) -> Result<()> {
        let ids = flatten(self.job_ids);
        let (removed, absent): (Vec<_>, Vec<_>) =
            context.batch().change(|batch| ids.iter().partition(|id| batch.job_ids.remove(id)))?;
        context.console.print(format_args!("Removed {} from batch", shown(removed)));
        if !absent.is_empty() {
            context.console.note(format_args!("not in the batch: {}", shown(absent)));
        }
        Ok(())
    }
}
