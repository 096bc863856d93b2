//! What is known so far of one scanned folder.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::dicom::{Identity, Unreadable};
use crate::error::{Error, Result};
use crate::problem::{Place, Problem, Problems};
use crate::text::plain;

use super::Found;

/// So many are named in one message; the rest is counted.
const NAMED: usize = 10;

/// What the threads found, in any order.
#[derive(Default)]
pub(super) struct Tally {
    found: Found,
    patients: HashSet<u64>,
    studies: HashSet<u64>,
    /// What was tried, where, and what came of it.
    failed: Vec<(&'static str, PathBuf, io::Error)>,
    unnameable: Vec<PathBuf>,
}

impl Tally {
    pub(super) fn seen(&mut self, files: u64) {
        self.found.seen += files;
    }

    pub(super) fn gone(&mut self) {
        self.found.vanished += 1;
    }

    pub(super) fn failed(&mut self, action: &'static str, path: &Path, error: io::Error) {
        self.failed.push((action, path.to_owned(), error));
    }

    /// Selects a file, by the path of its folder relative to the scanned one.
    pub(super) fn select(&mut self, folder: &OsStr, name: &OsStr) -> bool {
        let (Some(folder_text), Some(name_text)) = (folder.to_str(), name.to_str()) else {
            self.unnameable.push(Path::new(folder).join(name));
            return false;
        };
        self.found.paths.push(join(folder_text, name_text));
        true
    }

    /// Selects a DICOM file.
    pub(super) fn select_dicom(&mut self, folder: &OsStr, name: &OsStr, header: Result<Identity, Unreadable>) {
        let selected = self.select(folder, name);
        match header {
            Ok(Identity { patient, study }) => {
                self.patients.extend(patient);
                self.studies.extend(study);
            }
            Err(Unreadable) if selected => self.found.unreadable_headers.extend(self.found.paths.last().cloned()),
            Err(Unreadable) => {}
        }
    }

    /// The result for the folder at `root`, as if its files had come one after the other.
    pub(super) fn finish(mut self, root: &Path) -> Result<Found> {
        if let Some(error) = self.error(root) {
            return Err(error);
        }
        self.found.paths.sort_unstable();
        self.found.unreadable_headers.sort_unstable();
        self.found.patients = self.patients.len();
        self.found.studies = self.studies.len();
        Ok(self.found)
    }

    fn error(&mut self, root: &Path) -> Option<Error> {
        if self.failed.is_empty() && self.unnameable.is_empty() {
            return None;
        }
        if self.unnameable.is_empty() && self.failed.len() == 1 {
            let (action, path, source) = self.failed.pop()?;
            return Some(Error::Io { action, path, source });
        }
        self.failed.sort_by(|a, b| a.1.cmp(&b.1));
        self.unnameable.sort();
        let mut list: Vec<Problem> = Vec::new();
        for (action, path, error) in self.failed.iter().take(NAMED) {
            let path = path.strip_prefix(root).unwrap_or(path);
            list.push(Problem::new(Place::Whole, format!("cannot {action} '{}': {}", shown(path), plain(error))));
        }
        rest(&mut list, self.failed.len(), "more that cannot be read");
        for path in self.unnameable.iter().take(NAMED) {
            list.push(
                Problem::new(Place::Whole, format!("the file name '{}' is not valid text", shown(path)))
                    .hint("rename the file: a selection cannot hold such a name"),
            );
        }
        rest(&mut list, self.unnameable.len(), "more such file names");
        Some(Problems::new(root, list).into())
    }
}

fn rest(list: &mut Vec<Problem>, all: usize, what: &str) {
    if all > NAMED {
        list.push(Problem::new(Place::Whole, format!("{} {what}", all - NAMED)));
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        return name.to_owned();
    }
    let mut path = String::with_capacity(folder.len() + 1 + name.len());
    path.push_str(folder);
    path.push('/');
    path.push_str(name);
    path
}

/// A name for a message: what is no text, or would steer a terminal, is escaped.
fn shown(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() { text.extend(c.escape_default()) } else { text.push(c) }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_is_an_error_of_its_own() {
        let mut tally = Tally::default();
        tally.failed("read", Path::new("/data/a"), io::ErrorKind::PermissionDenied.into());
        let error = tally.finish(Path::new("/data")).unwrap_err();
        assert!(matches!(&error, Error::Io { action: "read", path, .. } if path == Path::new("/data/a")), "{error}");
    }

    #[test]
    fn many_failures_are_named_in_order_and_counted() {
        let mut tally = Tally::default();
        for n in (10..25).rev() {
            tally.failed("read", Path::new(&format!("/data/a\u{1b}{n}")), io::ErrorKind::PermissionDenied.into());
        }
        let text = tally.finish(Path::new("/data")).unwrap_err().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 11, "{text}");
        assert!(lines[0].contains(r"cannot read 'a\u{1b}10'"), "{text}");
        assert!(lines[9].contains(r"'a\u{1b}19'"), "{text}");
        assert!(lines[10].contains("5 more"), "{text}");
    }
}
