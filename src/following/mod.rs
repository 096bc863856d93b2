//! What becomes of the jobs of a batch, and whose they are.
//!
//! A server knows jobs by their ids; a person knows patients. [`Rows::follow`] joins what the server says of jobs with the rows of
//! the mapping: by the journal, or by the sources and pseudonyms that the server gives with its extended list, whoever created them.

pub mod report;
pub mod watch;

use std::path::Path;

use crate::api::{Job, JobId, JobStatus};
use crate::creation::{Journal, whose};
use crate::error::Result;
use crate::plan::Planned;

/// What a job is whose id the server does not know.
pub const NOT_FOUND: &str = "NOT_FOUND";

/// A job, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// What the server says of it.
    pub job: Job,
    /// What the patient is called in the results: the name, or else the id.
    pub pseudonym: Option<String>,
    /// Where its data is, as the mapping has it, or else as the server has it.
    pub source: Option<String>,
    /// The line of its row in the mapping, from 1.
    pub line: Option<usize>,
}

/// The rows of a mapping, to be recognised in what a server says about jobs.
#[derive(Debug, Default)]
pub struct Rows {
    planned: Vec<Planned>,
    journal: Option<Journal>,
    url: String,
}

impl Rows {
    /// Rows whose jobs are on the server at `url`.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn new(planned: Vec<Planned>, url: &str, journal: &Path) -> Result<Rows> {
        Ok(Rows { planned, journal: Some(Journal::read(journal, url)?), url: url.to_owned() })
    }

    /// The jobs, in their order, and whose they are: as far as the rows, the journal and the server's own words tell.
    pub fn follow(&mut self, jobs: Vec<Job>) -> Vec<Followed> {
        let rows = match &mut self.journal {
            Some(journal) => whose(&jobs, &self.planned, &self.url, journal),
            None => Default::default(),
        };
        jobs.into_iter().map(|job| Followed::of(rows.get(&job.job_id).copied(), job)).collect()
    }
}

/// A job that the server does not know.
pub fn unknown(id: JobId) -> Job {
    Job {
        job_id: id,
        date: None,
        user_name: None,
        status: JobStatus::Other(NOT_FOUND.to_owned()),
        error: None,
        description: None,
        project_name: None,
        priority: None,
        files_downloaded: None,
        files_processed: None,
        more: Default::default(),
    }
}

impl Followed {
    /// A job, and where it comes from according to the server.
    pub fn by_server(job: Job) -> Followed {
        Followed::of(None, job)
    }

    fn of(row: Option<&Planned>, job: Job) -> Followed {
        let row_pseudonym = row.and_then(|row| row.job.pseudo_name.clone().or_else(|| row.job.pseudo_id.clone()));
        let by_server = |name| job.detail(name).filter(|text| !text.is_empty());
        Followed {
            pseudonym: row_pseudonym
                .or_else(|| by_server("source_anonymizedpatientname"))
                .or_else(|| by_server("source_anonymizedpatientid")),
            source: row.map(|row| row.source.to_string()).or_else(|| source(&job)),
            line: row.map(|row| row.line),
            job,
        }
    }

    /// Whether anything is known of where it comes from.
    pub fn is_known(&self) -> bool {
        self.pseudonym.is_some() || self.source.is_some()
    }

    /// Keeps what was known of it before, for a list that says less.
    pub fn remember(&mut self, earlier: &Followed) {
        self.pseudonym = self.pseudonym.take().or_else(|| earlier.pseudonym.clone());
        self.source = self.source.take().or_else(|| earlier.source.clone());
        self.line = self.line.or(earlier.line);
    }
}

/// The source as a mapping would have it, of what the server says.
fn source(job: &Job) -> Option<String> {
    let given = |name| job.detail(name).filter(|text| !text.is_empty());
    match given("source_instance_id") {
        Some(instance) if instance.contains(':') => Some(instance),
        Some(uid) => Some(format!("study_instance_uid:{uid}")),
        None => given("source_path"),
    }
}

#[cfg(test)]
mod tests;
