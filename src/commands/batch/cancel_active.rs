use clap::Args;

use crate::api::JobStatus;
use crate::commands::context::Context;
use crate::error::Result;

/// Cancel the jobs in the batch that are not processed yet; leave those that are done or in error
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch cancel-active
  anon batch cancel-active --dry-run")]
pub struct CancelActive {
    /// Show which jobs would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl CancelActive {
    pub fn run(self, context: &Context) -> Result<()> {
        super::cancel(context, Some(&JobStatus::Active), self.dry_run)
    }
}
