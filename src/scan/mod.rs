//! Finding files, many at a time.
//!
//! A scan walks a folder, opens each file once, reads its start once, and keeps the DICOM files. One thread lists (`walk`), the
//! others open what it lists (`openers`, `look`), and what they find is added up for each scanned folder (`run`, `found`). What
//! is found, and its order, is the same however many openers there are.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Result;

mod found;
mod look;
mod openers;
mod pattern;
mod run;
mod walk;

pub use found::{Found, Named, shown};
pub use look::{is_gone, open};
pub use openers::open_each;
pub use pattern::{Exclusion, Pattern};
pub use walk::{Met, walk};

use run::Run;

/// How many files are open at the same time at most, unless [`Scan::concurrency`] says otherwise.
pub const DEFAULT_CONCURRENCY: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not 0");

/// What decides whether a file is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Check {
    /// Its first bytes: each file is opened.
    #[default]
    Open,
    /// Its name: `.dcm`, `.dicom`, no extension, or a number for one; `map add-study-folders --no-check-dicom`.
    ByName,
    /// Nothing more than the patterns; `select add --no-check-dicom`.
    Nothing,
}

/// What to look for, and how.
///
/// Files whose name starts with `.` and selection files are left out. Links to files are files.
#[derive(Debug, Clone, Default)]
pub struct Scan<'a> {
    /// What decides whether a file is selected.
    pub check: Check,
    /// Only files that match one of these; all files without one.
    pub include: Vec<Pattern>,
    /// No file that matches one of these.
    pub exclude: Vec<Exclusion>,
    /// Whether linked folders are entered.
    pub follow_links: bool,
    /// Whether what cannot be opened or listed is left out. Otherwise the folder that it is in fails.
    pub skip_unreadable: bool,
    /// Files that were selected earlier, relative to the scanned folder. They are opened as well, to know whose they are.
    pub selected_before: &'a [String],
    /// How many files may be open at the same time; 64 without one.
    pub concurrency: Option<NonZeroUsize>,
    /// Set this, and the scan ends with [`crate::Error::Interrupted`] soon after.
    pub stop: Option<&'a AtomicBool>,
}

/// How far a scan is, over all its folders. All numbers only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scanned {
    /// Files that were found.
    pub seen: u64,
    /// Files that were looked into.
    pub checked: u64,
    /// Files that were selected.
    pub selected: u64,
    /// Scanned folders that are done.
    pub folders: u64,
}

/// The progress of a scan, reported from any thread.
pub type OnProgress<'a> = &'a (dyn Fn(Scanned) + Sync);

impl Scan<'_> {
    /// Scans one folder.
    ///
    /// # Errors
    /// [`crate::Error::Io`] or [`crate::Error::Contents`] for files and folders that cannot be read and for DICOM files whose
    /// name cannot be in a selection: a file is never left out silently. [`crate::Error::Interrupted`] once `stop` is set.
    pub fn run(&self, folder: &Path, progress: OnProgress<'_>) -> Result<Found> {
        let mut results = self.run_each(&[folder.to_owned()], progress, &|_, found| Ok(found));
        results.pop().unwrap_or_else(|| Ok(Found::default()))
    }

    /// Scans folders, one after the other. `done` is called, on any thread, with each folder's index as soon as all of it is
    /// known, so that its selection is written while the next are scanned.
    ///
    /// Returns what `done` returned, or why the folder could not be scanned, in the order of `folders`.
    pub fn run_each<T: Send>(
        &self,
        folders: &[PathBuf],
        progress: OnProgress<'_>,
        done: &(dyn Fn(usize, Found) -> Result<T> + Sync),
    ) -> Vec<Result<T>> {
        let run = Run::new(self, folders, progress, done);
        let most = self.concurrency.unwrap_or(DEFAULT_CONCURRENCY);
        open_each(most, |hand_over| run.list(hand_over), |task| run.open(task));
        run.results()
    }

    fn stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests;
