use clap::Args;

use crate::commands::complete;
use crate::commands::context::Context;
use crate::commands::ids::{Typed, read};
use crate::commands::jobs::{CANCEL, Order, act, which};
use crate::error::Result;

/// Set jobs to inactive
#[derive(Args)]
#[command(after_help = "Examples:
  anon job cancel 12
  anon job cancel 12 14-16
  anon job cancel 12,14-16
  anon job cancel - --yes < ids.txt
  anon job cancel 12,14-16 --dry-run")]
pub struct Cancel {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable; '-' reads them from standard input
    #[arg(required = true, allow_negative_numbers = true, add = complete::job_ids())]
    job_ids: Vec<Typed>,
    /// Show which jobs would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Cancel {
    pub fn run(self, context: &Context) -> Result<()> {
        let ids = read(&context.console, self.job_ids)?;
        let (server, client) = context.client()?;
        let what = format!("cancel {}", which(&ids, &server));
        let order = Order { action: &CANCEL, what, ids, left_out: vec![], dry_run: self.dry_run };
        act(context, (&server, &client), &order)
    }
}
