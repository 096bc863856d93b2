use chrono::Local;
use clap::Args;

use super::open;
use crate::api::{Client, Job, JobId, JobStatus};
use crate::commands::context::Context;
use crate::commands::ids::shown;
use crate::commands::jobs::RESET;
use crate::error::{Error, Result};
use crate::text::{agreeing, counted};
use crate::troubleshooting::{Advice, advice, causes};

/// Reset the jobs of the batch that ended in error
///
/// Jobs whose data must not be used are named first; '--yes' alone leaves them out.
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch reset-error
  anon batch reset-error --dry-run
  anon batch reset-error --cause 2
  anon batch reset-error --except-opted-out --yes")]
pub struct ResetError {
    /// Only the jobs of this cause, by its number in 'anon batch show-error'
    #[arg(long, value_name = "N")]
    cause: Option<usize>,
    /// Leave out the jobs of patients who have opted out
    #[arg(long, conflicts_with = "include_opted_out")]
    except_opted_out: bool,
    /// With '--yes': reset the jobs of patients who have opted out as well
    #[arg(long)]
    include_opted_out: bool,
    /// Show which jobs it would be, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl ResetError {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let (ids, server, client) = open(context)?;
        let mut failed = if ids.is_empty() { vec![] } else { client.get_jobs_list(&ids)? };
        failed.retain(|job| job.status == JobStatus::Error);
        let (mut chosen, title) = self.chosen(&failed)?;
        let forbidden: Vec<(JobId, Advice)> =
            chosen.iter().filter_map(|job| Some((job.job_id, forbids(job)?))).collect();
        // Nobody is asked with '--yes', and such data is not sent again unasked.
        let leave_out = self.except_opted_out || console.assumes_yes() && !self.include_opted_out;
        if let Some((_, advice)) = forbidden.first() {
            let jobs = counted(forbidden.len(), "job");
            let ids = shown(forbidden.iter().map(|(id, _)| id));
            let what = if leave_out { format!("{jobs} left out") } else { jobs };
            let hint = match (leave_out, self.except_opted_out) {
                (true, true) => "",
                (true, false) => " '--include-opted-out' resets them all the same",
                (false, _) => " '--except-opted-out' leaves such jobs out",
            };
            console.warn(format_args!("{what} ({ids}): {}; this data must not be used.{hint}", advice.title));
        }
        if leave_out {
            chosen.retain(|job| forbids(job).is_none());
        }
        let ids: Vec<JobId> = chosen.iter().map(|job| job.job_id).collect();
        let of_cause = title.map(|title| format!(" ({title})")).unwrap_or_default();
        let what = format!("reset {} on {server}{of_cause}", counted(ids.len(), "job"));
        let reset = |client: &Client, id| client.reset_job(id);
        super::act_on(context, (&server, &client), &ids, (&RESET, &what, self.dry_run), reset)
    }

    /// The jobs that are meant, and their cause if one was named.
    fn chosen(&self, failed: &[Job]) -> Result<(Vec<Job>, Option<String>)> {
        let Some(number) = self.cause else { return Ok((failed.to_vec(), None)) };
        let causes = causes(failed, Local::now().naive_local());
        let Some(cause) = number.checked_sub(1).and_then(|index| causes.get(index)) else {
            let are = agreeing(causes.len(), "is", "are");
            return Err(Error::refused(
                format!("there is no cause {number}: the errors of this batch have {}", counted(causes.len(), "cause")),
                format!("'anon batch show-error' shows which there {are}"),
            ));
        };
        Ok((cause.jobs.iter().copied().cloned().collect(), Some(cause.title.clone())))
    }
}

/// The advice on a job whose data must not be used.
fn forbids(job: &Job) -> Option<Advice> {
    advice(job, Local::now().naive_local()).filter(|advice| advice.forbids)
}
