//! One place that turns an error into text, hint and exit status.
//!
//! Everything that the library returns is an [`Error`]. Its `Display` says what is wrong and where;
//! [`Error::hint`] says what to do next; [`Error::exit_status`] is what the program exits with.

use std::io;
use std::path::{Path, PathBuf};

use crate::api::ApiError;
use crate::problem::Problems;
use crate::text::plain;

/// The result of everything in this library that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} '{}': {}", path.display(), plain(source))]
    Io {
        /// What was tried, as a verb: "read", "write", "delete".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file was read, but what it holds is wrong. Names each problem with its place.
    #[error(transparent)]
    Contents(#[from] Problems),
    /// A call to the IDIS web API failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The settings know no server of this name.
    #[error("'{name}' is not a registered anonymization server; there is {}", listed(known))]
    NoSuchServer {
        /// The requested name.
        name: String,
        /// The names that the settings know.
        known: Vec<String>,
    },
    /// A command needs a server, and none is active.
    #[error("no server is active")]
    NoActiveServer,
    /// The working folder has no batch.
    #[error("No batch defined in current folder")]
    NoBatch,
    /// `batch init` in a folder that already has a batch.
    #[error("a batch is already defined in this folder")]
    BatchExists,
    /// The batch of this folder belongs to another server than the active one.
    #[error("the batch in this folder belongs to {batch}, but the active server is {active}")]
    OtherServer {
        /// The server of the batch.
        batch: String,
        /// The server that is active now.
        active: String,
    },
    /// No mapping has been activated.
    #[error("no mapping is active")]
    NoActiveMapping,
    /// There is no mapping where one was expected.
    #[error("there is no mapping at '{}'", .0.display())]
    NoMapping(PathBuf),
    /// The working folder has no file selection.
    #[error("there is no selection defined in current folder ('{}')", .0.display())]
    NoSelection(PathBuf),
    /// The command line asks for something that cannot be.
    #[error("{message}")]
    Usage {
        /// What is wrong with it.
        message: String,
        /// What to type instead.
        hint: String,
    },
    /// Part of the work failed: what failed has been reported one by one already.
    #[error("{summary}")]
    Partly {
        /// How much was done, and how much was not.
        summary: String,
        /// What to do about the last failure.
        hint: Option<String>,
    },
    /// Everything has been reported already: only the exit status is left.
    #[error("what is wrong has been told")]
    Told,
    /// What was asked cannot be done, for a reason that only one command knows.
    #[error("{message}")]
    Refused {
        /// What is wrong.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// A question met the end of the input.
    #[error("no answer: nothing was done")]
    NoAnswer,
    /// What was waited for has not come in the time that was given. Says how far it is.
    #[error("{0}")]
    TimedOut(String),
    /// Ctrl-C. Says where the work stopped.
    #[error("interrupted: {0}")]
    Interrupted(String),
}

impl Error {
    /// For `map_err`: names the file that an I/O error is about.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Io { action, path: path.to_owned(), source }
    }

    /// A refusal that only the calling command can explain.
    pub fn refused(message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error::Refused { message: message.into(), hint: hint.into() }
    }

    /// Wrong usage: exit status 2.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error::Usage { message: message.into(), hint: hint.into() }
    }

    /// What to do next, where that is not part of the message itself.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::Io { action, source, .. } => return io_hint(action, source),
            Error::Api(error) => return error.hint(),
            Error::NoSuchServer { .. } => "see 'anon server list', or add it with 'anon server add NAME URL'",
            Error::NoActiveServer => "choose one with 'anon server activate NAME' ('anon server list' shows them)",
            Error::NoBatch => "go to the folder where you created the jobs, or create a batch with 'anon batch init'",
            Error::BatchExists => "see it with 'anon batch info', remove it with 'anon batch delete'",
            Error::OtherServer { .. } => {
                "activate the server of the batch with 'anon server activate NAME', or work in another folder"
            }
            Error::NoActiveMapping => {
                "create one with 'anon map init', or go to the folder that has one and run 'anon map activate'"
            }
            Error::NoMapping(_) => {
                "create one with 'anon map init', or run 'anon map activate' in the folder that has one"
            }
            Error::NoSelection(_) => "create one with 'anon select add PATTERN'",
            Error::Usage { hint, .. } | Error::Refused { hint, .. } => hint,
            Error::TimedOut(_) => "the jobs continue: watch them again, or allow more time with '--timeout SECONDS'",
            Error::NoAnswer => "run it in a terminal, pipe the answer in, or use '--yes'",
            Error::Partly { hint, .. } => return hint.clone(),
            Error::Contents(_) | Error::Interrupted(_) | Error::Told => return None,
        };
        Some(hint.to_owned()).filter(|hint| !hint.is_empty())
    }

    /// The exit status of the program: 1 failed, 2 wrong usage, 3 timed out, 130 interrupted.
    pub fn exit_status(&self) -> u8 {
        match self {
            Error::Usage { .. } | Error::NoSuchServer { .. } => 2,
            Error::TimedOut(_) => 3,
            Error::Interrupted(_) => 130,
            _ => 1,
        }
    }
}

fn io_hint(action: &str, error: &io::Error) -> Option<String> {
    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION: what Excel does to a file that it has open.
    if cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)) {
        return Some("close the editor or spreadsheet that has it open; the file is unchanged".to_owned());
    }
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ResourceBusy if action != "read" => {
            "close the editor or spreadsheet that has it open, or ask for permission to write there; \
             the file is unchanged"
        }
        io::ErrorKind::ReadOnlyFilesystem => "work in a folder where you may write; the file is unchanged",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free up space on that disk; the file is unchanged"
        }
        io::ErrorKind::NotFound => "check the name and the folder you are in",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none yet".to_owned();
    }
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}
