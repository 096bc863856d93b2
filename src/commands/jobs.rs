//! What the groups `job` and `batch` share: tables of jobs, and changing many jobs.

use crate::api::{ApiError, Client, Job, JobId, in_parallel};
use crate::commands::console::{Answer, Interrupt, Table};
use crate::commands::context::Context;
use crate::error::{Error, Result};

/// Enough to hide the network's latency, few enough for a small server.
pub const AT_ONCE: usize = 16;

/// The columns that the manual shows.
const COLUMNS: [&str; 6] = ["id", "date", "status", "down", "proc", "user"];

/// The jobs as the manual shows them.
pub fn table(jobs: &[Job]) -> Table {
    let mut table = Table::new(COLUMNS).painted(2);
    for job in jobs {
        table.row(cells(job));
    }
    table
}

/// As [`table`], with the pseudonym of each job.
pub fn table_with_names(jobs: &[Job]) -> Table {
    let mut table = Table::new(COLUMNS.into_iter().chain(["anon_name"])).painted(2);
    for job in jobs {
        table.row(cells(job).into_iter().chain([job.pseudo_id().unwrap_or_default()]));
    }
    table
}

fn cells(job: &Job) -> [String; 6] {
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    [
        job.job_id.to_string(),
        job.date.clone().unwrap_or_default(),
        job.status.to_string(),
        number(job.files_downloaded),
        number(job.files_processed),
        job.user_name.clone().unwrap_or_default(),
    ]
}

/// A change to many jobs: how it is called, before and after.
pub struct Change {
    /// What is done, for the end report: `reset`.
    pub verb: &'static str,
    /// What it was when done, for `-`: `Reset job 3 on p01`.
    pub done: fn(JobId, &crate::settings::Server) -> String,
}

/// `anon … reset`.
pub const RESET: Change = Change { verb: "reset", done: |id, server| format!("Reset job {id} on {server}") };

/// `anon … cancel`.
pub const CANCEL: Change =
    Change { verb: "cancel", done: |id, server| format!("Cancelled job {id} on {}", server.name) };

/// Asks, then changes the jobs, many at once. The failure of one does not stop the others, unless the server is out of reach.
///
/// # Errors
/// [`Error::Partly`] when some could not be changed: each has been named; [`Error::Interrupted`] after Ctrl-C.
pub fn change(
    context: &Context,
    (server, client): (&crate::settings::Server, &Client),
    ids: &[JobId],
    change: &Change,
    question: &str,
    work: impl Fn(&Client, JobId) -> Result<(), ApiError> + Sync,
) -> Result<()> {
    let console = &context.console;
    if console.confirm(question)? == Answer::No {
        console.note("Cancelled: nothing was done");
        return Ok(());
    }
    let interrupt = Interrupt::listen();
    let mut tally = Tally::default();
    let progress = console.progress_of(ids.len(), change.verb);
    let handled = in_parallel(
        ids,
        AT_ONCE,
        |id| work(client, *id),
        |id, outcome| {
            progress.step();
            match outcome {
                Ok(()) => {
                    tally.done += 1;
                    console.print((change.done)(*id, server));
                }
                Err(error) => {
                    tally.failed += 1;
                    tally.server_is_lost |= error.concerns_the_server();
                    console.failure(format_args!("job {id}"), &error, None);
                    tally.hint = error.hint();
                }
            }
            !tally.server_is_lost && !interrupt.is_pressed()
        },
    );
    drop(progress);
    let summary = tally.summary(change.verb, &ids[handled..]);
    if interrupt.is_pressed() && handled < ids.len() {
        return Err(Error::Interrupted(summary));
    }
    if tally.failed > 0 {
        return Err(Error::Partly { summary, hint: tally.hint });
    }
    Ok(())
}

#[derive(Default)]
struct Tally {
    done: usize,
    failed: usize,
    server_is_lost: bool,
    hint: Option<String>,
}

impl Tally {
    fn summary(&self, verb: &str, rest: &[JobId]) -> String {
        let mut text = format!("{verb}: {} done, {} failed", self.done, self.failed);
        if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
            text += &format!(", {} not tried (jobs {first} to {last})", rest.len());
        }
        text
    }
}
