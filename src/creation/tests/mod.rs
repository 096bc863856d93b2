//! What a session guarantees, without a process. That it holds when one is killed is tested in tests/reliability.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::api::{Client, Data, JobId, NewJob, Token};
use crate::batch::BatchFolder;
use crate::error::{Error, Result};
use crate::plan::Planned;
use crate::settings::Server;
use crate::testing::{Calls, FakeIdis, FakeJob, Fault, FaultyProxy, Lie};
use crate::values::Source;

mod others;
mod requests;
mod rows;
mod server;

/// A computer with a home folder, and a folder with a batch that may be shared with another.
struct Computer {
    home: TempDir,
    folder: Arc<TempDir>,
    client: Client,
    server: Server,
}

fn row(source: &str, pseudonym: Option<&str>) -> Planned {
    let job = NewJob {
        data: Data::Pacs(format!("accession_number:{source}")),
        project: "P".to_owned(),
        destination_path: r"\\server\share\out".to_owned(),
        pseudo_name: pseudonym.map(str::to_owned),
        pseudo_id: pseudonym.map(str::to_owned),
        description: Some("d".to_owned()),
        pims_key: None,
        sop_classes: vec![],
    };
    let line = source.bytes().map(usize::from).sum();
    Planned { line, source: Source::parse(&format!("accession_number:{source}")).unwrap().value, job }
}

/// Rows 1.1 as A, 1.2 as B, …
fn rows(count: usize) -> Vec<Planned> {
    let names = ["A", "B", "C", "D", "E", "F"];
    (0..count).map(|index| row(&format!("1.{}", index + 1), Some(names[index]))).collect()
}

/// A job on the server as row 1.1 would ask for it.
fn job_of_first_row(id: i64) -> FakeJob {
    FakeJob::new(JobId(id))
        .status("ACTIVE")
        .field("project_name", "P")
        .field("source_path", json!(null))
        .field("source_instance_id", "accession_number:1.1")
        .field("source_anonymizedpatientname", "A")
        .field("source_anonymizedpatientid", "A")
}

fn hours_ago(hours: i64) -> String {
    (chrono::Local::now() - chrono::TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M:%S").to_string()
}

impl Computer {
    fn of(user: &str, url: &str, folder: Arc<TempDir>) -> Computer {
        let timeout = std::time::Duration::from_secs(2);
        let client = Client::builder().timeout(timeout).build(url, user, Token::new("t")).unwrap();
        let server = Server { name: "p01".to_owned(), url: url.to_owned() };
        Computer { home: tempfile::tempdir().unwrap(), folder, client, server }
    }

    fn new(url: &str) -> Computer {
        Computer::of("z123456", url, Arc::new(tempfile::tempdir().unwrap()))
    }

    fn journal(&self) -> PathBuf {
        self.home.path().join(".anonapi").join("journal.jsonl")
    }

    fn batch(&self) -> BatchFolder {
        BatchFolder::new(self.folder.path())
    }

    fn ids(&self) -> Vec<i64> {
        self.batch().load_if_present().unwrap().map_or(vec![], |batch| batch.job_ids.iter().map(|id| id.0).collect())
    }

    fn session(&self, rows: Vec<Planned>) -> Session<'_> {
        Session::new(&self.client, &self.server, self.batch(), &self.journal(), rows)
    }

    /// Creates what is new; a word for what became of each row.
    fn create(&self, rows: Vec<Planned>) -> Vec<String> {
        let session = self.session(rows);
        let survey = session.survey(|_| true).unwrap();
        created(&session, &survey.new)
    }

    /// A word for what is known of each row, sorted.
    fn known(&self, rows: Vec<Planned>) -> Vec<String> {
        let session = self.session(rows);
        let survey = session.survey(|_| true).unwrap();
        let mut words: Vec<String> = survey.created.iter().map(|(_, id)| format!("created {id}")).collect();
        words.extend(survey.new.iter().map(|_| "new".to_owned()));
        words.extend(survey.perhaps.iter().map(|one| format!("perhaps{}", listed(&one.lookalikes))));
        words.extend(survey.repeated.iter().map(|_| "repeated".to_owned()));
        words
    }
}

fn listed(lookalikes: &[Lookalike]) -> String {
    lookalikes.iter().map(|job| format!(" {}", job.id)).collect()
}

fn created<'s>(session: &'s Session<'_>, rows: &[Surveyed<'s>]) -> Vec<String> {
    let stop = AtomicBool::new(false);
    let mut told = 0;
    let ending = session.create(rows, NonZeroUsize::MIN, &stop, |_, _| told += 1).unwrap();
    let words: Vec<String> = ending.rows.iter().map(|done| word(&done.outcome)).collect();
    assert_eq!(told, words.len(), "each row is told of once");
    let complete = words.iter().all(|word| ["created", "found", "meanwhile"].iter().any(|good| word.starts_with(good)));
    assert_eq!(ending.is_complete(), complete, "{words:?}");
    words
}

fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Created(id) => format!("created {id}"),
        Outcome::Found(id) => format!("found {id}"),
        Outcome::Meanwhile(id) => format!("meanwhile {id}"),
        Outcome::Unsaved(id, _) => format!("unsaved {id}"),
        Outcome::Failed(_) => "failed".to_owned(),
        Outcome::Perhaps { lookalikes, .. } => format!("perhaps{}", listed(lookalikes)),
        Outcome::NotTried => "not tried".to_owned(),
    }
}

/// A server whose jobs have the date of today, a proxy before it, and a computer.
fn world() -> (FakeIdis, FaultyProxy, Computer) {
    let idis = FakeIdis::builder().clock_ahead(0).start();
    let proxy = FaultyProxy::before(&idis);
    let computer = Computer::new(&proxy.url("p01"));
    (idis, proxy, computer)
}

fn on_server(idis: &FakeIdis) -> usize {
    idis.jobs("p01").len()
}
