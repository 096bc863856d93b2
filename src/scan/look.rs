//! Looking into one file: one open, one read.

use std::fs::File;
use std::hash::RandomState;
use std::io::{self, Read};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::dicom::{self, Identity, PREFIX};

/// Enough for the headers of most files up to StudyInstanceUID; longer ones are read on.
const READ: usize = 4096;

/// What one file turned out to be.
pub(super) enum Look {
    /// DICOM, with its header unless that cannot be read.
    Dicom(Option<Identity>),
    Other,
}

/// Looks into a file.
pub(super) fn look(path: &Path, key: &RandomState) -> io::Result<Look> {
    let mut file = open(path)?;
    let mut buffer = [0; READ];
    let mut length = 0;
    while length < PREFIX {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let start = &buffer[..length];
    if !dicom::is_dicom(start) {
        return Ok(Look::Other);
    }
    dicom::identity(start, file, key).map(Look::Dicom)
}

/// Opens a file, and waits for up to two seconds while too many are open: others will close theirs.
pub fn open(path: &Path) -> io::Result<File> {
    // EMFILE, ENFILE; ERROR_TOO_MANY_OPEN_FILES, ERROR_TOO_MANY_CMDS, ERROR_REQ_NOT_ACCEP, ERROR_NO_SYSTEM_RESOURCES
    let too_many: &[i32] = if cfg!(unix) { &[24, 23] } else { &[4, 56, 71, 1450] };
    for _ in 0..40 {
        match File::open(path) {
            Err(error) if error.raw_os_error().is_some_and(|code| too_many.contains(&code)) => {
                sleep(Duration::from_millis(50));
            }
            opened => return opened,
        }
    }
    File::open(path)
}

/// Whether nothing has that name (any more), as far as the system can tell.
pub fn is_gone(error: &io::Error) -> bool {
    // Windows says so of a share that does not answer, too: ERROR_BAD_NETPATH, ERROR_BAD_NET_NAME.
    let is_away = cfg!(windows) && matches!(error.raw_os_error(), Some(53 | 67));
    !is_away && matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::StaleNetworkFileHandle)
}
