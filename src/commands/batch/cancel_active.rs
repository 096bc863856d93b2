use clap::Args;

use crate::api::JobStatus;
use crate::commands::context::Context;
use crate::error::Result;

/// Cancel the jobs of the batch that are not processed yet; leave done and error
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch cancel-active
  anon batch cancel-active --dry-run")]
pub struct CancelActive {
    /// Show which jobs it would be, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl CancelActive {
    pub fn run(self, context: &Context) -> Result<()> {
        super::cancel(context, Some(&JobStatus::Active), self.dry_run)
    }
}
