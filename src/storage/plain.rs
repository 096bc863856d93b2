//! Plain files only: a folder, a pipe, a socket or a device is refused by name, and never waited for.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::Error;
use crate::problem::Problems;

/// Why a file is left alone although nothing failed in the system.
#[derive(Debug, thiserror::Error)]
#[error("{found}")]
struct Refusal {
    found: String,
    hint: String,
}

/// Leaves a file alone: says what was found, and what to do about it.
pub fn refusal(found: impl Into<String>, hint: impl Into<String>) -> io::Error {
    io::Error::other(Refusal { found: found.into(), hint: hint.into() })
}

/// As [`refusal`], for what may be over in a moment.
pub fn passing_refusal(found: impl Into<String>, hint: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, Refusal { found: found.into(), hint: hint.into() })
}

/// For `map_err`: names the file that a failure or a refusal is about.
pub fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |error| match error.downcast::<Refusal>() {
        Ok(refusal) => Problems::whole(path, refusal.found, refusal.hint).into(),
        Err(error) => Error::io(action, path)(error),
    }
}

/// Whether a link at the end of a path is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// To what it leads to.
    Follow,
    /// Refused: a link is not a plain file.
    Refuse,
}

/// Opens a plain file.
///
/// A pipe is not waited for: it is opened without blocking, and then refused.
pub fn open(path: &Path, options: &mut OpenOptions, links: Links) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let no_links = if links == Links::Refuse { libc::O_NOFOLLOW } else { 0 };
        options.custom_flags(libc::O_NONBLOCK | no_links);
    }
    let opened = options.open(path);
    let found = match &opened {
        Ok(file) => file.metadata(),
        // A socket and a folder cannot even be opened, in words that do not say what they are.
        Err(_) if links == Links::Follow => fs::metadata(path),
        Err(_) => fs::symlink_metadata(path),
    };
    if let Ok(found) = found {
        refuse_unless_plain(&found)?;
    }
    let file = opened?;
    #[cfg(windows)]
    refuse_device(&file)?;
    Ok(file)
}

/// # Errors
/// Says what it is, unless it is a plain file.
pub fn refuse_unless_plain(found: &Metadata) -> io::Result<()> {
    let kind = found.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let name = if kind.is_dir() {
        "a folder"
    } else if kind.is_symlink() {
        "a link"
    } else {
        special(kind)
    };
    Err(refusal(format!("it is {name}, not a file"), "move it away, or name another file"))
}

#[cfg(unix)]
fn special(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: fs::FileType) -> &'static str {
    "a device"
}

/// On Windows, `NUL` and `COM1` say that they are files.
#[cfg(windows)]
fn refuse_device(file: &File) -> io::Result<()> {
    use std::os::windows::io::AsRawHandle;
    use windows_sys::Win32::Storage::FileSystem::{FILE_TYPE_DISK, GetFileType};
    // SAFETY: the handle is that of an open file.
    if unsafe { GetFileType(file.as_raw_handle()) } == FILE_TYPE_DISK {
        return Ok(());
    }
    Err(refusal("it is a device, not a file", "move it away, or name another file"))
}
