use clap::Args;

use super::{open, what};
use crate::commands::context::Context;
use crate::commands::jobs::{Order, RESET, act};
use crate::commands::opted_out::OptedOut;
use crate::error::Result;

/// Reset every job in the batch of this folder, so that it is processed again
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch reset
  anon batch reset --dry-run")]
pub struct Reset {
    #[command(flatten)]
    opted_out: OptedOut,
    /// Show which jobs would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Reset {
    pub fn run(self, context: &Context) -> Result<()> {
        let (ids, server, client) = open(context)?;
        let (ids, left_out) = self.opted_out.look_up(&context.console, &client, ids)?;
        let what = what(&RESET, &ids, &server, self.dry_run);
        let order = Order { action: &RESET, what, ids, left_out, dry_run: self.dry_run };
        act(context, (&server, &client), &order)
    }
}
