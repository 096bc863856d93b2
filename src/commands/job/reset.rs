use clap::Args;

use crate::commands::complete;
use crate::commands::context::Context;
use crate::commands::ids::{Typed, read};
use crate::commands::jobs::{RESET, act, rehearse, which};
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
    /// Show which jobs it would be, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Reset {
    pub fn run(self, context: &Context) -> Result<()> {
        let ids = read(&context.console, self.job_ids)?;
        let (server, client) = context.client()?;
        let what = format!("reset {}", which(&ids, &server));
        if self.dry_run {
            rehearse(context, &server, &ids, &RESET, &what);
            return Ok(());
        }
        let question = format!("This will {what}. Are you sure?");
        act(context, (&server, &client), &ids, &RESET, &question, |client, id| client.reset_job(id))
    }
}
