//! Looking into one file: one open, one read.

use std::ffi::OsStr;
use std::fs::File;
use std::hash::RandomState;
use std::io::{self, Read};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::dicom::{self, Identity, PREFIX, Unreadable};

/// What one file turned out to be.
pub(super) enum Sniffed {
    Dicom(Result<Identity, Unreadable>),
    Other,
    Gone,
    /// Too many files are open at once, in this process or on this system.
    TooMany,
    Failed(io::Error),
}

/// Enough for the headers of most files up to StudyInstanceUID; longer ones are read on.
const READ: usize = 4096;

pub(super) struct Sniffer<'a> {
    buffer: Box<[u8; READ]>,
    key: &'a RandomState,
}

impl<'a> Sniffer<'a> {
    pub(super) fn new(key: &'a RandomState) -> Sniffer<'a> {
        Sniffer { buffer: Box::new([0; READ]), key }
    }

    pub(super) fn sniff(&mut self, folder: &Nearby<'_>, name: &OsStr) -> Sniffed {
        match self.look(folder, name) {
            Ok(sniffed) => sniffed,
            Err(error) if is_gone(&error) => Sniffed::Gone,
            Err(error) if is_too_many(&error) => Sniffed::TooMany,
            Err(error) => Sniffed::Failed(error),
        }
    }

    fn look(&mut self, folder: &Nearby<'_>, name: &OsStr) -> io::Result<Sniffed> {
        let mut file = folder.open(name)?;
        let mut length = 0;
        while length < PREFIX {
            match file.read(&mut self.buffer[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let start = &self.buffer[..length];
        if !dicom::is_dicom(start) {
            return Ok(Sniffed::Other);
        }
        // A regular file gives less than was asked for only at its end.
        let rest: &mut dyn Read = if length < READ { &mut io::empty() } else { &mut file };
        Ok(Sniffed::Dicom(dicom::identity(start, rest, self.key)))
    }
}

/// From so many files in one folder on, opening the folder too is worth it.
const MANY: usize = 16;

/// A folder in which files are opened: when they are many, by their names alone, so that the system need not look up the whole
/// path for each.
pub(super) struct Nearby<'a> {
    path: &'a Path,
    handle: Option<File>,
}

impl<'a> Nearby<'a> {
    pub(super) fn new(path: &'a Path, files: usize) -> Nearby<'a> {
        // With 32 bits, large files need other calls.
        let is_useful = cfg!(all(unix, target_pointer_width = "64")) && files >= MANY;
        Nearby { path, handle: if is_useful { File::open(path).ok() } else { None } }
    }

    fn open(&self, name: &OsStr) -> io::Result<File> {
        match &self.handle {
            #[cfg(unix)]
            Some(folder) => open_in(folder, name),
            _ => File::open(self.path.join(name)),
        }
    }
}

#[cfg(unix)]
fn open_in(folder: &File, name: &OsStr) -> io::Result<File> {
    use std::os::fd::{AsRawFd, FromRawFd};
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::CString::new(name.as_bytes())?;
    loop {
        // SAFETY: `name` ends with a NUL, and both it and the folder outlive the call.
        let file = unsafe { libc::openat(folder.as_raw_fd(), name.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
        if file >= 0 {
            // SAFETY: the descriptor is new, and nobody else has it.
            return Ok(unsafe { File::from_raw_fd(file) });
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

pub(super) fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::StaleNetworkFileHandle)
}

pub(super) fn is_too_many(error: &io::Error) -> bool {
    #[cfg(unix)]
    return matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE));
    // ERROR_TOO_MANY_OPEN_FILES, ERROR_TOO_MANY_CMDS, ERROR_REQ_NOT_ACCEP, ERROR_NO_SYSTEM_RESOURCES
    #[cfg(not(unix))]
    return matches!(error.raw_os_error(), Some(4 | 56 | 71 | 1450));
}

/// Others close files meanwhile. `attempt` counts from 0; `None` when it is time to give up.
pub(super) fn wait_for_others(attempt: u32) -> Option<()> {
    if attempt >= 40 {
        return None;
    }
    sleep(Duration::from_millis(5 * u64::from(attempt.min(9) + 1)));
    Some(())
}
