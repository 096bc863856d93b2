//! What is still to be done in a scan.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use super::crew::{Crew, Pace};
use super::walk::Folder;

/// Names that are handed over at a time while a folder is listed.
pub(super) const BATCH: usize = 256;
/// With fewer files waiting than this, listing another folder goes first.
const ENOUGH: usize = 4096;
/// With more files waiting than this, whoever lists a folder stops to look into some.
const PLENTY: usize = 16384;
/// How long one turn of a thread should take: long enough to not quarrel about the queue, short enough to share the work.
const TURN: Duration = Duration::from_micros(400);

/// Files of one folder.
pub(super) struct Batch {
    pub folder: Arc<Folder>,
    pub names: Vec<OsString>,
}

/// Something for a thread to do.
pub(super) enum Work {
    List(Folder),
    Sniff(Batch),
}

/// What is to be done, and who there is to do it.
pub(super) struct Queue {
    /// The last one is listed first, so that a deep tree does not pile up.
    pub folders: Vec<Folder>,
    files: VecDeque<Batch>,
    files_waiting: usize,
    /// Scanned folders that are not done with.
    pub roots_left: usize,
    pub threads: usize,
    pub idle: usize,
    pub crew: Crew,
    pub stopped: bool,
}

impl Queue {
    /// The scanned folders, of which the last one is taken first, and one thread.
    pub(super) fn new(folders: Vec<Folder>, crew: Crew) -> Queue {
        Queue {
            roots_left: folders.len(),
            folders,
            files: VecDeque::new(),
            files_waiting: 0,
            threads: 1,
            idle: 0,
            crew,
            stopped: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty()
    }

    pub(super) fn has_plenty(&self) -> bool {
        self.files_waiting > PLENTY
    }

    pub(super) fn add_files(&mut self, batch: Batch) {
        self.files_waiting += batch.names.len();
        self.files.push_back(batch);
    }

    /// What is best done next.
    pub(super) fn take(&mut self, pace: &Pace) -> Option<Work> {
        if self.files_waiting < ENOUGH
            && let Some(folder) = self.folders.pop()
        {
            return Some(Work::List(folder));
        }
        self.take_files(pace).map(Work::Sniff).or_else(|| self.folders.pop().map(Work::List))
    }

    /// As many files as make one turn.
    pub(super) fn take_files(&mut self, pace: &Pace) -> Option<Batch> {
        let wanted = pace.files_in(TURN).min(BATCH);
        let batch = self.files.front_mut()?;
        let part = if batch.names.len() > wanted {
            let rest = batch.names.split_off(wanted);
            Batch { folder: Arc::clone(&batch.folder), names: mem::replace(&mut batch.names, rest) }
        } else {
            self.files.pop_front()?
        };
        self.files_waiting -= part.names.len();
        Some(part)
    }
}
