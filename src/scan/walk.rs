//! Listing one folder.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use crate::dicom;
use crate::selection;

use super::pattern::{Exclusion, Pattern, Reached};
use super::sniff::is_gone;
use super::{Check, Scan};

/// A folder to list.
pub(super) struct Folder {
    /// Which of the scanned folders it is in.
    pub root: usize,
    pub path: PathBuf,
    /// Relative to the scanned folder, joined with `/`; empty for that folder itself.
    pub relative: OsString,
    pub reached: Reached,
}

/// What an entry of a folder is to a scan.
pub(super) enum Entry {
    /// A file to select, perhaps after a look into it.
    File(OsString),
    /// A file that was seen, and is left out by its name.
    LeftOut,
    Folder(Folder),
    /// A link to nothing, or a file that has gone.
    Gone,
    /// Nothing that a scan is about.
    Other,
}

/// Which files a scan is about.
pub(super) struct Rules<'a> {
    pub check: Check,
    include: Pattern,
    exclude: &'a [Exclusion],
}

impl<'a> Rules<'a> {
    pub(super) fn of(scan: &'a Scan<'_>) -> Rules<'a> {
        let include = scan.include.clone().unwrap_or_else(Pattern::everything);
        let include = if scan.recurse { include.anywhere() } else { include };
        Rules { check: scan.check, include, exclude: &scan.exclude }
    }

    pub(super) fn root(&self, index: usize, path: &Path) -> Folder {
        Folder { root: index, path: path.to_owned(), relative: OsString::new(), reached: self.include.start() }
    }

    /// Judges an entry of `folder`.
    pub(super) fn judge(&self, folder: &Folder, entry: &DirEntry) -> io::Result<Entry> {
        let kind = entry.file_type()?;
        if kind.is_dir() {
            return Ok(self.subfolder(folder, entry));
        }
        let name = entry.file_name();
        if !self.wants(folder, &name) {
            return Ok(Entry::Other);
        }
        if kind.is_symlink() {
            match fs::metadata(entry.path()) {
                Ok(target) if target.is_file() => {}
                Ok(_) => return Ok(Entry::Other),
                // A link to itself leads nowhere either.
                Err(error) if is_gone(&error) || leads_nowhere(&error) => return Ok(Entry::Gone),
                Err(error) => return Err(error),
            }
        } else if !kind.is_file() {
            return Ok(Entry::Other);
        }
        if self.check == Check::ByName && !dicom::looks_like_dicom(&name) {
            return Ok(Entry::LeftOut);
        }
        Ok(Entry::File(name))
    }

    fn subfolder(&self, folder: &Folder, entry: &DirEntry) -> Entry {
        let name = entry.file_name();
        let reached = self.include.enter(folder.reached, &name);
        if reached.nowhere() {
            return Entry::Other;
        }
        let relative = below(&folder.relative, &name);
        Entry::Folder(Folder { root: folder.root, path: entry.path(), relative, reached })
    }

    fn wants(&self, folder: &Folder, name: &OsStr) -> bool {
        if name.as_encoded_bytes().starts_with(b".")
            || is_selection(name)
            || !self.include.matches(folder.reached, name)
        {
            return false;
        }
        if self.exclude.is_empty() {
            return true;
        }
        let relative = below(&folder.relative, name);
        let relative = relative.to_string_lossy();
        !self.exclude.iter().any(|exclusion| exclusion.matches(&relative))
    }
}

fn is_selection(name: &OsStr) -> bool {
    if cfg!(windows) { name.eq_ignore_ascii_case(selection::FILE_NAME) } else { name == selection::FILE_NAME }
}

fn below(folder: &OsStr, name: &OsStr) -> OsString {
    let mut path = OsString::with_capacity(folder.len() + 1 + name.len());
    path.push(folder);
    if !folder.is_empty() {
        path.push("/");
    }
    path.push(name);
    path
}

fn leads_nowhere(error: &io::Error) -> bool {
    #[cfg(unix)]
    return matches!(error.raw_os_error(), Some(libc::ELOOP | libc::ENOTDIR));
    // ERROR_CANT_RESOLVE_FILENAME: too many links
    #[cfg(not(unix))]
    return error.kind() == io::ErrorKind::NotADirectory || error.raw_os_error() == Some(1921);
}
