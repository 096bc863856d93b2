//! What the groups `job` and `batch` share: tables of jobs, and doing something to many jobs.

use crate::api::{ApiError, Client, Job, JobId, in_parallel};
use crate::commands::console::{Answer, Interrupt, Table};
use crate::commands::context::Context;
use crate::commands::ids::shown;
use crate::error::{Error, Result};
use crate::settings::Server;
use crate::text::counted;

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

/// Something that is done to many jobs: how it is called, before and after.
pub struct Action {
    /// What is done, for the end report: `reset`.
    pub verb: &'static str,
    /// What it was when done: `Reset job 3 on p01`.
    pub done: fn(JobId, &Server) -> String,
}

/// `anon … reset`.
pub const RESET: Action = Action { verb: "reset", done: |id, server| format!("Reset job {id} on {server}") };

/// `anon … cancel`.
pub const CANCEL: Action =
    Action { verb: "cancel", done: |id, server| format!("Cancelled job {id} on {}", server.name) };

/// `job 4 on p01`, `3 jobs on p01: 4-6`.
pub fn which(ids: &[JobId], server: &Server) -> String {
    match ids {
        [id] => format!("job {id} on {}", server.name),
        many => format!("{} on {}: {}", counted(many.len(), "job"), server.name, shown(many)),
    }
}

/// Asks, then acts on the jobs, many at once. The failure of one does not stop the others, unless the server is out of reach.
///
/// # Errors
/// [`Error::Partly`] when some could not be changed: each has been named; [`Error::Interrupted`] after Ctrl-C.
pub fn act(
    context: &Context,
    (server, client): (&Server, &Client),
    ids: &[JobId],
    action: &Action,
    question: &str,
    work: impl Fn(&Client, JobId) -> Result<(), ApiError> + Sync,
) -> Result<()> {
    let console = &context.console;
    if console.confirm(question)? == Answer::No {
        console.note("Cancelled: nothing was done");
        return Ok(());
    }
    let interrupt = Interrupt::listen();
    let mut counts = Counts::default();
    let progress = console.progress_of(ids.len(), action.verb);
    let handled = in_parallel(
        ids,
        AT_ONCE,
        |id| work(client, *id),
        |id, outcome| {
            progress.step();
            match outcome {
                Ok(()) => {
                    counts.done += 1;
                    console.print((action.done)(*id, server));
                }
                Err(error) => {
                    counts.failed += 1;
                    counts.server_is_lost |= error.concerns_the_server();
                    console.failure(format_args!("job {id}"), &error, None);
                    counts.hint = error.hint();
                }
            }
            !counts.server_is_lost && !interrupt.is_pressed()
        },
    );
    drop(progress);
    let summary = counts.summary(action.verb, &ids[handled..]);
    if interrupt.is_pressed() && handled < ids.len() {
        return Err(Error::Interrupted(summary));
    }
    if counts.failed > 0 {
        return Err(Error::Partly { summary, hint: counts.hint });
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    done: usize,
    failed: usize,
    server_is_lost: bool,
    hint: Option<String>,
}

impl Counts {
    fn summary(&self, verb: &str, rest: &[JobId]) -> String {
        let mut text = format!("{verb}: {} done, {} failed", self.done, self.failed);
        if !rest.is_empty() {
            text += &format!(", {} not tried (jobs {})", rest.len(), shown(rest));
        }
        text
    }
}
