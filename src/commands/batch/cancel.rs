use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;

/// Cancel every job in the batch of this folder
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch cancel
  anon batch cancel --dry-run")]
pub struct Cancel {
    /// Show which jobs would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Cancel {
    pub fn run(self, context: &Context) -> Result<()> {
        super::cancel(context, None, self.dry_run)
    }
}
