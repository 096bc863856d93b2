//! Changing a file in place, where a new one could not have its owner and its rights.
//!
//! Before the file is touched, all that it is to hold is on disk in a file `.NAME.pending` beside it. While that is there the
//! other may be half written, and is not read. The next lock carries out what a killed `anon` of the same user had begun.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::links::{beside, folder_of, is_own};
use super::plain::{self, Links, passing_refusal};
use super::writing::sync_folder;

fn pending_path(target: &Path) -> PathBuf {
    beside(target, ".pending")
}

/// Writes `bytes` into an existing file. `content` holds them too, on disk. The caller holds the lock.
pub fn overwrite(target: &Path, content: NamedTempFile, bytes: &[u8]) -> io::Result<()> {
    let mut before = vec![];
    plain::open(target, OpenOptions::new().read(true), Links::Refuse)?.read_to_end(&mut before)?;
    let pending = pending_path(target);
    content.persist_noclobber(&pending).map_err(|refused| refused.error)?;
    sync_folder(folder_of(target));
    let outcome = fill(target, bytes);
    // A full disk takes a part: what was there is put back, for which there is room.
    if outcome.is_ok() || fill(target, &before).is_ok() {
        fs::remove_file(&pending)?;
    }
    outcome
}

fn fill(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = plain::open(target, OpenOptions::new().write(true), Links::Refuse)?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// Carries out what a killed `anon` of this user had begun. The caller holds the lock.
///
/// # Errors
/// When another user's was killed: only that user can tell what was meant.
pub fn finish(target: &Path) -> io::Result<()> {
    let pending = pending_path(target);
    let mut bytes = vec![];
    match plain::open(&pending, OpenOptions::new().read(true), Links::Refuse) {
        Ok(mut content) if is_own(&content.metadata()?) => content.read_to_end(&mut bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(_) | Err(_) => return Err(unfinished(&pending)),
    };
    match fill(target, &bytes) {
        // It was deleted: there is nothing to change.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        outcome => outcome?,
    }
    fs::remove_file(&pending)
}

/// # Errors
/// When the file is being changed at this moment, or was left half changed.
pub fn refuse_unfinished(target: &Path) -> io::Result<()> {
    let pending = pending_path(target);
    if fs::symlink_metadata(&pending).is_ok() { Err(unfinished(&pending)) } else { Ok(()) }
}

fn unfinished(pending: &Path) -> io::Error {
    let found = format!("a change to it was not finished: '{}' contains what it should become", pending.display());
    let hint = "whoever owns that file can finish it with the command that was cut off; \
                or put its content into the file yourself, and delete it; see 'anon help troubleshooting not finished'";
    // Somebody may be about to finish it.
    passing_refusal(found, hint)
}
