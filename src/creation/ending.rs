use super::recognition::Lookalike;
use super::session::Surveyed;
use crate::api::JobId;
use crate::error::{Error, Result};

/// What became of a row.
#[derive(Debug)]
pub enum Outcome {
    /// Its job exists, and its id is written down.
    Created(JobId),
    /// The same; the answer was lost or wrong, and the job was recognised on the server.
    Found(JobId),
    /// Another `anon` has created its job in the meantime.
    Meanwhile(JobId),
    /// Its job exists, but its id could not be written down.
    Unsaved(JobId, Error),
    /// There is no job for it.
    Failed(Error),
    /// It was requested, and there was no usable answer: there may be a job.
    Perhaps {
        /// What went wrong.
        why: Error,
        /// The jobs on the server that may be its.
        lookalikes: Vec<Lookalike>,
    },
    /// It was not tried.
    NotTried,
}

impl Outcome {
    /// The id of the row's job, if it is known and written down.
    pub fn job(&self) -> Option<JobId> {
        match self {
            Outcome::Created(id) | Outcome::Found(id) | Outcome::Meanwhile(id) => Some(*id),
            Outcome::Unsaved(..) | Outcome::Failed(_) | Outcome::Perhaps { .. } | Outcome::NotTried => None,
        }
    }
}

/// A row, and what became of it.
#[derive(Debug)]
pub struct Done<'s> {
    /// The row, as it stands now.
    pub row: Surveyed<'s>,
    /// What became of it.
    pub outcome: Outcome,
}

/// How creating jobs ended.
#[derive(Debug)]
pub struct Ending<'s> {
    /// Each row that was to be created, in their order.
    pub rows: Vec<Done<'s>>,
    /// Whether everything written is on disk: if not, it may not survive a power cut.
    pub on_disk: Result<()>,
    /// Why it could not be looked on the server for jobs that were perhaps created.
    pub unseen: Option<Error>,
    /// Whether somebody interrupted it.
    pub interrupted: bool,
}

impl Ending<'_> {
    /// Whether every row has a job that is known by its id and written down.
    pub fn is_complete(&self) -> bool {
        self.on_disk.is_ok() && self.rows.iter().all(|done| done.outcome.job().is_some())
    }
}
