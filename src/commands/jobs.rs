//! What the groups `job` and `batch` share: tables of jobs, and doing something to many jobs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{ApiError, Client, Job, JobId, in_parallel};
use crate::commands::console::{Interrupt, RowsIn, Table, View};
use crate::commands::context::Context;
use crate::commands::ids::shown;
use crate::error::{Error, Result};
use crate::settings::Server;
use crate::text::{counted, or_empty};

/// Enough to hide the network's latency, few enough for a small server.
pub const AT_ONCE: usize = 16;

/// The columns that the manual shows; the last one is the user.
pub const COLUMNS: [&str; 6] = ["id", "date", "status", "down", "proc", "user"];

/// The jobs as the manual shows them.
pub fn table(jobs: &[Job]) -> Table {
    let mut table = Table::new(COLUMNS).painted(2);
    for job in jobs {
        table.row(cells(job));
    }
    table
}

/// The cells of [`COLUMNS`].
pub fn cells(job: &Job) -> [String; 6] {
    [
        job.job_id.to_string(),
        or_empty(&job.date),
        job.status.to_string(),
        or_empty(&job.files_downloaded),
        or_empty(&job.files_processed),
        or_empty(&job.user_name),
    ]
}

/// Jobs on a server.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobsView {
    /// The server's name.
    pub server: String,
    /// One entry per job.
    pub jobs: Vec<JobView>,
}

/// What a server says about a job in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobView {
    /// The server's number for it.
    pub job_id: i64,
    /// When it was created, by the server's clock: `2016-08-26T15:04:44`.
    pub date: Option<String>,
    /// `ACTIVE`, `UPLOADED`, `DONE`, `ERROR`, `INACTIVE`, or another word of the server.
    pub status: String,
    /// Files fetched from the source.
    pub files_downloaded: Option<i64>,
    /// Files anonymized.
    pub files_processed: Option<i64>,
    /// Who created it.
    pub user_name: Option<String>,
    /// What went wrong, in the server's words.
    pub error: Option<String>,
}

impl JobsView {
    /// What a list says about jobs.
    pub fn of(server: &Server, jobs: &[Job]) -> JobsView {
        JobsView { server: server.name.clone(), jobs: jobs.iter().map(JobView::of).collect() }
    }
}

impl JobView {
    /// What a server says about a job.
    pub fn of(job: &Job) -> JobView {
        JobView {
            job_id: job.job_id.0,
            date: job.date.clone(),
            status: job.status.to_string(),
            files_downloaded: job.files_downloaded,
            files_processed: job.files_processed,
            user_name: job.user_name.clone(),
            error: job.error_text().map(str::to_owned),
        }
    }
}

impl View for JobsView {
    const COLUMNS: &'static [&'static str] =
        &["job_id", "date", "status", "files_downloaded", "files_processed", "user_name", "error"];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["jobs"])];
}

/// What was done to jobs, and what was not.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct ActedView {
    /// What was done: `reset`, `cancel`, `set opt-out ignore`.
    pub action: String,
    /// The server's name.
    pub server: String,
    /// Whether this only shows what would be done: the jobs are then in `not_tried`.
    pub dry_run: bool,
    /// The jobs for which it was done.
    pub done: Vec<i64>,
    /// The jobs for which it could not be done.
    pub failed: Vec<FailedJob>,
    /// The jobs that were not reached: the server was lost, Ctrl-C was pressed, or the answer was no.
    pub not_tried: Vec<i64>,
    /// The jobs that were left alone because their data must not be used.
    pub left_out: Vec<i64>,
}

/// A job for which something could not be done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailedJob {
    /// The server's number for it.
    pub job_id: i64,
    /// Why.
    pub error: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl View for ActedView {
    const COLUMNS: &'static [&'static str] = &["job_id", "outcome", "error"];
    const ROWS: &'static [RowsIn] = &[
        RowsIn::of(&["done"]).marked("outcome", "done"),
        RowsIn::of(&["failed"]).marked("outcome", "failed"),
        RowsIn::of(&["not_tried"]).marked("outcome", "not tried"),
        RowsIn::of(&["left_out"]).marked("outcome", "left out"),
    ];
}

/// Something done to many jobs, with its name before and after.
pub struct Action<'a> {
    /// What is done, for the end report: `reset`.
    pub verb: &'static str,
    /// The same once done: `Reset job 3 on p01`.
    pub done: fn(JobId, &Server) -> String,
    /// Does it to one.
    pub work: &'a (dyn Fn(&Client, JobId) -> Result<(), ApiError> + Sync),
}

/// `anon … reset`.
pub const RESET: Action<'_> = Action {
    verb: "reset",
    done: |id, server| format!("Reset job {id} on {server}"),
    work: &|client, id| client.reset_job(id),
};

/// `anon … cancel`.
pub const CANCEL: Action<'_> = Action {
    verb: "cancel",
    done: |id, server| format!("Cancelled job {id} on {}", server.name),
    work: &|client, id| client.cancel_job(id),
};

/// What to do to which jobs.
pub struct Order<'a> {
    /// What to do to each.
    pub action: &'a Action<'a>,
    /// The same for all of them, as in the question: `reset 3 jobs on p01: 4-6`.
    pub what: String,
    /// The jobs.
    pub ids: Vec<JobId>,
    /// The jobs that would have been among them, but must be left alone.
    pub left_out: Vec<JobId>,
    /// Only show what would be done.
    pub dry_run: bool,
}

/// `job 4 on p01`, `3 jobs on p01: 4-6`.
pub fn which(ids: &[JobId], server: &Server) -> String {
    match ids {
        [id] => format!("job {id} on {}", server.name),
        many => format!("{} on {}: {}", counted(many.len(), "job"), server.name, shown(many)),
    }
}

/// Asks, then acts on the jobs, many at once; or only shows what would be done. The failure of one does not stop the others, unless
/// the server cannot be reached.
///
/// # Errors
/// [`Error::Refused`] if there are no jobs; [`Error::Partly`] when some could not be changed: each has been named;
/// [`Error::Interrupted`] after Ctrl-C.
pub fn act(context: &Context, (server, client): (&Server, &Client), order: &Order<'_>) -> Result<()> {
    let console = &context.console;
    let Order { action, what, ids, left_out, dry_run } = order;
    let mut acted = ActedView {
        action: action.verb.to_owned(),
        server: server.name.clone(),
        dry_run: *dry_run,
        not_tried: numbers(ids),
        left_out: numbers(left_out),
        ..ActedView::default()
    };
    if ids.is_empty() {
        console.show(&acted, |_| {});
        let hint = if left_out.is_empty() { "'anon batch status' shows what there is" } else { "" };
        return Err(Error::refused(format!("there are no jobs to {}", action.verb), hint));
    }
    if *dry_run {
        console.show(&acted, |console| console.print(format_args!("This would {what}")));
        return Ok(());
    }
    if !console.confirm(format_args!("This will {what}. Are you sure?"))? {
        console.note("Cancelled: nothing was done");
        console.show(&acted, |_| {});
        return Ok(());
    }
    let interrupt = Interrupt::listen(console);
    let mut server_is_lost = false;
    let progress = console.progress_of(ids.len(), action.verb);
    let handled = in_parallel(
        ids,
        AT_ONCE,
        |id| (action.work)(client, *id),
        |id, outcome| {
            progress.step();
            match outcome {
                Ok(()) => {
                    acted.done.push(id.0);
                    console.report((action.done)(*id, server));
                }
                Err(error) => {
                    server_is_lost |= error.concerns_the_server();
                    console.failure(format_args!("job {id}"), &error, None);
                    acted.failed.push(FailedJob { job_id: id.0, error: error.to_string(), hint: error.hint() });
                }
            }
            !server_is_lost && !interrupt.is_pressed()
        },
    );
    drop(progress);
    let rest = &ids[handled..];
    acted.not_tried = numbers(rest);
    console.show(&acted, |_| {});
    if interrupt.is_pressed() && !rest.is_empty() {
        return Err(Error::Interrupted(summary(&acted, rest)));
    }
    match acted.failed.last() {
        Some(last) => Err(Error::Partly { summary: summary(&acted, rest), hint: last.hint.clone() }),
        None => Ok(()),
    }
}

fn numbers(ids: &[JobId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}

fn summary(acted: &ActedView, rest: &[JobId]) -> String {
    let mut text = format!("{}: {} done, {} failed", acted.action, acted.done.len(), acted.failed.len());
    if !rest.is_empty() {
        text += &format!(", {} not tried (jobs {})", rest.len(), shown(rest));
    }
    text
}
