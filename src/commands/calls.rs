//! What people see of calls to a server while they are running.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::api::Event;
use crate::commands::console::Console;
use crate::locks::unlocked;

/// A slow server is not worth a line for each of a thousand jobs.
const BETWEEN_NOTES: Duration = Duration::from_secs(10);

/// Reports waiting and retries as they happen; with `-vv`, each request.
pub fn observer(console: Arc<Console>, server: &str) -> impl Fn(&Event<'_>) + Send + Sync + 'static {
    let server = server.to_owned();
    let last_note = Mutex::new(None::<Instant>);
    move |event| match event {
        Event::Waiting { .. } => {
            let mut last = unlocked(last_note.lock());
            if last.is_none_or(|last| last.elapsed() >= BETWEEN_NOTES) {
                *last = Some(Instant::now());
                console.note(format_args!("waiting for {server} ..."));
            }
        }
        Event::Retrying { url, because, attempt, pause } if !pause.is_zero() => {
            console.note(format_args!("retrying {url}: {because} (attempt {attempt})"));
        }
        _ if console.wants_requests() => match event {
            Event::Sent { method, url, arguments, outcome, took } => {
                let outcome = match outcome {
                    Ok(status) => status.to_string(),
                    Err(failure) => format!("no answer ({failure})"),
                };
                let took = took.as_millis();
                console.note(format_args!("{method} {url} with {arguments} arguments: {outcome}, {took} ms"));
            }
            Event::Redirected { to } => console.note(format_args!("redirected to {to}")),
            Event::Retrying { url, .. } => console.note(format_args!("retrying {url} over a new connection")),
            Event::Waiting { .. } => {}
        },
        _ => {}
    }
}
