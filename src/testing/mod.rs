//! A fake IDIS server to write tests against (feature `testing`).
//!
//! [`FakeIdis`] answers like the web API, on 127.0.0.1, and keeps jobs in memory. What comes back can be chosen:
//!
//! ```
//! use anonapi::api::{Client, JobId, JobStatus, Token};
//! use anonapi::testing::{FakeIdis, FakeJob};
//!
//! // Each call about a job is answered with the next of these.
//! let idis = FakeIdis::replying(vec![
//!     FakeJob::default().status(JobStatus::Done),
//!     FakeJob::default().status(JobStatus::Error).error("No space left on device"),
//!     FakeJob::default().status(JobStatus::Inactive).field("project_name", "project1").field("priority", 50),
//! ]);
//!
//! let client = Client::new(&idis.url("p01"), "z123456", Token::new("token"))?;
//! assert_eq!(client.get_job(JobId(1))?.status, JobStatus::Done);
//! assert_eq!(client.get_job(JobId(1))?.status, JobStatus::Error);
//! assert_eq!(client.get_job(JobId(1))?.project_name.as_deref(), Some("project1"));
//! assert_eq!(client.get_job(JobId(1))?.status, JobStatus::Done, "and round again");
//! # Ok::<(), anonapi::Error>(())
//! ```
//!
//! Without chosen replies it holds jobs that calls create and change, and that go on by themselves if they are given a [`Life`]. It
//! records what arrives, and fails the test if it is called in an unexpected way:
//!
//! ```
//! use std::time::Duration;
//!
//! use anonapi::api::{Client, JobId, Token};
//! use anonapi::testing::{FakeIdis, Life};
//!
//! let idis = FakeIdis::builder().jobs(3).life(Life::passing(Duration::from_secs(60))).start();
//! idis.expect("modify_job", 1);
//!
//! let client = Client::new(&idis.url("p01"), "z123456", Token::new("token"))?;
//! client.reset_job(JobId(2))?;
//! assert_eq!(idis.requests()[0].param("status"), Some("ACTIVE"));
//!
//! // Nobody need wait.
//! idis.pass(Duration::from_secs(10 * 60));
//! assert_eq!(client.get_job(JobId(2))?.status.as_str(), "DONE");
//! # Ok::<(), anonapi::Error>(())
//! ```
//!
//! A server can also say what is not so: see [`FakeIdis::lie`]. What networks do to calls is in [`FaultyProxy`], which stands before
//! such a server; [`DicomFile`] makes data. With a [`Delivery`] the server also fetches and delivers images, and [`practice`] makes a
//! folder for that.

mod delivery;
mod dicom;
mod fake;
mod fault;
mod functions;
mod job;
mod lie;
mod life;
mod messages;
pub mod practice;
mod proxy;
mod received;
mod uid;
mod world;

pub use delivery::Delivery;
pub use dicom::{DicomFile, dicom_file};
pub use fake::{FakeIdis, FakeIdisBuilder};
pub use fault::{Calls, Fault};
pub use job::FakeJob;
pub use lie::Lie;
pub use life::Life;
pub use proxy::FaultyProxy;
pub use received::Received;
