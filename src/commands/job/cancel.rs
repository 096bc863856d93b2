use clap::Args;

use crate::commands::context::Context;
use crate::commands::ids::{Ids, flatten};
use crate::commands::jobs::{CANCEL, act, which};
use crate::error::Result;

/// Set jobs to inactive
#[derive(Args)]
#[command(after_help = "Examples:
  anon job cancel 12
  anon job cancel 12 14-16
  anon job cancel 12,14-16")]
pub struct Cancel {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable
    #[arg(required = true, allow_negative_numbers = true)]
    job_ids: Vec<Ids>,
}

impl Cancel {
    pub fn run(self, context: &Context) -> Result<()> {
        let ids = flatten(self.job_ids);
        let (server, client) = context.client()?;
        let question = format!("This will cancel {}. Are you sure?", which(&ids, &server));
        act(context, (&server, &client), &ids, &CANCEL, &question, |client, id| client.cancel_job(id))
    }
}
