use clap::Args;

use super::{Which, act};
use crate::commands::context::Context;
use crate::commands::jobs::RESET;
use crate::error::Result;

/// Reset every job in the batch of this folder, so that it is processed again
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch reset
  anon batch reset --dry-run")]
pub struct Reset {
    /// Show which jobs it would be, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Reset {
    pub fn run(self, context: &Context) -> Result<()> {
        act(context, Which::All, &RESET, self.dry_run, |client, id| client.reset_job(id))
    }
}
