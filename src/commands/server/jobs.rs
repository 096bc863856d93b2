use clap::Args;

use crate::commands::context::Context;
use crate::commands::jobs;
use crate::error::Result;

/// List the latest jobs on the active server
#[derive(Args)]
#[command(after_help = "Examples:
  anon server jobs")]
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
