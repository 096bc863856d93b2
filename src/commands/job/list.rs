use clap::Args;

use crate::api::JobId;
use crate::commands::complete;
use crate::commands::context::Context;
use crate::commands::ids::{Typed, read, shown};
use crate::commands::jobs;
use crate::error::{Error, Result};
use crate::text::{agreeing, counted};

/// List jobs on the active server, one per line
#[derive(Args)]
#[command(after_help = "Examples:
  anon job list 1 3-5
  anon job list - < ids.txt")]
pub struct List {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable; '-' reads them from standard input
    #[arg(allow_negative_numbers = true, add = complete::job_ids())]
    job_ids: Vec<Typed>,
}

impl List {
    pub fn run(self, context: &Context) -> Result<()> {
        let ids = read(&context.console, self.job_ids)?;
        if ids.is_empty() {
            let server = context.settings()?.active_server()?;
            context.console.show(&jobs::JobsView::of(server, &[]), |console| console.print("No job ids given"));
            return Ok(());
        }
        let (server, client) = context.client()?;
        let found = client.get_jobs_list(&ids)?;
        context.console.show(&jobs::JobsView::of(&server, &found), |console| {
            if !found.is_empty() {
                console.print_table(&jobs::table(&found));
            }
        });
        let missing: Vec<JobId> =
            ids.iter().filter(|id| !found.iter().any(|job| job.job_id == **id)).copied().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let (count, of, are) = (missing.len(), counted(ids.len(), "job"), agreeing(missing.len(), "is", "are"));
        Err(Error::refused(
            format!("{count} of {of} {are} not on {}: {}", server.name, shown(&missing)),
            "'anon server jobs' shows the latest ones there; did you mean another server?",
        ))
    }
}
