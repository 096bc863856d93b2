use clap::Args;

use super::{Which, act};
use crate::api::JobStatus;
use crate::commands::context::Context;
use crate::commands::jobs::RESET;
use crate::error::Result;

/// Reset the jobs of the batch that ended in error
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch reset-error
  anon batch reset-error --dry-run")]
pub struct ResetError {
    /// Show which jobs it would be, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl ResetError {
    pub fn run(self, context: &Context) -> Result<()> {
        let failed = Which::With(|status| *status == JobStatus::Error);
        act(context, failed, &RESET, self.dry_run, |client, id| client.reset_job(id))
    }
}
