//! Creating jobs so that none is lost and none is made twice.
//!
//! Before a job is asked for, the journal says so, on disk; when its id is there, it goes to the journal and then to the batch,
//! and is on disk before the next job is asked for. Whatever happens in between, the next run knows.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::api::{ApiError, Client, Effect, JobId, in_parallel};
use crate::batch::BatchFolder;
use crate::error::{Error, Result};
use crate::plan::Planned;
use crate::settings::Server;
use journal::{Fingerprint, Journal, Known};

pub(crate) mod journal;
mod recognition;

pub use recognition::recognise;

/// Rows, by what is known of their jobs.
#[derive(Debug, Default)]
pub struct Sorted {
    /// Rows without a job.
    pub new: Vec<Planned>,
    /// Rows that have a job.
    pub created: Vec<(Planned, JobId)>,
    /// Rows whose job was asked for without an answer: it may exist.
    pub perhaps: Vec<Planned>,
    /// Rows that ask for the same job as an earlier row.
    pub repeated: Vec<Planned>,
}

impl Sorted {
    /// All rows, in no particular order.
    pub fn rows(&self) -> impl Iterator<Item = &Planned> {
        let created = self.created.iter().map(|(row, _)| row);
        created.chain(&self.new).chain(&self.perhaps).chain(&self.repeated)
    }

    /// Takes new rows for perhaps created.
    pub fn doubt(&mut self, is_doubtful: impl Fn(&Planned) -> bool) {
        let (doubtful, new) = std::mem::take(&mut self.new).into_iter().partition(is_doubtful);
        self.new = new;
        self.perhaps.extend::<Vec<Planned>>(doubtful);
    }
}

/// Sorts rows by what the journal knows of their jobs.
pub fn sort(rows: Vec<Planned>, server: &Server, journal: &Journal) -> Sorted {
    let mut sorted = Sorted::default();
    let mut seen = std::collections::HashSet::new();
    for row in rows {
        let fingerprint = Fingerprint::of(&server.url, &row.job);
        match journal.known(&fingerprint) {
            Some(Known::Created(id)) => sorted.created.push((row, id)),
            Some(Known::Perhaps) => sorted.perhaps.push(row),
            None if seen.insert(fingerprint) => sorted.new.push(row),
            None => sorted.repeated.push(row),
        }
    }
    sorted
}

/// What became of a row.
#[derive(Debug)]
pub enum Outcome {
    /// Its job exists, and its id is written down.
    Created(JobId),
    /// Its job exists, but its id could not be written down.
    Unsaved(JobId, Error),
    /// There is no job for it.
    Failed(Error),
    /// It was asked for, and no answer came: there may be a job.
    Perhaps(Error),
    /// It was not tried.
    NotTried,
}

/// Creates jobs on one server.
pub struct Creation<'a> {
    client: &'a Client,
    server: &'a Server,
    batch: BatchFolder,
    journal: Mutex<Journal>,
    /// Set when nothing further is to be begun: by Ctrl-C, or when the next job would fail too.
    stop: &'a AtomicBool,
    /// Why the job before was refused.
    refusal: Mutex<Option<String>>,
}

impl<'a> Creation<'a> {
    /// Takes the journal for as long as jobs are created.
    pub fn new(
        client: &'a Client,
        server: &'a Server,
        batch: BatchFolder,
        journal: Journal,
        stop: &'a AtomicBool,
    ) -> Self {
        Creation { client, server, batch, journal: Mutex::new(journal), stop, refusal: Mutex::default() }
    }

    /// Creates the jobs of the rows, `at_once` at a time, and tells `each` what became of every row, in their order.
    ///
    /// A row that is refused for a reason of its own does not stop the others. Two in a row that are refused for the same
    /// reason do, and so does a server that fails. Rows that failed in an earlier run stop nothing when they fail again, so that
    /// they are not for ever in the way of those behind them.
    ///
    /// # Errors
    /// When the disk fails at the very end: what was written may not survive a power cut.
    pub fn run(&self, rows: &[Planned], at_once: usize, mut each: impl FnMut(&Planned, Outcome)) -> Result<()> {
        let handled = in_parallel(
            rows,
            at_once,
            |row| self.create(row),
            |row, outcome| {
                each(row, outcome);
                !self.stop.load(Ordering::SeqCst)
            },
        );
        for row in &rows[handled..] {
            each(row, Outcome::NotTried);
        }
        lock(&self.journal).sync().and(self.batch.sync())
    }

    fn create(&self, row: &Planned) -> Outcome {
        let fingerprint = Fingerprint::of(&self.server.url, &row.job);
        let failed_before;
        {
            let mut journal = lock(&self.journal);
            failed_before = journal.has_failed(&fingerprint);
            if self.stop.load(Ordering::SeqCst) {
                return Outcome::NotTried;
            }
            if let Err(error) = journal.asked(&fingerprint) {
                self.stop.store(true, Ordering::SeqCst);
                return Outcome::Failed(error);
            }
        }
        let answer = self.client.create_job(&row.job);
        let mut journal = lock(&self.journal);
        match answer {
            Ok(id) => self.save(&mut journal, &fingerprint, id),
            Err(error) => self.failed(&mut journal, &fingerprint, error, failed_before),
        }
    }

    fn save(&self, journal: &mut Journal, fingerprint: &Fingerprint, id: JobId) -> Outcome {
        *lock(&self.refusal) = None;
        // Each is tried whatever becomes of the other: from one of them the next run restores the other.
        let in_journal = journal.created(fingerprint, id);
        let in_batch = self.batch.add_soon(self.server, [id]);
        match in_journal.and(in_batch) {
            Ok(()) => Outcome::Created(id),
            Err(error) => {
                self.stop.store(true, Ordering::SeqCst);
                Outcome::Unsaved(id, error)
            }
        }
    }

    fn failed(&self, journal: &mut Journal, job: &Fingerprint, error: ApiError, failed_before: bool) -> Outcome {
        let effect = error.effect();
        let fails_again = failed_before && matches!(effect, Effect::Refused | Effect::Failed);
        if !fails_again && self.would_recur(&error) {
            self.stop.store(true, Ordering::SeqCst);
        }
        // If this cannot be written down, the row stays 'perhaps created': the safe side.
        let _ = match effect {
            Effect::Unknown => return Outcome::Perhaps(error.into()),
            Effect::Failed => journal.failed(job),
            Effect::None | Effect::Refused => journal.refused(job),
        };
        Outcome::Failed(error.into())
    }

    /// Whether the next row would most likely fail as well.
    fn would_recur(&self, error: &ApiError) -> bool {
        if error.effect() != Effect::Refused {
            return true;
        }
        let text = error.to_string();
        let mut last = lock(&self.refusal);
        last.replace(text.clone()).is_some_and(|earlier| earlier == text)
    }
}

/// A thread that panicked while it held the lock has not left it half-written: each change is one insertion.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
