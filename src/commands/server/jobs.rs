use clap::Args;

use crate::commands::jobs;
use crate::context::Context;
use crate::error::Result;

/// List the latest jobs on the active server
///
/// Example: anon server jobs
#[derive(Args)]
pub struct Jobs {}

impl Jobs {
    pub fn run(self, context: &Context) -> Result<()> {
        let (server, client) = context.client()?;
        let jobs = client.get_jobs()?;
        context.console.print(format_args!("most recent {} jobs on {}:\n", jobs.len(), server.name));
        context.console.print_table(&jobs::table(&jobs));
        Ok(())
    }
}
