//! Listing the files in a folder and below it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::selection;

use super::Scan;
use super::look::is_gone;

/// What a walk comes across.
pub enum Met {
    /// A file that the scan is about.
    File(PathBuf),
    /// A link to nothing.
    DeadLink(PathBuf),
    /// A link to a folder, which was not entered.
    LinkedFolder(PathBuf),
    /// What cannot be listed.
    Failed(PathBuf, io::Error),
}

/// Reports everything in a folder that the scan is about, in the order of the disk.
pub fn walk(scan: &Scan<'_>, root: &Path, met: impl FnMut(Met)) {
    let depth = scan.include.iter().map(|pattern| pattern.depth().unwrap_or(usize::MAX)).max();
    let entries =
        WalkDir::new(root).min_depth(1).max_depth(depth.unwrap_or(usize::MAX)).follow_links(scan.follow_links);
    let entries = entries.into_iter().filter_entry(|entry| !entry.file_type().is_dir() || enters(scan, entry));
    let met_there = |entry: walkdir::Result<DirEntry>| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) => kind(scan, root, entry),
        // A link that leads back to a folder that is searched already.
        Err(error) if error.loop_ancestor().is_some() => None,
        Err(error) => {
            let path = error.path().unwrap_or(root).to_owned();
            Some(broken(path, error.into()))
        }
    };
    entries.take_while(|_| !scan.stopped()).filter_map(met_there).for_each(met);
}

/// What an entry is that is not a folder; nothing for a pipe, a socket or a device, which are never opened.
fn kind(scan: &Scan<'_>, root: &Path, entry: DirEntry) -> Option<Met> {
    let wanted = wants(scan, root, &entry);
    if !entry.path_is_symlink() {
        return (wanted && entry.file_type().is_file()).then(|| Met::File(entry.into_path()));
    }
    match fs::metadata(entry.path()) {
        Ok(target) if target.is_dir() => enters(scan, &entry).then(|| Met::LinkedFolder(entry.into_path())),
        Ok(target) => (wanted && target.is_file()).then(|| Met::File(entry.into_path())),
        Err(error) => wanted.then(|| broken(entry.into_path(), error)),
    }
}

fn broken(path: PathBuf, error: io::Error) -> Met {
    let is_dead = (is_gone(&error) || leads_nowhere(&error)) && path.is_symlink();
    if is_dead { Met::DeadLink(path) } else { Met::Failed(path, error) }
}

fn enters(scan: &Scan<'_>, folder: &DirEntry) -> bool {
    folder.depth() == 0
        || scan.include.is_empty()
        || scan.include.iter().any(|pattern| pattern.leads_on(folder.depth(), folder.file_name()))
}

fn wants(scan: &Scan<'_>, root: &Path, file: &DirEntry) -> bool {
    if file.file_name().as_encoded_bytes().starts_with(b".") || is_selection(file.file_name()) {
        return false;
    }
    if scan.include.is_empty() && scan.exclude.is_empty() {
        return true;
    }
    let path = relative(root, file.path()).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    (scan.include.is_empty() || scan.include.iter().any(|pattern| pattern.matches(&path)))
        && !scan.exclude.iter().any(|exclusion| exclusion.matches(&path))
}

/// The path of something that was found in a folder, from that folder.
pub(super) fn relative<'a>(root: &Path, path: &'a Path) -> &'a Path {
    path.strip_prefix(root).unwrap_or(path)
}

fn is_selection(name: &OsStr) -> bool {
    if cfg!(windows) { name.eq_ignore_ascii_case(selection::FILE_NAME) } else { name == selection::FILE_NAME }
}

/// A link to itself, or through a file as if that were a folder.
fn leads_nowhere(error: &io::Error) -> bool {
    #[cfg(unix)]
    return matches!(error.raw_os_error(), Some(libc::ELOOP | libc::ENOTDIR));
    // ERROR_CANT_RESOLVE_FILENAME: too many links
    #[cfg(not(unix))]
    return error.kind() == io::ErrorKind::NotADirectory || error.raw_os_error() == Some(1921);
}
