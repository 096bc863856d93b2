//! Creating jobs so that none is lost and none is created twice.
//!
//! A [`Session`] takes the rows of a plan to jobs on a server. Before a job is asked for, the [`Journal`] says so, on disk; when
//! its id is there, it goes to the journal and then to the batch, and is on disk before the next job is asked for. Whatever
//! happens in between, the next session knows: it looks on the server for what was asked for without an answer, recognises the
//! jobs of the batch whoever created them, and gives the batch back what it has lost.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use std::sync::atomic::AtomicBool;
//!
//! use anonapi::api::{Client, Token};
//! use anonapi::batch::BatchFolder;
//! use anonapi::creation::Session;
//! use anonapi::mapping::Document;
//! use anonapi::plan::plan;
//! use anonapi::settings::Server;
//! use anonapi::values::Parameters;
//! # let idis = anonapi::testing::FakeIdis::start();
//! # let url = idis.url("p01");
//! # let folder = tempfile::tempdir().unwrap();
//! # let folder = folder.path();
//! # std::fs::write(folder.join("anon_mapping.csv"), "## Description ##\n## Options ##\nproject,P\n\
//! #     destination_path,\\\\server\\share\\out\n## Mapping ##\nsource,pseudo_name\naccession_number:1.1,A\n").unwrap();
//!
//! // let url = "https://idis.example.org/p01";
//! let server = Server { name: "p01".to_owned(), url: url.to_owned() };
//! let client = Client::new(&server.url, "z123456", Token::new("secret"))?;
//! let mapping = Document::read(&folder.join("anon_mapping.csv"))?;
//! let plan = plan(mapping.mapping(), &Parameters::new());
//!
//! let session = Session::new(&client, &server, BatchFolder::new(folder), &folder.join("journal.jsonl"), plan.jobs);
//! // What has a job already, or may have one?
//! let survey = session.survey(|_row| true)?;
//! assert_eq!((survey.new.len(), survey.created.len(), survey.perhaps.len()), (1, 0, 0));
//! // The rest is created. `stop` ends it after the job that is being created.
//! let stop = AtomicBool::new(false);
//! let ending = session.create(&survey.new, NonZeroUsize::MIN, &stop, |row, outcome| {
//!     println!("line {}: {outcome:?}", row.line);
//! })?;
//! assert!(ending.is_complete());
//! # Ok::<(), anonapi::Error>(())
//! ```

mod clock;
mod ending;
mod fingerprint;
mod journal;
mod recognition;
mod session;
mod survey;
#[cfg(test)]
mod tests;
mod work;

pub use ending::{Done, Ending, Outcome};
pub use fingerprint::Fingerprint;
pub use journal::{Journal, Known};
pub use recognition::Lookalike;
pub(crate) use recognition::whose;
pub use session::{Doubtful, Session, Survey, Surveyed, Wanted};
