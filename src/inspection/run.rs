//! An inspection that is under way: what is listed, read and added up for each row.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::findings::{Findings, Tally};
use super::risk::Risk;
use super::{Files, Looking, Progress};
use crate::dicom::{self, Described};
use crate::error::{Error, Result};
use crate::locks::unlocked;
use crate::scan::{Met, Named, Scan, is_gone, open, open_each, shown, walk};
use crate::selection::Selection;

/// How many files pass between two reports of the progress.
const REPORT_EVERY: u64 = 64;

/// Something for an opener to do, for one of the rows.
struct Task {
    row: usize,
    /// None when all files of the row are listed.
    file: Option<PathBuf>,
}

/// See [`super::inspect`].
pub(super) struct Run<'a> {
    looking: Looking<'a>,
    rows: Vec<Row<'a>>,
    now: Mutex<Progress>,
    /// Values of patients are compared by their hashes under this key, which nobody else has.
    key: RandomState,
    done: &'a (dyn Fn(usize, &Findings) + Sync),
}

struct Row<'a> {
    files: &'a Files,
    /// The folder that names of files are shown from.
    root: &'a Path,
    tally: Mutex<Tally>,
    /// Tasks that are not done with.
    pending: AtomicU64,
    result: Mutex<Option<Result<Findings>>>,
}

/// For which row a file was listed last, by a hash of its path.
type Owners = HashMap<u64, Owner>;

struct Owner {
    row: u32,
    /// Whether that row already knows that it shares the file.
    is_told: bool,
}

impl<'a> Run<'a> {
    pub(super) fn new(rows: &'a [Files], looking: Looking<'a>, done: &'a (dyn Fn(usize, &Findings) + Sync)) -> Run<'a> {
        let row = |files: &'a Files| Row {
            files,
            root: match files {
                Files::Folder(folder) => folder,
                Files::Selection(path) => path.parent().unwrap_or(Path::new("")),
            },
            tally: Mutex::default(),
            pending: AtomicU64::new(1),
            result: Mutex::new(None),
        };
        let rows = rows.iter().map(row).collect();
        Run { looking, rows, now: Mutex::default(), key: RandomState::new(), done }
    }

    /// Does it all.
    pub(super) fn results(self) -> Vec<Result<Findings>> {
        let shared = Mutex::new(vec![]);
        let list = |hand_over: &mut dyn FnMut(Task)| *unlocked(shared.lock()) = self.list(hand_over);
        open_each(self.looking.concurrency, list, |task| self.read(task));
        let interrupted = || Err(Error::Interrupted("not all files were looked at".to_owned()));
        let result = |row: Row<'_>| unlocked(row.result.into_inner()).unwrap_or_else(interrupted);
        let mut results: Vec<Result<Findings>> = self.rows.into_iter().map(result).collect();
        for (result, named) in
            results.iter_mut().zip(unlocked(shared.into_inner())).filter(|(_, named)| named.count > 0)
        {
            if let Ok(findings) = result {
                findings.risks.insert(Risk::InTwoRows, named);
            }
        }
        results
    }

    /// Lists the files of all rows, one row after the other. Returns for each row the files that another row has too.
    fn list(&self, hand_over: &mut dyn FnMut(Task)) -> Vec<Named> {
        let place = |row: &Row<'_>| fs::canonicalize(row.root).unwrap_or_else(|_| row.root.to_owned());
        let places: Vec<PathBuf> = self.rows.iter().map(place).collect();
        let mut owners = Owners::new();
        let mut shared = vec![Named::default(); self.rows.len()];
        for (number, (index, row)) in (0..).zip(self.rows.iter().enumerate()) {
            let mut add = |file: PathBuf| {
                let whole = places[index].join(file.strip_prefix(row.root).unwrap_or(&file));
                match owners.entry(self.hash(&whole)) {
                    Entry::Vacant(free) => drop(free.insert(Owner { row: number, is_told: false })),
                    Entry::Occupied(owner) if owner.get().row == number => {
                        return unlocked(row.tally.lock()).risk(Risk::NamedTwice, &shown(row.root, &file));
                    }
                    Entry::Occupied(mut owner) => {
                        let before = owner.insert(Owner { row: number, is_told: true });
                        let earlier = (!before.is_told).then_some(before.row as usize);
                        earlier
                            .into_iter()
                            .chain([index])
                            .for_each(|row| shared[row].add(&shown(&places[row], &whole)));
                    }
                }
                row.pending.fetch_add(1, Ordering::Relaxed);
                hand_over(Task { row: index, file: Some(file) });
            };
            let listed = match row.files {
                Files::Folder(folder) => self.list_folder(row, folder, &mut add),
                Files::Selection(path) => self.list_selection(row, path, &mut add),
            };
            if self.is_stopped() {
                // The last listing may be incomplete.
                break;
            }
            if let Err(error) = listed {
                *unlocked(row.result.lock()) = Some(Err(error));
            }
            hand_over(Task { row: index, file: None });
        }
        shared
    }

    /// Of a path. Windows ignores case.
    fn hash(&self, path: &Path) -> u64 {
        match path.to_str() {
            Some(text) if cfg!(windows) => self.key.hash_one(text.to_lowercase()),
            _ => self.key.hash_one(path),
        }
    }

    fn list_folder(&self, row: &Row<'_>, folder: &Path, add: &mut dyn FnMut(PathBuf)) -> Result<()> {
        let mut failed = None;
        let scan = Scan { stop: Some(self.looking.stop), ..Scan::default() };
        walk(&scan, folder, |met| match met {
            Met::File(file) => add(file),
            Met::Failed(path, error) if path == folder => failed = Some(Error::io("list", folder)(error)),
            Met::Failed(path, _) => unlocked(row.tally.lock()).failed(&shown(row.root, &path), Risk::Unreadable),
            // They are not files on the share.
            Met::DeadLink(_) | Met::LinkedFolder(_) => {}
        });
        failed.map_or(Ok(()), Err)
    }

    fn list_selection(&self, row: &Row<'_>, path: &Path, add: &mut dyn FnMut(PathBuf)) -> Result<()> {
        for name in Selection::read(path)?.selected_paths {
            if self.is_stopped() {
                break;
            }
            add(row.root.join(if cfg!(windows) { name } else { name.replace('\\', "/") }));
        }
        Ok(())
    }

    /// Does a task. Whoever does the last one of a row ends that row.
    fn read(&self, task: Task) {
        if self.is_stopped() {
            return;
        }
        let row = &self.rows[task.row];
        if let Some(file) = task.file {
            let name = shown(row.root, &file);
            let described = self.describe(row, &file);
            let bytes = described.as_ref().map_or(0, |(bytes, _)| *bytes);
            let mut tally = unlocked(row.tally.lock());
            match described {
                Ok((bytes, described)) => tally.read(&name, bytes, described),
                Err(error) if is_gone(&error) => tally.failed(&name, Risk::Missing),
                Err(_) => tally.failed(&name, Risk::Unreadable),
            }
            drop(tally);
            self.step(|now| {
                now.files += 1;
                now.bytes += bytes;
            });
        }
        if row.pending.fetch_sub(1, Ordering::AcqRel) == 1 {
            let findings = mem::take(&mut *unlocked(row.tally.lock())).finish();
            (self.done)(task.row, &findings);
            unlocked(row.result.lock()).get_or_insert(Ok(findings));
            self.step(|now| now.rows += 1);
        }
    }

    fn describe(&self, row: &Row<'_>, path: &Path) -> io::Result<(u64, Described)> {
        // A selection can name anything, and opening a pipe would wait for whoever writes to it.
        if matches!(row.files, Files::Selection(_)) && !fs::metadata(path)?.is_file() {
            return Ok((0, Described::Other));
        }
        let file = open(path)?;
        let bytes = file.metadata()?.len();
        Ok((bytes, dicom::describe(&file, bytes, &self.key)?))
    }

    /// Counts, and reports now and then.
    fn step(&self, count: impl FnOnce(&mut Progress)) {
        let mut now = unlocked(self.now.lock());
        let rows = now.rows;
        count(&mut now);
        let now = *now;
        if now.files % REPORT_EVERY == 1 || now.rows > rows {
            (self.looking.progress)(now);
        }
    }

    fn is_stopped(&self) -> bool {
        self.looking.stop.load(Ordering::Relaxed)
    }
}
