//! A scan that is under way: what is listed, opened and added up for each of its folders.

use std::collections::HashSet;
use std::hash::RandomState;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::dicom::looks_like_dicom;
use crate::error::{Error, Result};
use crate::locks::unlocked;

use super::found::FoundSoFar;
use super::look::{Look, look};
use super::walk::{Met, relative, walk};
use super::{Check, Found, OnProgress, Scan, Scanned};

/// How many files pass between two reports of the progress.
const REPORT_EVERY: u64 = 64;

/// Something for an opener to do, in one of the scanned folders.
pub(super) struct Task {
    root: usize,
    what: What,
}

enum What {
    /// Select a file if it is one to select.
    Select(PathBuf),
    /// See whose a file is that was selected earlier.
    Identify(PathBuf),
    /// All of the folder is listed.
    Listed,
}

/// See [`Scan::run_each`].
pub(super) struct Run<'a, T> {
    scan: &'a Scan<'a>,
    roots: Vec<Root<'a, T>>,
    now: Mutex<Scanned>,
    /// Values of patients are compared by their hashes under this key, which nobody else has.
    key: RandomState,
    progress: OnProgress<'a>,
    done: &'a (dyn Fn(usize, Found) -> Result<T> + Sync),
}

/// One of the scanned folders.
struct Root<'a, T> {
    path: &'a Path,
    tally: Mutex<FoundSoFar>,
    /// Tasks that are not done with.
    pending: AtomicU64,
    result: Mutex<Option<Result<T>>>,
}

impl<'a, T: Send> Run<'a, T> {
    pub(super) fn new(
        scan: &'a Scan<'a>,
        folders: &'a [PathBuf],
        progress: OnProgress<'a>,
        done: &'a (dyn Fn(usize, Found) -> Result<T> + Sync),
    ) -> Run<'a, T> {
        let root = |path| Root { path, tally: Mutex::default(), pending: AtomicU64::new(1), result: Mutex::new(None) };
        let roots = folders.iter().map(|path| root(path.as_path())).collect();
        Run { scan, roots, now: Mutex::default(), key: RandomState::new(), progress, done }
    }

    /// Lists all folders, one after the other.
    pub(super) fn list(&self, hand_over: &mut dyn FnMut(Task)) {
        for (index, root) in self.roots.iter().enumerate() {
            let mut before: HashSet<&Path> = match self.scan.check {
                Check::Open => self.scan.selected_before.iter().map(Path::new).collect(),
                Check::ByName | Check::Nothing => HashSet::new(),
            };
            let mut add = |what| {
                root.pending.fetch_add(1, Ordering::Relaxed);
                hand_over(Task { root: index, what });
            };
            walk(self.scan, root.path, |met| {
                if let Met::File(path) = met {
                    if !before.is_empty() {
                        before.remove(relative(root.path, &path));
                    }
                    unlocked(self.now.lock()).seen += 1;
                    add(What::Select(path));
                } else {
                    unlocked(root.tally.lock()).met(root.path, met);
                }
            });
            before.into_iter().for_each(|path| add(What::Identify(root.path.join(path))));
            if self.scan.stopped() {
                // The last listing may be incomplete.
                return;
            }
            hand_over(Task { root: index, what: What::Listed });
        }
    }

    /// Does a task. Whoever does the last one of a folder ends that folder.
    pub(super) fn open(&self, task: Task) {
        if self.scan.stopped() {
            return;
        }
        let root = &self.roots[task.root];
        match task.what {
            What::Select(path) => self.select(root, path),
            What::Identify(path) => {
                if path.is_file()
                    && let Ok(Look::Dicom(Some(identity))) = look(&path, &self.key)
                {
                    unlocked(root.tally.lock()).identities.add(&identity);
                }
            }
            What::Listed => {}
        }
        if root.pending.fetch_sub(1, Ordering::AcqRel) == 1 {
            let tally = mem::take(&mut *unlocked(root.tally.lock()));
            let found = tally.finish(root.path, self.scan.skip_unreadable);
            let result = found.and_then(|found| (self.done)(task.root, found));
            *unlocked(root.result.lock()) = Some(result);
            self.step(|now| now.folders += 1);
        }
    }

    fn select(&self, root: &Root<'_, T>, path: PathBuf) {
        let looked = match self.scan.check {
            Check::Open => Some(look(&path, &self.key)),
            Check::ByName | Check::Nothing => None,
        };
        let mut tally = unlocked(root.tally.lock());
        tally.found.seen += 1;
        let before = tally.found.paths.len();
        match looked {
            Some(Ok(Look::Dicom(header))) => tally.select_dicom(root.path, &path, header),
            Some(Ok(Look::Other)) => tally.leave_out(root.path, &path),
            Some(Err(error)) => tally.failed.push(("read", path, error)),
            None if self.scan.check == Check::ByName && !path.file_name().is_some_and(looks_like_dicom) => {}
            None => tally.select(root.path, &path),
        }
        let selected = tally.found.paths.len() - before;
        drop(tally);
        self.step(|now| {
            now.checked += 1;
            now.selected += selected as u64;
        });
    }

    /// Counts, and reports now and then.
    fn step(&self, count: impl FnOnce(&mut Scanned)) {
        let mut now = unlocked(self.now.lock());
        let folders = now.folders;
        count(&mut now);
        let now = *now;
        if now.checked % REPORT_EVERY == 1 || now.folders > folders {
            (self.progress)(now);
        }
    }

    /// The result of each folder.
    pub(super) fn results(self) -> Vec<Result<T>> {
        let interrupted = || Err(Error::Interrupted("not all files were looked at".to_owned()));
        let result = |root: Root<'_, T>| unlocked(root.result.into_inner()).unwrap_or_else(interrupted);
        self.roots.into_iter().map(result).collect()
    }
}
