use clap::Args;

use super::planned;
use crate::commands::context::Context;
use crate::error::Result;

/// Read the active mapping as 'create from-mapping' would, and report all that is wrong with it
#[derive(Args)]
#[command(after_help = "Examples:
  anon map check")]
pub struct Check {}

impl Check {
    pub fn run(self, context: &Context) -> Result<()> {
        let (path, plan) = planned(context)?;
        context.console.print(format_args!("{}: {} rows, nothing wrong", path.display(), plan.jobs.len()));
        Ok(())
    }
}
