use clap::Args;

use crate::api::JobId;
use crate::commands::context::Context;
use crate::commands::ids::{Ids, flatten, shown};
use crate::commands::jobs;
use crate::error::Result;
use crate::text::{agreeing, counted};

/// List jobs of the active server, a line each
#[derive(Args)]
#[command(after_help = "Examples:
  anon job list 1 3-5")]
pub struct List {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable
    #[arg(allow_negative_numbers = true)]
    job_ids: Vec<Ids>,
}

impl List {
    pub fn run(self, context: &Context) -> Result<()> {
        let ids = flatten(self.job_ids);
        if ids.is_empty() {
            context.console.print("No job ids given");
            return Ok(());
        }
        let (server, client) = context.client()?;
        let found = client.get_jobs_list(&ids)?;
        context.console.print_table(&jobs::table(&found));
        if found.len() < ids.len() {
            let missing: Vec<JobId> =
                ids.iter().filter(|id| !found.iter().any(|job| job.job_id == **id)).copied().collect();
            let (count, of, are) = (missing.len(), counted(ids.len(), "job"), agreeing(missing.len(), "is", "are"));
            context.console.note(format_args!("{count} of {of} {are} not on {}: {}", server.name, shown(&missing)));
        }
        Ok(())
    }
}
