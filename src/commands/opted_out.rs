//! Jobs whose data must not be used: none of them is reset unasked.

use clap::Args;

use crate::api::{Client, Job, JobId};
use crate::commands::console::Console;
use crate::commands::ids::shown;
use crate::error::Result;
use crate::text::counted;
use crate::troubleshooting::{Advice, advice};

/// Whether jobs of patients who have opted out are reset with the others.
#[derive(Args)]
pub struct OptedOut {
    /// Leave out the jobs of patients who have opted out
    #[arg(long, conflicts_with = "include_opted_out")]
    except_opted_out: bool,
    /// Include the jobs of patients who have opted out, which '--yes' alone leaves out
    #[arg(long)]
    include_opted_out: bool,
}

impl OptedOut {
    /// Asks the server which of these jobs must not be used, and divides them as [`OptedOut::divide`] does.
    ///
    /// It is not asked if the answer comes from a pipe, without anybody to read a warning: then a reset takes as many
    /// calls as it always has.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub fn look_up(&self, console: &Console, client: &Client, ids: Vec<JobId>) -> Result<(Vec<JobId>, Vec<JobId>)> {
        let is_told = self.except_opted_out || console.assumes_yes() || Console::is_answered_by_a_person();
        if !is_told || self.include_opted_out {
            return Ok((ids, vec![]));
        }
        let jobs = client.get_jobs_list(&ids)?;
        Ok(self.divide(console, ids, &jobs))
    }

    /// The jobs to reset, and those to leave out, which are printed. `jobs` is what the server says about them.
    pub fn divide(&self, console: &Console, ids: Vec<JobId>, jobs: &[Job]) -> (Vec<JobId>, Vec<JobId>) {
        let now = chrono::Local::now().naive_local();
        let forbids = |job: &Job| advice(job, now).filter(|advice| advice.forbids);
        let forbidden: Vec<(JobId, Advice)> = jobs.iter().filter_map(|job| Some((job.job_id, forbids(job)?))).collect();
        let Some((_, advice)) = forbidden.first() else { return (ids, vec![]) };
        // With '--yes' nobody is asked, and such data must not be sent again without asking.
        let leave_out = self.except_opted_out || console.assumes_yes() && !self.include_opted_out;
        let (what, hint) = match (leave_out, self.except_opted_out) {
            (true, true) => (" left out", ""),
            (true, false) => (" left out", " '--include-opted-out' resets them anyway"),
            (false, _) => ("", " '--except-opted-out' leaves such jobs out"),
        };
        console.warn(format_args!(
            "{}{what} ({}): {}; this data must not be used.{hint}",
            counted(forbidden.len(), "job"),
            shown(forbidden.iter().map(|(id, _)| id)),
            advice.title
        ));
        let is_left_out = |id: &JobId| leave_out && forbidden.iter().any(|(forbidden, _)| forbidden == id);
        ids.into_iter().partition(|id| !is_left_out(id))
    }
}
