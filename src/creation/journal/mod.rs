//! The journal: which jobs have been requested, so that no row of a mapping gets a second job by accident.
//!
//! An append-only file with one JSON object per line, in a folder `.anonapi` next to the settings. A line is on disk before the
//! request goes out ("asked"). When its answer is in, the next line is written ("created", "failed" or "refused"), which is on
//! disk before the next request goes out. What was asked and never answered may or may not exist on the server: it is *perhaps
//! created*. A row is known by a hash of everything that makes its job, so no patient data is in the journal.
//!
//! A journal is believed only if all of it can be read: a line that is not understood may be the one that says that a job exists.

mod history;
mod line;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::{NaiveDateTime, Timelike};

use super::clock::Clock;
use super::fingerprint::{Fingerprint, ServerMark};
use super::session::Row;
use crate::api::JobId;
use crate::error::Result;
use crate::problem::{Place, Problem, Problems};
use crate::storage::{self, Cap, Durability, Lock, Privacy};
use history::History;
use line::{JobEvent, Line, LineFault, VERSION};

pub use history::Known;

/// Seven million lines.
const CAP: Cap = Cap::new(1024, "journal");

/// What to do about a journal that cannot be read.
const REMEDY: &str = "put back a copy from a backup, or move the file away: rows whose jobs are in the batch of this folder are \
                      still recognised, all others are offered again; see 'anon help troubleshooting journal'";

/// The journal, as it concerns one server.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    server: ServerMark,
    histories: HashMap<Fingerprint, History>,
    /// Whose the ids of this server are.
    owners: HashMap<JobId, Fingerprint>,
    /// For jobs that take only some kinds of files: the job that the same row would have with all kinds.
    rows: HashMap<Fingerprint, Fingerprint>,
    /// How the server's clock went when it last created a job.
    clock: Option<Clock>,
    /// How much of the file can be read; what follows is the beginning of a line.
    whole: usize,
    lock: Option<Lock>,
}

impl Journal {
    /// Where the journal that belongs to these settings is.
    pub fn path_beside(settings: &Path) -> PathBuf {
        settings.with_file_name(".anonapi").join("journal.jsonl")
    }

    /// A journal in memory, for the server at `url`.
    ///
    /// A last line that a crash cut off is passed over: what it would have said was not acted upon.
    ///
    /// # Errors
    /// [`crate::Error::Contents`] with the line that cannot be read.
    pub fn parse(path: &Path, url: &str, bytes: &[u8]) -> Result<Journal> {
        let mut journal = Journal {
            path: path.to_owned(),
            server: ServerMark::of(url),
            // Most jobs have two lines, of some 120 bytes.
            histories: HashMap::with_capacity(bytes.len() / 240),
            owners: HashMap::with_capacity(bytes.len() / 240),
            rows: HashMap::new(),
            clock: None,
            whole: 0,
            lock: None,
        };
        for (number, text) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let content = text.trim_ascii_end();
            match Line::parse(content) {
                Ok(line) => journal.apply(&line),
                Err(_) if content.is_empty() => {}
                Err(_) if !text.ends_with(b"\n") && line::is_cut_off(text) => break,
                Err(fault) => return Err(unreadable(path, number + 1, content, fault).into()),
            }
            journal.whole += text.len();
        }
        Ok(journal)
    }

    /// Reads the journal, without keeping others from it.
    ///
    /// # Errors
    /// As [`Journal::parse`], or when the file cannot be read at all.
    pub fn read(path: &Path, url: &str) -> Result<Journal> {
        // Before the first job there is no folder for it either.
        let is_there = path.parent().map_or(Ok(true), storage::exists)?;
        let bytes = if is_there { storage::read_if_present(path, CAP)? } else { None };
        Journal::parse(path, url, &bytes.unwrap_or_default())
    }

    /// Takes the journal for writing: another `anon` that wants to create jobs waits until this one is done.
    pub(super) fn open(path: &Path, url: &str) -> Result<Journal> {
        storage::create_folder_of(path)?;
        let lock = Lock::of(path)?;
        let bytes = storage::read_if_present(path, CAP)?.unwrap_or_default();
        let mut journal = Journal::parse(path, url, &bytes)?;
        if journal.whole < bytes.len() {
            // A line cut off by a crash would spoil the next line.
            storage::write(path, &bytes[..journal.whole], Privacy::Private, Durability::Full)?;
        } else if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            storage::append(path, b"\n", Privacy::Private, Durability::Full)?;
        }
        journal.lock = Some(lock);
        Ok(journal)
    }

    /// What is known of a job.
    pub fn known(&self, job: &Fingerprint) -> Known {
        self.histories.get(job).map_or(Known::Nothing, History::known)
    }

    /// When a job was requested that may exist although no id is known, in local time: no answer came, or the server failed.
    pub fn asked_at(&self, job: &Fingerprint) -> Option<NaiveDateTime> {
        self.histories.get(job)?.asked()
    }

    /// When anything was last heard of a job, in local time.
    pub fn time(&self, job: &Fingerprint) -> Option<NaiveDateTime> {
        Some(self.histories.get(job)?.time)
    }

    /// Whether the server refused the job, or failed on it, at the last request.
    pub fn has_failed(&self, job: &Fingerprint) -> bool {
        self.histories.get(job).is_some_and(History::has_failed)
    }

    /// Whose job this is, on the journal's server.
    pub fn owner(&self, id: JobId) -> Option<Fingerprint> {
        self.owners.get(&id).copied()
    }

    /// The job, as it would be if it took all kinds of files.
    pub(super) fn of_all_kinds(&self, job: Fingerprint) -> Fingerprint {
        self.rows.get(&job).copied().unwrap_or(job)
    }

    pub(super) fn clock(&self) -> Option<Clock> {
        self.clock
    }

    /// Tells that the job of a row is one of the journal's server, which older lines do not say.
    pub(super) fn claim(&mut self, row: &Row) {
        self.rows.extend(row.of_all_kinds.map(|all| (row.job, all)));
        for id in self.histories.get(&row.job).into_iter().flat_map(History::ids) {
            self.owners.entry(id).or_insert(row.job);
        }
    }

    /// The job is about to be requested. This, and everything written before, is on disk when it returns; if that fails, the job
    /// must not be requested.
    pub(super) fn asked(&mut self, job: &Fingerprint) -> Result<()> {
        self.write(job, JobEvent::Asked, None, Durability::Full)
    }

    /// The server has made the job: at `date` by its own clock, if this is its answer.
    pub(super) fn created(&mut self, job: &Fingerprint, id: JobId, date: Option<NaiveDateTime>) -> Result<()> {
        self.write(job, JobEvent::Created(id.0), date, Durability::Later)
    }

    /// The server failed on the job. It probably was not created; a new request checks first.
    pub(super) fn failed(&mut self, job: &Fingerprint) -> Result<()> {
        self.write(job, JobEvent::Failed, None, Durability::Later)
    }

    /// The server has certainly not made the job.
    pub(super) fn refused(&mut self, job: &Fingerprint) -> Result<()> {
        self.write(job, JobEvent::Refused, None, Durability::Later)
    }

    /// Waits until everything that was written is on disk.
    pub(super) fn sync(&self) -> Result<()> {
        storage::sync(&self.path)
    }

    fn write(
        &mut self,
        job: &Fingerprint,
        event: JobEvent,
        date: Option<NaiveDateTime>,
        durability: Durability,
    ) -> Result<()> {
        let row = self.rows.get(job).copied();
        let v = if row.is_some() { VERSION } else { 1 };
        let line = Line { v, server: Some(self.server), job: *job, event, time: now(), date, row };
        storage::append(&self.path, line.to_text().as_bytes(), Privacy::Private, durability)?;
        self.apply(&line);
        Ok(())
    }

    fn apply(&mut self, line: &Line) {
        let mut asked = None;
        let add = |history: &mut History| {
            asked = history.asked();
            history.add(line);
        };
        self.rows.extend(line.row.map(|row| (line.job, row)));
        self.histories.entry(line.job).and_modify(add).or_insert_with(|| History::of(line));
        if line.server != Some(self.server) {
            return;
        }
        if let Some(id) = line.created() {
            // If two got the same id, the first has it: the second got a wrong answer.
            self.owners.entry(id).or_insert(line.job);
        }
        if let (Some(asked), Some(date)) = (asked, line.date) {
            self.clock = Clock::observed(asked, line.time, date).or(self.clock);
        }
    }
}

/// The time, in the whole seconds of the journal.
pub(super) fn now() -> NaiveDateTime {
    let now = chrono::Local::now().naive_local();
    now.with_nanosecond(0).unwrap_or(now)
}

fn unreadable(path: &Path, number: usize, content: &[u8], fault: LineFault) -> Problems {
    let (what, remedy) = match fault {
        LineFault::Later(version) => (
            format!("was written by a later version of anon (journal version {version})"),
            "use that version, or a later one",
        ),
        LineFault::NotALine if content.contains(&0) => {
            ("holds NUL bytes, as after a power cut or in a file of another encoding".to_owned(), REMEDY)
        }
        LineFault::NotALine => {
            ("is not a line of the journal, so jobs that are recorded there might be created twice".to_owned(), REMEDY)
        }
    };
    Problems::new(path, vec![Problem::new(Place::Line(number), what).hint(remedy)])
}
