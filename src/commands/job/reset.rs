use clap::Args;

use crate::commands::complete;
use crate::commands::context::Context;
use crate::commands::ids::{Typed, read};
use crate::commands::jobs::{Order, RESET, act, which};
use crate::commands::opted_out::OptedOut;
use crate::error::Result;

/// Reset jobs, so that they are processed again
#[derive(Args)]
#[command(after_help = "Examples:
  anon job reset 12
  anon job reset 12 14-16
  anon job reset 12,14-16
  anon job reset - --yes < ids.txt
  anon job reset 12,14-16 --dry-run")]
pub struct Reset {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable; '-' reads them from standard input
    #[arg(required = true, allow_negative_numbers = true, add = complete::job_ids())]
    job_ids: Vec<Typed>,
    #[command(flatten)]
    opted_out: OptedOut,
    /// Show which jobs would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Reset {
    pub fn run(self, context: &Context) -> Result<()> {
        let ids = read(&context.console, self.job_ids)?;
        let (server, client) = context.client()?;
        let (ids, left_out) = self.opted_out.look_up(&context.console, &client, ids)?;
        let what = format!("reset {}", which(&ids, &server));
        let order = Order { action: &RESET, what, ids, left_out, dry_run: self.dry_run };
        act(context, (&server, &client), &order)
    }
}
