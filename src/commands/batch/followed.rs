//! What the commands that follow a batch share: its jobs, and whose they are.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{Client, JobId};
use crate::commands::context::Context;
use crate::commands::jobs::JobView;
use crate::error::Result;
use crate::following::{Followed, NOT_FOUND, Rows};
use crate::mapping::{Document, FILE_NAME};
use crate::plan::{Planned, plan};
use crate::settings::Server;

/// Which request gets the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Just their statuses: only the journal on this computer says whose they are.
    Brief,
    /// With sources and pseudonyms, so that it does not matter who created them.
    Extended,
}

/// The jobs with these ids, and whose they are.
///
/// # Errors
/// When the server cannot be reached.
pub fn follow(
    context: &Context,
    (server, client): (&Server, &Client),
    ids: &[JobId],
    list: List,
) -> Result<Vec<Followed>> {
    let jobs = match list {
        List::Brief => client.get_jobs_list(ids)?,
        List::Extended => client.get_jobs_list_extended(ids)?,
    };
    Ok(rows(context, server).follow(jobs))
}

/// The rows that jobs of the batch can be of: those of the mapping in its folder, and of the active one. What keeps a mapping from being
/// read keeps nobody from following the jobs.
pub fn rows(context: &Context, server: &Server) -> Rows {
    let here = context.folder.join(FILE_NAME);
    let active = context.settings().ok().and_then(|settings| settings.active_mapping_file.clone());
    let mut planned = vec![];
    for path in [Some(here.clone()), active.filter(|path| *path != here)].into_iter().flatten() {
        match planned_in(context, &path) {
            Ok(rows) => planned.extend(rows),
            Err(error) => {
                context.console.tell(format_args!("jobs are shown without their line in the mapping: {error}"))
            }
        }
    }
    Rows::new(planned, &server.url, &context.journal_path()).unwrap_or_else(|error| {
        context.console.warn(format_args!("cannot tell whose jobs these are: {error}"));
        Rows::default()
    })
}

fn planned_in(context: &Context, path: &Path) -> Result<Vec<Planned>> {
    if !path.is_file() {
        return Ok(vec![]);
    }
    let document = Document::read(path)?;
    Ok(plan(document.mapping(), &context.settings()?.job_default_parameters).jobs)
}

/// A job of the batch, and where it comes from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FollowedView {
    #[serde(flatten)]
    job: JobView,
    /// The patient's pseudonym in the results.
    pseudonym: Option<String>,
    /// Where its data is, according to the mapping or else the server.
    source: Option<String>,
    /// The line of its row in the mapping, from 1.
    line: Option<usize>,
}

impl FollowedView {
    /// The columns of the CSV form.
    pub const COLUMNS: &'static [&'static str] = &[
        "job_id",
        "date",
        "status",
        "files_downloaded",
        "files_processed",
        "user_name",
        "error",
        "pseudonym",
        "source",
        "line",
    ];

    pub fn of(followed: &Followed) -> FollowedView {
        let Followed { job, pseudonym, source, line } = followed;
        FollowedView { job: JobView::of(job), pseudonym: pseudonym.clone(), source: source.clone(), line: *line }
    }
}

/// How many jobs have a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Count {
    /// `ACTIVE`, `UPLOADED`, `DONE`, `ERROR`, `INACTIVE`, `NOT_FOUND`, or another word of the server.
    pub status: String,
    /// How many jobs in the batch have it.
    pub count: usize,
}

/// How many jobs in the batch have each status, in order of appearance.
pub fn counts(jobs: &[Followed], missing: usize) -> Vec<Count> {
    let mut counts: Vec<Count> = vec![];
    for Followed { job, .. } in jobs {
        match counts.iter_mut().find(|count| count.status == job.status.as_str()) {
            Some(count) => count.count += 1,
            None => counts.push(Count { status: job.status.to_string(), count: 1 }),
        }
    }
    if missing > 0 {
        counts.push(Count { status: NOT_FOUND.to_owned(), count: missing });
    }
    counts
}

/// `221 DONE, 79 ACTIVE`.
pub fn tally(counts: &[Count]) -> String {
    counts.iter().map(|Count { status, count }| format!("{count} {status}")).collect::<Vec<_>>().join(", ")
}

/// The ids that the server does not know.
pub fn missing(ids: &[JobId], jobs: &[Followed]) -> Vec<JobId> {
    let found: std::collections::HashSet<JobId> = jobs.iter().map(|followed| followed.job.job_id).collect();
    ids.iter().filter(|id| !found.contains(id)).copied().collect()
}
