use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use super::in_place;
use super::links::{self, folder_of};
use super::patience::{is_away, patiently};
use super::plain::{self, Links, at, refusal};
use crate::error::Result;

/// The largest file of a kind that is read at all.
#[derive(Debug, Clone, Copy)]
pub struct Cap {
    mebibytes: u64,
    kind: &'static str,
}

impl Cap {
    /// This many MiB for a `kind` of file, such as "settings file".
    pub const fn new(mebibytes: u64, kind: &'static str) -> Cap {
        Cap { mebibytes, kind }
    }

    fn bytes(self) -> u64 {
        self.mebibytes << 20
    }

    /// Whether a file of this kind can be so long.
    pub fn takes(self, length: usize) -> bool {
        length as u64 <= self.bytes()
    }

    fn refuse_above(self, length: u64) -> io::Result<()> {
        if length <= self.bytes() {
            return Ok(());
        }
        let found = format!("it is larger than {} MiB, too large for a {}", self.mebibytes, self.kind);
        Err(refusal(found, "check that this is the right file"))
    }
}

/// Reads a whole file: a plain one, and no larger than its kind can be.
///
/// # Errors
/// [`crate::Error::Io`] or [`crate::Error::Contents`] that names the file.
pub fn read(path: &Path, cap: Cap) -> Result<Vec<u8>> {
    read_unnamed(path, cap).map_err(at("read", path))
}

/// As [`read`], for callers that name the file themselves.
///
/// # Errors
/// What is wrong with the file, without its name.
pub fn read_unnamed(path: &Path, cap: Cap) -> io::Result<Vec<u8>> {
    patiently(|| whole(path, cap))
}

/// Like [`read`], or `None` if there is no such file.
///
/// Only a file that is absent from a folder that is there counts as missing: on a share that has gone away for a moment
/// everything seems to be missing, but must not be started afresh.
///
/// # Errors
/// As [`read`]; and when the folder is missing.
pub fn read_if_present(path: &Path, cap: Cap) -> Result<Option<Vec<u8>>> {
    unless_missing(path, || whole(path, cap)).map_err(at("read", path))
}

/// Whether there is a file, or something else of that name.
///
/// # Errors
/// Like [`read_if_present`]: if the folder is missing, it is unknown.
pub fn exists(path: &Path) -> Result<bool> {
    unless_missing(path, || fs::metadata(path).map(drop)).map(|found| found.is_some()).map_err(at("read", path))
}

/// Refuses anything but a plain file: at a pipe, another program would wait for ever.
///
/// # Errors
/// As [`read`].
pub fn require_plain(path: &Path) -> Result<()> {
    patiently(|| plain::refuse_unless_plain(&fs::metadata(path)?)).map_err(at("open", path))
}

fn whole(path: &Path, cap: Cap) -> io::Result<Vec<u8>> {
    let file = plain::open(path, OpenOptions::new().read(true), Links::Follow)?;
    let length = file.metadata()?.len();
    cap.refuse_above(length)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(cap.bytes() + 1).read_to_end(&mut bytes)?;
    cap.refuse_above(bytes.len() as u64)?;
    in_place::refuse_unfinished(&links::read(path)?)?;
    Ok(bytes)
}

fn unless_missing<T>(path: &Path, mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<Option<T>> {
    for folder_was_there in [false, true] {
        match patiently(&mut attempt) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !is_away(&error) => {
                // Between the two looks the share may have come back.
                if folder_was_there {
                    break;
                }
                refuse_without_folder(path)?;
            }
            outcome => return outcome.map(Some),
        }
    }
    Ok(None)
}

fn refuse_without_folder(path: &Path) -> io::Result<()> {
    let target = links::read(path)?;
    let folder = folder_of(&target);
    if patiently(|| fs::metadata(folder)).is_ok_and(|folder| folder.is_dir()) {
        return Ok(());
    }
    let found = format!("its folder '{}' is not there", folder.display());
    Err(refusal(found, "check the name, and whether the share is connected"))
}
