//! What a scan finds in one folder.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use crate::dicom::{Identities, Identity, Patients, is_dicomdir, says_dicom};
use crate::error::{Error, Result};
use crate::problem::{Place, Problem, Problems};
use crate::text::plain;

use super::look::is_gone;
use super::walk::{Met, relative};

/// What a scan found in one folder. Paths are relative to the folder, and joined with `/`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The selected files, sorted.
    pub paths: Vec<String>,
    /// How many files there are, left-out ones not counted.
    pub seen: u64,
    /// Whose the selected files are; unknown unless files were opened.
    pub patients: Patients,
    /// Selected files whose DICOM header cannot be read.
    pub unreadable_headers: Named,
    /// Selected files that are the index of a CD or a USB stick, and name all patients that are on it.
    pub directories: Named,
    /// Selected files that Windows knows by another name: a part of it ends in a dot or a space.
    pub odd_names: Named,
    /// Files that are called DICOM and are not selected, because the 132 bytes are missing that make them DICOM.
    pub without_preamble: Named,
    /// Files that were listed and then were gone.
    pub vanished: Named,
    /// Links to nothing.
    pub dead_links: Named,
    /// Links to folders, which were not entered.
    pub linked_folders: Named,
    /// What could not be opened or listed, and was left out with [`super::Scan::skip_unreadable`].
    pub skipped: Named,
}

/// Files worth mentioning: how many, and the names of the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// How many.
    pub count: u64,
    /// The first of them in the order of their names.
    names: Vec<String>,
}

impl Named {
    /// So many are named.
    const MOST: usize = 5;

    /// So many, without their names.
    pub fn many(count: u64) -> Named {
        Named { count, names: vec![] }
    }

    /// Takes in one more.
    pub fn add(&mut self, name: &str) {
        self.count += 1;
        let at = self.names.partition_point(|known| known.as_str() < name);
        if at < Named::MOST {
            self.names.truncate(Named::MOST - 1);
            self.names.insert(at, name.to_owned());
        }
    }

    /// The first of them, in the order of their names.
    pub fn first(&self) -> &[String] {
        &self.names
    }

    /// Whether each of the first is this one.
    pub fn are_all(&self, name: &str) -> bool {
        self.names.iter().all(|known| known == name)
    }
}

/// `a, b and 3 more`
impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(", "))?;
        let more = self.count - self.names.len() as u64;
        if more > 0 { write!(f, " and {more} more") } else { Ok(()) }
    }
}

/// What the threads find, in any order.
#[derive(Default)]
pub(super) struct FoundSoFar {
    pub(super) found: Found,
    pub(super) identities: Identities,
    /// What was tried, where, and what came of it.
    pub(super) failed: Vec<(&'static str, PathBuf, io::Error)>,
}

impl FoundSoFar {
    /// Selects a file.
    pub(super) fn select(&mut self, root: &Path, path: &Path) {
        let Some(name) = relative(root, path).to_str() else {
            let why = "its name is not valid text, and a selection cannot contain it";
            return self.failed.push(("select", path.to_owned(), io::Error::new(io::ErrorKind::InvalidData, why)));
        };
        let name = if MAIN_SEPARATOR == '/' { name.to_owned() } else { name.replace(MAIN_SEPARATOR, "/") };
        if name.split('/').any(|part| part.ends_with(['.', ' '])) {
            self.found.odd_names.add(&name);
        }
        if path.file_name().is_some_and(is_dicomdir) {
            self.found.directories.add(&name);
        }
        self.found.paths.push(name);
    }

    /// Selects a DICOM file, whose header may be unreadable.
    pub(super) fn select_dicom(&mut self, root: &Path, path: &Path, header: Option<Identity>) {
        self.select(root, path);
        match header {
            None => self.found.unreadable_headers.add(&shown(root, path)),
            Some(identity) => {
                self.identities.add(&identity);
                if identity.is_directory && !path.file_name().is_some_and(is_dicomdir) {
                    self.found.directories.add(&shown(root, path));
                }
            }
        }
    }

    /// Leaves out a file that was opened.
    pub(super) fn leave_out(&mut self, root: &Path, path: &Path) {
        if path.file_name().is_some_and(says_dicom) {
            self.found.without_preamble.add(&shown(root, path));
        }
    }

    /// Takes in what the walk came across besides files.
    pub(super) fn met(&mut self, root: &Path, met: Met) {
        match met {
            Met::DeadLink(path) => self.found.dead_links.add(&shown(root, &path)),
            Met::LinkedFolder(path) => self.found.linked_folders.add(&shown(root, &path)),
            Met::Failed(path, error) => self.failed.push(("list", path, error)),
            // It is counted when it is opened.
            Met::File(_) => {}
        }
    }

    /// The result for a folder, as if its files had come one after the other.
    ///
    /// # Errors
    /// What could not be opened, listed or named, unless it should be skipped. A file that is gone for good is not a failure.
    pub(super) fn finish(mut self, root: &Path, skip: bool) -> Result<Found> {
        let mut problems = Vec::new();
        let mut listings = HashMap::new();
        self.failed.sort_by(|a, b| a.1.cmp(&b.1));
        for (action, path, error) in self.failed {
            if path == root {
                return Err(Error::io(action, root)(error));
            }
            let name = shown(root, &path);
            if is_gone(&error) && is_gone_for_good(&path, &mut listings) {
                self.found.vanished.add(&name);
            } else if skip {
                self.found.skipped.add(&name);
            } else {
                let what = if is_gone(&error) { "it was listed before, but now: " } else { "" };
                problems.push(Problem::new(Place::Whole, format!("cannot {action} '{name}': {what}{}", plain(&error))));
            }
        }
        if let Some(first) = problems.first_mut() {
            first.hint = Some("fix that and try again, or take the other files with '--skip-unreadable'".to_owned());
        }
        Problems::none_or(root, problems)?;
        self.found.paths.sort_unstable();
        self.found.patients = self.identities.patients();
        Ok(self.found)
    }
}

/// Whether the folder of a file is still there, and something else in it, but not this file. An empty one may be where a share was.
/// `listings` keeps what is in the folders that were listed for that.
fn is_gone_for_good(path: &Path, listings: &mut HashMap<PathBuf, HashSet<OsString>>) -> bool {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return false };
    let names = listings.entry(folder.to_owned()).or_insert_with(|| {
        let entries = fs::read_dir(folder).into_iter().flatten();
        // A listing that breaks off tells nothing.
        entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<_>>().unwrap_or_default()
    });
    !names.is_empty() && !names.contains(name)
}

/// A path for a message, from the scanned folder.
pub fn shown(root: &Path, path: &Path) -> String {
    let path = relative(root, path);
    let bytes = || path.as_os_str().as_encoded_bytes().escape_ascii().to_string();
    path.to_str().map_or_else(bytes, str::to_owned)
}
