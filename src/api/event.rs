//! What a client reports about its calls while they are running.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use reqwest::StatusCode;

use super::error::Failure;

/// Something that happens to a call. Arguments and credentials are never part of it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A request was answered, whatever the answer says, or got none.
    Sent {
        /// `GET` or `POST`.
        method: &'a str,
        /// The whole URL.
        url: &'a str,
        /// How many arguments there were.
        arguments: usize,
        /// The HTTP status, or why there is none.
        outcome: Result<StatusCode, &'a Failure>,
        /// Until the end of the answer, or until it failed.
        took: Duration,
    },
    /// The server sends a request elsewhere, and it goes there.
    Redirected {
        /// Where to.
        to: &'a str,
    },
    /// No answer for a second: reported once for each call.
    Waiting {
        /// The base URL of the server.
        url: &'a str,
    },
    /// The same request is sent again.
    Retrying {
        /// The URL of the function.
        url: &'a str,
        /// What became of the request before.
        because: &'a str,
        /// Which try it is, from 2.
        attempt: usize,
        /// How long it waits before that. A connection that the server has closed in the meantime is replaced at once.
        pause: Duration,
    },
}

/// Receives each [`Event`], on whatever thread it happens.
pub type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// How long a person waits without asking what for: about a second. Less than the pauses of a call that is tried again and again, so
/// that it does not depend on chance whether those are reported.
const PATIENCE: Duration = Duration::from_millis(900);

/// Reports waiting unless the returned value is dropped within a second. If no thread is available, nothing is reported.
pub(super) fn unless_over_soon(observer: &Observer, url: &str) -> Sender<()> {
    let (call, over) = mpsc::channel();
    let (observer, url) = (Arc::clone(observer), url.to_owned());
    let watch = move || {
        if over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            observer(&Event::Waiting { url: &url });
        }
    };
    let _ = thread::Builder::new().name("waiting".into()).spawn(watch);
    call
}
