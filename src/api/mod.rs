//! The IDIS web API.
//!
//! [`Client`] is all that a program needs: it calls any function of the API ([`Client::get`], [`Client::post`]) and has one
//! method for each function that `anon` uses. It keeps its connections and can be shared between threads.
//!
//! ```
//! use anonapi::api::{ApiError, Client, Failure, Form, JobId, JobStatus, Token};
//! # let idis = anonapi::testing::FakeIdis::builder().jobs(7).start();
//! # let url = idis.url("p01");
//!
//! // let url = "https://idis.example.org/p01";
//! let client = Client::new(&url, "z123456", Token::new("secret"))?;
//!
//! // Functions that `anon` uses have a method each.
//! client.cancel_job(JobId(4))?;
//! let jobs = client.get_jobs_list(&[JobId(4), JobId(5)])?;
//! assert_eq!(jobs[0].status, JobStatus::Inactive);
//!
//! // Any other function, and any argument, can be sent too.
//! client.post("modify_job", Form::new().with("job_id", 5).with("priority", 50))?;
//! let job = client.get("get_job", Form::new().with("job_id", 5))?;
//! assert_eq!(job["priority"], 50);
//!
//! // An error names the URL, and says what the server said.
//! let error = client.get_job(JobId(99)).unwrap_err();
//! assert!(matches!(error.failure, Failure::Rejected(_)));
//! assert_eq!(error.to_string(), format!("{url}/get_job: Job with id 99 does not exist"));
//! # Ok::<(), ApiError>(())
//! ```
//!
//! To test such a program, `anonapi::testing` (feature `testing`) has a fake server.

mod client;
mod created;
mod error;
mod event;
mod form;
mod idis;
mod job;
mod parallel;
mod proxy;
mod redirect;
pub(crate) mod reply;
mod tls;
mod token;
mod transport;
mod unanswered;
mod url;

pub use crate::values::JobId;
pub use client::{Client, ClientBuilder};
pub use created::Created;
pub use error::{ApiError, Effect, Failure, Reason, Stage};
pub use event::{Event, Observer};
pub use form::Form;
pub use idis::{Data, NewJob};
pub use job::{Job, JobStatus};
pub use parallel::in_parallel;
pub use token::Token;
pub use url::{ServerUrl, without_password};
