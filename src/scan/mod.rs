//! Finding files, many at a time.
//!
//! A scan walks a folder, opens each file once, reads its start once, and keeps the DICOM files. On a local disk a few threads
//! do that; where each open takes long (a share), as many as [`Scan::concurrency`] allows keep opens in flight. What is found,
//! and its order, is the same however many there are.
//!
//! With [`crate::selection`] it makes the list of files of a job:
//!
//! ```
//! use anonapi::internals::{Pattern, Scan};
//! use anonapi::selection::Selection;
//! use anonapi::testing::dicom_file;
//!
//! # let temporary = tempfile::tempdir().unwrap();
//! # let folder = temporary.path();
//! # std::fs::create_dir(folder.join("raw")).unwrap();
//! // let folder = Path::new("patient1");
//! std::fs::write(folder.join("raw/1.dcm"), dicom_file("1001", "1.2.826.1", "1.2.826.1.1")).unwrap();
//! std::fs::write(folder.join("raw/notes.txt"), "no image").unwrap();
//!
//! let scan = Scan { include: Some(Pattern::new("raw/*")?), ..Scan::default() };
//! let found = scan.run(folder, &|_progress| ())?;
//! assert_eq!(found.paths, ["raw/1.dcm"]);
//! assert_eq!((found.seen, found.patients), (2, 1));
//!
//! let mut selection = Selection::new(folder);
//! selection.merge(found.paths);
//! selection.save(&folder.join("fileselection.txt"))?;
//! assert_eq!(Selection::read(&folder.join("fileselection.txt"))?.selected_paths, ["raw/1.dcm"]);
//! # Ok::<(), anonapi::Error>(())
//! ```

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::Result;

mod crew;
mod delivery;
mod engine;
mod expand;
mod pattern;
mod queue;
mod sniff;
mod tally;
mod walk;

pub use expand::expand;
pub use pattern::{Exclusion, Pattern};

/// How many opens are kept in flight at most, unless [`Scan::concurrency`] says otherwise.
pub const DEFAULT_CONCURRENCY: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not 0");

/// What decides whether a file is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Check {
    /// Its first bytes: each file is opened.
    #[default]
    Open,
    /// Its name; `map add-study-folders --no-check-dicom`.
    ByName,
    /// Nothing more than the patterns; `select add --no-check-dicom`.
    Nothing,
}

/// What to look for, and how.
///
/// Files whose name starts with `.` and selection files are left out. Links to files are files; linked folders are not entered.
#[derive(Debug, Clone)]
pub struct Scan<'a> {
    /// What decides whether a file is selected.
    pub check: Check,
    /// Only files that match; all files without one.
    pub include: Option<Pattern>,
    /// No file that matches one of these.
    pub exclude: Vec<Exclusion>,
    /// Whether the pattern may match in subfolders.
    pub recurse: bool,
    /// How many opens may be in flight; 64 without one, and 1 for a strictly sequential scan.
    pub concurrency: Option<NonZeroUsize>,
    /// Set this, and the scan ends with [`crate::Error::Interrupted`] soon after.
    pub stop: Option<&'a AtomicBool>,
}

impl Default for Scan<'_> {
    fn default() -> Self {
        Scan { check: Check::Open, include: None, exclude: Vec::new(), recurse: true, concurrency: None, stop: None }
    }
}

/// How far a scan is, over all its folders. All numbers only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Files that were found.
    pub seen: u64,
    /// Files that were looked into.
    pub checked: u64,
    /// Files that were selected.
    pub selected: u64,
    /// Folders that were listed to their end.
    pub folders: u64,
}

/// What is told of the progress of a scan, from any thread and often: it should return quickly.
pub type Report<'a> = &'a (dyn Fn(Progress) + Sync);

/// What a scan found in one folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The selected files, relative to the folder, joined with `/`, sorted.
    pub paths: Vec<String>,
    /// How many files there are, left-out ones not counted.
    pub seen: u64,
    /// How many different PatientIDs the selected files have. 0 unless files were opened.
    pub patients: usize,
    /// How many different StudyInstanceUIDs the selected files have. 0 unless files were opened.
    pub studies: usize,
    /// The selected files whose DICOM header cannot be read, as in `paths`.
    pub unreadable_headers: Vec<String>,
    /// Files that were listed and then were gone, and links to nothing.
    pub vanished: u64,
}

impl Scan<'_> {
    /// Scans one folder.
    ///
    /// # Errors
    /// [`crate::Error::Io`] or [`crate::Error::Contents`] for files and folders that cannot be read and for DICOM files whose
    /// name cannot be in a selection: a file is never left out silently. [`crate::Error::Interrupted`] once `stop` is set.
    pub fn run(&self, folder: &Path, progress: Report<'_>) -> Result<Found> {
        let mut results = self.run_each(&[folder.to_owned()], progress, &|_, found| Ok(found));
        results.pop().unwrap_or_else(|| Ok(Found::default()))
    }

    /// Scans folders side by side. `done` is called, on any thread, with each folder's index as soon as all of it is known, so
    /// that its selection is written while the others are still scanned.
    ///
    /// Returns what `done` returned, or why the folder could not be scanned, in the order of `folders`.
    pub fn run_each<T: Send>(
        &self,
        folders: &[PathBuf],
        progress: Report<'_>,
        done: &(dyn Fn(usize, Found) -> Result<T> + Sync),
    ) -> Vec<Result<T>> {
        engine::run(self, folders, progress, done)
    }

    fn stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// [`Progress`], shared by the threads.
#[derive(Default)]
struct Counters {
    seen: AtomicU64,
    checked: AtomicU64,
    selected: AtomicU64,
    folders: AtomicU64,
}

impl Counters {
    fn progress(&self) -> Progress {
        let [seen, checked, selected, folders] =
            [&self.seen, &self.checked, &self.selected, &self.folders].map(|counter| counter.load(Ordering::Relaxed));
        Progress { seen, checked, selected, folders }
    }
}

#[cfg(test)]
mod tests;
