//! What the commands that follow a batch share: its jobs, and whose they are.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{Client, JobId};
use crate::commands::context::Context;
use crate::error::Result;
use crate::following::{Followed, NOT_FOUND, Rows};
use crate::mapping::{Document, FILE_NAME};
use crate::plan::{Planned, plan};
use crate::settings::Server;

/// How the server is asked for jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// For their statuses: whose they are, only the journal of this computer tells.
    Brief,
    /// For their sources and pseudonyms as well, so that it does not matter who created them.
    Extended,
}

/// The jobs with these ids, and whose they are.
///
/// # Errors
/// When the server cannot be asked.
pub fn follow(
    context: &Context,
    (server, client): (&Server, &Client),
    ids: &[JobId],
    list: List,
) -> Result<Vec<Followed>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
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
                context.console.tell(format_args!("jobs are shown without their lines in a mapping: {error}"))
            }
        }
    }
    Rows::new(planned, &server.url, &context.journal_path()).unwrap_or_else(|error| {
        context.console.warn(format_args!("whose the jobs are cannot be told: {error}"));
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
    /// What the patient is called in the results.
    pub pseudonym: Option<String>,
    /// Where its data is: as the mapping has it, or else as the server has it.
    pub source: Option<String>,
    /// The line of its row in the mapping, from 1.
    pub line: Option<usize>,
    /// What went wrong, in the server's words.
    pub error: Option<String>,
}

impl FollowedView {
    /// The names of [`FollowedView::cells`].
    pub const COLUMNS: &'static [&'static str] = &[
        "job_id",
        "date",
        "status",
        "files_downloaded",
        "files_processed",
        "user_name",
        "pseudonym",
        "source",
        "line",
        "error",
    ];

    pub fn of(followed: &Followed) -> FollowedView {
        let job = &followed.job;
        FollowedView {
            job_id: job.job_id.0,
            date: job.date.clone(),
            status: job.status.to_string(),
            files_downloaded: job.files_downloaded,
            files_processed: job.files_processed,
            user_name: job.user_name.clone(),
            pseudonym: followed.pseudonym.clone(),
            source: followed.source.clone(),
            line: followed.line,
            error: job.error_text().map(str::to_owned),
        }
    }

    /// A row of CSV.
    pub fn cells(&self) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.job_id.to_string(),
            text(&self.date),
            self.status.clone(),
            or_nothing(self.files_downloaded),
            or_nothing(self.files_processed),
            text(&self.user_name),
            text(&self.pseudonym),
            text(&self.source),
            or_nothing(self.line),
            text(&self.error),
        ]
    }
}

/// A number as text, and none as an empty one.
pub fn or_nothing(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// How many jobs have a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Count {
    /// `ACTIVE`, `UPLOADED`, `DONE`, `ERROR`, `INACTIVE`, `NOT_FOUND`, or another word of the server.
    pub status: String,
    /// How many of the batch.
    pub count: usize,
}

/// How many jobs of the batch there are of each status that there is, in the order in which they come.
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

/// The ids that the server does not know.
pub fn missing(ids: &[JobId], jobs: &[Followed]) -> Vec<JobId> {
    let found: std::collections::HashSet<JobId> = jobs.iter().map(|followed| followed.job.job_id).collect();
    ids.iter().filter(|id| !found.contains(id)).copied().collect()
}
