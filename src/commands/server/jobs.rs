use clap::Args;

use crate::commands::context::Context;
use crate::commands::jobs;
use crate::error::Result;
use crate::text::counted;

/// List the latest jobs on the active server
#[derive(Args)]
#[command(after_help = "Examples:
  anon server jobs")]
pub struct Jobs {}

impl Jobs {
    pub fn run(self, context: &Context) -> Result<()> {
        let (server, client) = context.client()?;
        let jobs = client.get_jobs()?;
        context.console.show(&jobs::JobsView::of(&server, &jobs), |console| {
            console.print(format_args!("most recent {} on {}:\n", counted(jobs.len(), "job"), server.name));
            console.print_table(&jobs::table(&jobs));
        });
        Ok(())
    }
}
