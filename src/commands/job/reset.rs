use clap::Args;

use crate::commands::context::Context;
use crate::commands::ids::{Ids, flatten};
use crate::commands::jobs::{RESET, act, which};
use crate::error::Result;

/// Reset jobs, so that they are processed again
#[derive(Args)]
#[command(after_help = "Examples:
  anon job reset 12
  anon job reset 12 14-16
  anon job reset 12,14-16")]
pub struct Reset {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable
    #[arg(required = true, allow_negative_numbers = true)]
    job_ids: Vec<Ids>,
}

impl Reset {
    pub fn run(self, context: &Context) -> Result<()> {
        let ids = flatten(self.job_ids);
        let (server, client) = context.client()?;
        let question = format!("This will reset {}. Are you sure?", which(&ids, &server));
        act(context, (&server, &client), &ids, &RESET, &question, |client, id| client.reset_job(id))
    }
}
