//! The IDIS web API.
//!
//! [`Client`] is all that a program needs: it calls any function of the API ([`Client::get`], [`Client::post`]) and has one
//! method for each function that `anon` uses. It keeps its connections and can be shared between threads.
//!
//! ```no_run
//! use anonapi::api::{Client, Token};
//!
//! # fn main() -> anonapi::Result<()> {
//! let client = Client::new("https://idis.example.org/p01", "z123456", Token::new("secret"))?;
//! for job in client.get_jobs()? {
//!     println!("{} {}", job.job_id, job.status);
//! }
//! # Ok(())
//! # }
//! ```

mod client;
mod error;
mod form;
mod idis;
mod job;
mod parallel;
pub mod reply;
mod tls;
mod token;

pub use client::{Client, ClientBuilder};
pub use error::{ApiError, Failure};
pub use form::Form;
pub use idis::{Data, NewJob};
pub use job::{Job, JobId, JobStatus};
pub use parallel::in_parallel;
pub use token::Token;
