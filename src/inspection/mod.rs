//! What is in the files of the rows, before anything is sent: read from their headers, many at a time.
//!
//! One thread lists the files of each row, the others read the header of each (`openers` of the scan), and what they find is
//! added up for each row: [`Findings`], and among them what is likely to be held back or to fail, each a [`Risk`]. What is found is the
//! same however many openers there are. Patients are compared by hashes under a key that is thrown away; their values are neither
//! kept nor shown.

mod findings;
mod risk;
mod run;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crate::error::Result;
use crate::values::Source;

pub use crate::dicom::Patients;
pub use crate::scan::Named;
pub use findings::Findings;
pub use risk::{About, Consequence, Risk};

/// The files of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Files {
    /// All files in a folder and below it.
    Folder(PathBuf),
    /// Those that a file selection names.
    Selection(PathBuf),
}

impl Files {
    /// Those of a source that is in this place.
    pub fn of(source: &Source, place: PathBuf) -> Files {
        match source {
            Source::FileSelection(_) => Files::Selection(place),
            _ => Files::Folder(place),
        }
    }
}

/// How far an inspection is. All numbers only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Files that were read.
    pub files: u64,
    /// How large they are, in bytes.
    pub bytes: u64,
    /// Rows that are done.
    pub rows: u64,
}

/// How an inspection is followed and ended.
#[derive(Clone, Copy)]
pub struct Looking<'a> {
    /// Set this, and it ends with [`crate::Error::Interrupted`] soon after.
    pub stop: &'a AtomicBool,
    /// Receives progress, often and from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// How many files may be open at the same time.
    pub concurrency: NonZeroUsize,
}

/// Inspects the files of rows. `done` is called, on any thread, with each row's index as soon as all its files are read; what
/// rows have in common is not known then.
///
/// Returns for each row, in order, what was found, or why its files could not be listed.
pub fn inspect(
    rows: &[Files],
    looking: Looking<'_>,
    done: &(dyn Fn(usize, &Findings) + Sync),
) -> Vec<Result<Findings>> {
    run::Run::new(rows, looking, done).results()
}

#[cfg(test)]
mod tests;
