//! The journal: which jobs have been asked for, so that no row of a mapping gets a second job unawares.
//!
//! An append-only file of one JSON object a line, in a folder `.anonapi` beside the settings. A line is on disk before the
//! request goes out ("asked"). When its answer is in, the next line is written ("created", or "refused"), which is on disk before
//! the next request goes out. What was asked and never answered may or may not exist on the server: it is *perhaps created*. A row is known by a hash of everything that makes its job
//! (server, source, pseudonyms, project, destination), so no patient data is in the journal.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::{NaiveDateTime, Timelike};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::api::{Data, JobId, NewJob};
use crate::error::Result;
use crate::storage::{self, Cap, Durability, Lock, Privacy};

const CAP: Cap = Cap::new(1024, "journal");

/// What makes two jobs the same job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Of a job on the server at `url`. The description does not count.
    pub fn of(url: &str, job: &NewJob) -> Fingerprint {
        let mut hash = Sha256::new();
        let (kind, data) = match &job.data {
            Data::Path(path) => ("path", path),
            Data::Pacs(instance) => ("pacs", instance),
        };
        let parts = [
            Some(url.trim_end_matches('/')),
            Some(kind),
            Some(data),
            Some(&job.project),
            Some(&job.destination_path),
            job.pseudo_name.as_deref(),
            job.pseudo_id.as_deref(),
            job.pims_key.as_deref(),
        ];
        for part in parts {
            // The length goes first, so that no two lists of parts run together to the same bytes.
            hash.update(part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
            hash.update(part.unwrap_or_default());
        }
        Fingerprint(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }
}

/// What the journal knows of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It exists, with this id.
    Created(JobId),
    /// It was asked for, and no answer came: it may exist.
    Perhaps,
}

/// What has become of a job, over all the times that it was asked for.
#[derive(Debug, Default)]
struct Record {
    /// The ids that it got, the latest last.
    created: Vec<JobId>,
    /// When it was asked for, if no answer has come yet.
    asked: Option<NaiveDateTime>,
    /// When it was asked for, if the server failed on it.
    failed: Option<NaiveDateTime>,
    /// Whether it was refused when it was last asked for.
    refused: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Event {
    Asked,
    Created(i64),
    Failed,
    Refused,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    job: Fingerprint,
    event: Event,
    /// When, in local time.
    time: NaiveDateTime,
}

/// The journal, kept by one `anon` for as long as it creates jobs.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    known: HashMap<Fingerprint, Record>,
    _lock: Option<Lock>,
}

impl Journal {
    /// Where the journal is that goes with these settings.
    pub fn path_beside(settings: &Path) -> PathBuf {
        settings.with_file_name(".anonapi").join("journal.jsonl")
    }

    /// A journal in memory.
    #[must_use]
    pub fn parse(path: &Path, bytes: &[u8]) -> Journal {
        Journal { path: path.to_owned(), known: replay(bytes), _lock: None }
    }

    /// Reads the journal, without keeping others from it.
    ///
    /// # Errors
    /// When there is a journal that cannot be read.
    pub fn read(path: &Path) -> Result<Journal> {
        // Before the first job there is no folder for it either.
        let is_there = path.parent().map_or(Ok(true), storage::exists)?;
        let bytes = if is_there { storage::read_if_present(path, CAP)? } else { None };
        Ok(Journal::parse(path, &bytes.unwrap_or_default()))
    }

    /// Takes the journal for writing: another `anon` that wants to create jobs waits until this one is done.
    ///
    /// # Errors
    /// When the journal cannot be read or locked.
    pub fn open(path: &Path) -> Result<Journal> {
        storage::create_folder_of(path)?;
        let lock = Lock::of(path)?;
        let bytes = storage::read_if_present(path, CAP)?.unwrap_or_default();
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            // The last line was cut off by a crash: what follows must not be glued to it.
            storage::append(path, b"\n", Privacy::Private, Durability::Full)?;
        }
        Ok(Journal { _lock: Some(lock), ..Journal::parse(path, &bytes) })
    }

    /// What is known of a job.
    pub fn known(&self, job: &Fingerprint) -> Option<Known> {
        let record = self.known.get(job)?;
        match record.asked {
            Some(_) => Some(Known::Perhaps),
            None => record.created.last().map(|id| Known::Created(*id)),
        }
    }

    /// When a job was asked for that may exist although no id is known, in local time: no answer came, or the server failed.
    pub fn asked_at(&self, job: &Fingerprint) -> Option<NaiveDateTime> {
        let record = self.known.get(job)?;
        record.asked.or(record.failed)
    }

    /// Whether the server refused the job, or failed on it, when it was last asked for.
    pub fn has_failed(&self, job: &Fingerprint) -> bool {
        self.known.get(job).is_some_and(|record| record.refused || record.failed.is_some())
    }

    /// Whether this is one of the ids that the job got, now or when it was created before.
    pub fn has_id(&self, job: &Fingerprint, id: JobId) -> bool {
        self.known.get(job).is_some_and(|record| record.created.contains(&id))
    }

    /// The job is about to be asked for. This, and all that was written before, is on disk when it returns.
    ///
    /// # Errors
    /// When that cannot be written down: the job must then not be asked for.
    pub fn asked(&mut self, job: &Fingerprint) -> Result<()> {
        self.write(job, Event::Asked, Durability::Full)
    }

    /// The server has made the job.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub fn created(&mut self, job: &Fingerprint, id: JobId) -> Result<()> {
        self.write(job, Event::Created(id.0), Durability::Later)
    }

    /// The server failed on the job. Probably it has not made it; the next run looks whether it has.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub fn failed(&mut self, job: &Fingerprint) -> Result<()> {
        self.write(job, Event::Failed, Durability::Later)
    }

    /// The server has certainly not made the job.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub fn refused(&mut self, job: &Fingerprint) -> Result<()> {
        self.write(job, Event::Refused, Durability::Later)
    }

    /// Waits until everything that was written is on disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(&self) -> Result<()> {
        storage::sync(&self.path)
    }

    fn write(&mut self, job: &Fingerprint, event: Event, durability: Durability) -> Result<()> {
        let now = chrono::Local::now().naive_local();
        let line = Line { job: job.clone(), event, time: now.with_nanosecond(0).unwrap_or(now) };
        // Plain strings and numbers: this cannot fail.
        let text = serde_json::to_string(&line).unwrap_or_default() + "\n";
        storage::append(&self.path, text.as_bytes(), Privacy::Private, durability)?;
        apply(&mut self.known, line);
        Ok(())
    }
}

/// Lines that a crash cut short are passed over: what they would have said was not acted upon.
fn replay(bytes: &[u8]) -> HashMap<Fingerprint, Record> {
    let mut known = HashMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(line) = serde_json::from_slice::<Line>(line) {
            apply(&mut known, line);
        }
    }
    known
}

fn apply(known: &mut HashMap<Fingerprint, Record>, line: Line) {
    let record = known.entry(line.job).or_default();
    // What it got before, it still has.
    let asked = record.asked.take();
    record.failed = None;
    record.refused = matches!(line.event, Event::Refused);
    match line.event {
        Event::Asked => record.asked = Some(line.time),
        Event::Created(id) => record.created.push(JobId(id)),
        Event::Failed => record.failed = asked,
        Event::Refused => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn job(source: &str) -> NewJob {
        NewJob {
            data: Data::Pacs(source.to_owned()),
            project: "p".to_owned(),
            destination_path: r"\\server\share".to_owned(),
            pseudo_name: Some("A".to_owned()),
            pseudo_id: None,
            description: None,
            pims_key: None,
        }
    }

    #[test]
    fn what_was_written_is_known_to_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("journal.jsonl");
        let ids: Vec<_> = ["1", "2", "3", "4"].map(|source| Fingerprint::of("https://a/p01/", &job(source))).into();
        let mut journal = Journal::open(&path).unwrap();
        for id in &ids[..3] {
            journal.asked(id).unwrap();
        }
        journal.created(&ids[0], JobId(7)).unwrap();
        journal.refused(&ids[1]).unwrap();
        drop(journal);
        let journal = Journal::read(&path).unwrap();
        let known: Vec<_> = ids.iter().map(|id| journal.known(id)).collect();
        assert_eq!(known, [Some(Known::Created(JobId(7))), None, Some(Known::Perhaps), None]);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("share"), "{text}");
    }

    #[test]
    fn a_job_that_is_refused_when_it_is_asked_for_again_is_still_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let one = Fingerprint::of("u", &job("1"));
        let mut journal = Journal::open(&path).unwrap();
        journal.asked(&one).unwrap();
        journal.created(&one, JobId(7)).unwrap();
        journal.asked(&one).unwrap();
        assert_eq!(journal.known(&one), Some(Known::Perhaps));
        assert!(journal.asked_at(&one).is_some() && journal.has_id(&one, JobId(7)));
        journal.refused(&one).unwrap();
        let later = Journal::read(&path).unwrap();
        assert_eq!((later.known(&one), later.has_failed(&one)), (Some(Known::Created(JobId(7))), true));
        journal.asked(&one).unwrap();
        journal.failed(&one).unwrap();
        assert!(Journal::read(&path).unwrap().has_failed(&one));
        journal.asked(&one).unwrap();
        assert!(!journal.has_failed(&one));
        journal.created(&one, JobId(8)).unwrap();
        let later = Journal::read(&path).unwrap();
        assert_eq!((later.known(&one), later.has_failed(&one)), (Some(Known::Created(JobId(8))), false));
    }

    #[test]
    fn a_line_cut_short_spoils_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let (one, two) = (Fingerprint::of("u", &job("1")), Fingerprint::of("u", &job("2")));
        Journal::open(&path).unwrap().asked(&one).unwrap();
        storage::append(&path, br#"{"job":"abc","event":{"crea"#, Privacy::Private, Durability::Full).unwrap();
        Journal::open(&path).unwrap().created(&two, JobId(9)).unwrap();
        let journal = Journal::read(&path).unwrap();
        assert_eq!(journal.known(&one), Some(Known::Perhaps));
        assert_eq!(journal.known(&two), Some(Known::Created(JobId(9))));
    }

    #[test]
    fn everything_that_makes_a_job_counts() {
        let base = Fingerprint::of("u", &job("1"));
        assert_eq!(base, Fingerprint::of("u/", &NewJob { description: Some("x".to_owned()), ..job("1") }));
        assert_ne!(base, Fingerprint::of("v", &job("1")));
        assert_ne!(
            base,
            Fingerprint::of("u", &NewJob { pseudo_name: None, pseudo_id: Some("A".to_owned()), ..job("1") })
        );
        assert_ne!(base, Fingerprint::of("u", &NewJob { data: Data::Path("1".to_owned()), ..job("1") }));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            replay(&bytes);
        }
    }
}
