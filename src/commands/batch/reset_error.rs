use chrono::Local;
use clap::Args;

use super::{open, what};
use crate::api::{Job, JobStatus};
use crate::commands::context::Context;
use crate::commands::jobs::{Order, RESET, act};
use crate::commands::opted_out::OptedOut;
use crate::error::{Error, Result};
use crate::text::{agreeing, counted};
use crate::troubleshooting::causes;

/// Reset the jobs in the batch that ended in error
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch reset-error
  anon batch reset-error --dry-run
  anon batch reset-error --cause 2
  anon batch reset-error --except-opted-out --yes")]
pub struct ResetError {
    /// Only jobs with this cause, by its number in 'anon batch show-error'
    #[arg(long, value_name = "N")]
    cause: Option<usize>,
    #[command(flatten)]
    opted_out: OptedOut,
    /// Show which jobs would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl ResetError {
    pub fn run(self, context: &Context) -> Result<()> {
        let (ids, server, client) = open(context)?;
        let mut failed = client.get_jobs_list(&ids)?;
        failed.retain(|job| job.status == JobStatus::Error);
        let (chosen, title) = self.chosen(&failed)?;
        let ids = chosen.iter().map(|job| job.job_id).collect();
        let (ids, left_out) = self.opted_out.divide(&context.console, ids, &chosen);
        let mut what = what(&RESET, &ids, &server, self.dry_run);
        if let Some(title) = title {
            what += &format!(" ({title})");
        }
        let order = Order { action: &RESET, what, ids, left_out, dry_run: self.dry_run };
        act(context, (&server, &client), &order)
    }

    /// The chosen jobs, and their cause if one was given.
    fn chosen(&self, failed: &[Job]) -> Result<(Vec<Job>, Option<String>)> {
        let Some(number) = self.cause else { return Ok((failed.to_vec(), None)) };
        let causes = causes(failed, Local::now().naive_local());
        let Some(cause) = number.checked_sub(1).and_then(|index| causes.get(index)) else {
            let are = agreeing(causes.len(), "is", "are");
            return Err(Error::refused(
                format!("there is no cause {number}: the errors in this batch have {}", counted(causes.len(), "cause")),
                format!("'anon batch show-error' shows which there {are}"),
            ));
        };
        Ok((cause.jobs.iter().copied().cloned().collect(), Some(cause.title.clone())))
    }
}
