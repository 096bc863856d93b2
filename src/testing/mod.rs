//! A fake IDIS server to write tests against (feature `testing`).
//!
//! [`FakeIdis`] answers like the web API, on 127.0.0.1, and keeps jobs in memory. What comes back can be chosen:
//!
//! ```
//! use anonapi::testing::{FakeIdis, FakeJob};
//!
//! // Each call about a job is answered with the next of these.
//! let idis = FakeIdis::replying(vec![
//!     FakeJob::default().status("DONE"),
//!     FakeJob::default().status("ERROR").error("No space left on device"),
//!     FakeJob::default().status("INACTIVE"),
//! ]);
//!
//! let status = || {
//!     let body = reqwest::blocking::Client::new()
//!         .get(format!("{}/get_job", idis.url("p01")))
//!         .form(&[("user_name", "z123456"), ("job_id", "1")])
//!         .send()?
//!         .json::<serde_json::Value>()?;
//!     Ok::<_, reqwest::Error>(body["status"].as_str().unwrap().to_owned())
//! };
//! # rustls::crypto::ring::default_provider().install_default().unwrap();
//! assert_eq!(status()?, "DONE");
//! assert_eq!(status()?, "ERROR");
//! assert_eq!(status()?, "INACTIVE");
//! assert_eq!(status()?, "DONE", "and round again");
//! # Ok::<(), reqwest::Error>(())
//! ```

mod dicom;
mod fake;
mod functions;
mod job;
mod life;
mod received;
mod world;

pub use dicom::dicom_file;
pub use fake::{FakeIdis, FakeIdisBuilder};
pub use job::FakeJob;
pub use life::Life;
pub use received::Received;
