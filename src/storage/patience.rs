//! Files that somebody else holds for a moment: a spreadsheet that saves, a virus scanner, a backup, a share that reconnects.

use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long to try again before giving up.
pub const MOMENT: Duration = Duration::from_secs(2);

const PAUSE: Duration = Duration::from_millis(20);

/// Tries again, for two seconds, what fails only because somebody else holds the file.
pub fn patiently<T>(attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    patiently_for(MOMENT, attempt)
}

fn patiently_for<T>(moment: Duration, mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let start = Instant::now();
    loop {
        match attempt() {
            Err(error) if is_momentary(&error) && start.elapsed() < moment => sleep(PAUSE),
            outcome => return outcome,
        }
    }
}

/// Whether the same call may succeed a moment later.
pub fn is_momentary(error: &io::Error) -> bool {
    let by_kind = matches!(
        error.kind(),
        io::ErrorKind::ResourceBusy
            | io::ErrorKind::ExecutableFileBusy
            | io::ErrorKind::WouldBlock
            | io::ErrorKind::StaleNetworkFileHandle
            | io::ErrorKind::Interrupted
    );
    by_kind || is_away(error) || error.raw_os_error().is_some_and(is_momentary_here)
}

/// Access denied (as for a name that is about to be deleted), a sharing violation, a lock violation.
#[cfg(windows)]
fn is_momentary_here(code: i32) -> bool {
    matches!(code, 5 | 32 | 33)
}

/// No file can be opened until others are closed.
#[cfg(unix)]
fn is_momentary_here(code: i32) -> bool {
    matches!(code, libc::EMFILE | libc::ENFILE)
}

/// Whether the share that a file is on does not answer. The standard library takes some of these for a file that is missing.
pub fn is_away(error: &io::Error) -> bool {
    // ERROR_REM_NOT_LIST, ERROR_BAD_NETPATH, ERROR_DEV_NOT_EXIST, ERROR_UNEXP_NET_ERR, ERROR_NETNAME_DELETED, ERROR_BAD_NET_NAME,
    // ERROR_SEM_TIMEOUT, ERROR_NETWORK_UNREACHABLE, ERROR_HOST_UNREACHABLE
    cfg!(windows) && matches!(error.raw_os_error(), Some(51 | 53 | 55 | 59 | 64 | 67 | 121 | 1231 | 1232))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy() -> io::Error {
        // ERROR_SHARING_VIOLATION, EBUSY
        io::Error::from_raw_os_error(if cfg!(windows) { 32 } else { 16 })
    }

    #[test]
    fn a_busy_file_is_retried_until_it_is_free() {
        let mut attempts = 0;
        let outcome = patiently(|| {
            attempts += 1;
            if attempts < 4 { Err(busy()) } else { Ok(attempts) }
        });
        assert_eq!(outcome.unwrap(), 4);
    }

    #[test]
    fn what_stays_busy_fails_and_what_is_missing_fails_at_once() {
        let mut attempts = 0;
        let moment = Duration::from_millis(50);
        let error = patiently_for(moment, || -> io::Result<()> {
            attempts += 1;
            Err(busy())
        });
        assert!(is_momentary(&error.unwrap_err()) && attempts > 1);
        let mut attempts = 0;
        let error = patiently(|| -> io::Result<()> {
            attempts += 1;
            Err(io::ErrorKind::NotFound.into())
        });
        assert_eq!((error.unwrap_err().kind(), attempts), (io::ErrorKind::NotFound, 1));
    }
}
