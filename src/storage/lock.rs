//! Locks between processes.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::links::{self, beside};
use super::patience::{MOMENT, is_momentary};
use super::plain::{self, Links, at, refusal};
use super::{in_place, temporary};
use crate::error::{Error, Result};

/// Keeps other `anon` processes from changing a file until it is dropped.
///
/// The lock is on a file `.NAME.lock` next to the file (a lock on the file itself would be lost when it is replaced), which is
/// removed again at the end. The system frees it when the process is killed; the next owner then removes what it left. On a
/// file system that has no locks, whoever creates the file holds the lock, and only a person can tell that its owner was killed.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

/// How long a command waits for another `anon` before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);

const PAUSE: Duration = Duration::from_millis(5);

impl Lock {
    /// Waits for the lock of `path`, for at most 30 seconds.
    ///
    /// # Errors
    /// [`Error::Io`] if the lock file cannot be made; [`Error::Refused`] if another `anon` keeps it.
    pub fn of(path: &Path) -> Result<Lock> {
        Lock::within(path, PATIENCE)
    }

    /// As [`Lock::of`], with another patience.
    ///
    /// # Errors
    /// As [`Lock::of`].
    pub fn within(path: &Path, patience: Duration) -> Result<Lock> {
        let target = links::written(path).map_err(at("write", path))?;
        let lock_path = beside(&target, ".lock");
        let start = Instant::now();
        let mut has_locks = true;
        let mut failing_since = None;
        loop {
            match attempt(&lock_path) {
                Ok(Attempt::Locked(file, owner)) => {
                    let lock = Lock { file, path: lock_path };
                    in_place::finish(&target).map_err(at("write", path))?;
                    if matches!(owner, Owner::Killed) {
                        temporary::sweep(&target);
                        let _ = fs::remove_file(unnamed(&lock.path));
                    }
                    return Ok(lock);
                }
                Ok(Attempt::Busy) => failing_since = None,
                Ok(Attempt::NoLocks) => has_locks = false,
                // As on Windows, where the name of a file that was just removed is free only when its last handle is closed.
                Err(error)
                    if is_momentary(&error) && failing_since.get_or_insert_with(Instant::now).elapsed() < MOMENT => {}
                Err(error) => return Err(at("write", path)(error)),
            }
            if start.elapsed() >= patience {
                return Err(busy(path, &lock_path, has_locks));
            }
            sleep(PAUSE);
        }
    }
}

fn busy(path: &Path, lock_path: &Path, has_locks: bool) -> Error {
    let hint = if has_locks {
        "wait until it is done and try again".to_owned()
    } else {
        format!("wait until it is done and try again; if it was killed, delete '{}'", lock_path.display())
    };
    Error::refused(format!("another anon is busy with '{}'", path.display()), hint)
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Everybody can lock a file left by another user; that user's next `anon` removes it.
        if self.file.metadata().is_ok_and(|found| links::is_own(&found)) {
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

enum Attempt {
    Locked(File, Owner),
    /// Another process has it.
    Busy,
    /// The file is there, and the file system cannot say whether anybody has it.
    NoLocks,
}

/// Whose lock file it was that we found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// There was none.
    Nobody,
    /// One that did not come to remove it, or that is still there.
    Killed,
}

fn attempt(path: &Path) -> io::Result<Attempt> {
    let Some((file, owner)) = open(path)? else { return Ok(Attempt::Busy) };
    match file.try_lock() {
        // The owner before us removes the file: what we locked may no longer be what the name stands for.
        Ok(()) if is_named(&file, path)? => Ok(Attempt::Locked(file, owner)),
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(Attempt::Busy),
        Err(TryLockError::Error(error)) if is_without_locks(&error) => match owner {
            Owner::Nobody => Ok(Attempt::Locked(file, owner)),
            Owner::Killed => Ok(Attempt::NoLocks),
        },
        Err(TryLockError::Error(error)) => {
            if owner == Owner::Nobody {
                let _ = fs::remove_file(path);
            }
            Err(error)
        }
    }
}

/// `None` if another process has just made it.
fn open(path: &Path) -> io::Result<Option<(File, Owner)>> {
    let opened = match plain::open(path, OpenOptions::new().write(true), Links::Refuse) {
        // Another user's, and not ours to write: it can be locked all the same.
        Err(error) if cfg!(unix) && error.kind() == io::ErrorKind::PermissionDenied => {
            plain::open(path, OpenOptions::new().read(true), Links::Refuse).map_err(|error| kept_out(path, error))
        }
        opened => opened,
    };
    match opened {
        Ok(file) => return Ok(Some((file, Owner::Killed))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    match create(path) {
        Ok(file) => Ok(Some((file, Owner::Nobody))),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(error),
    }
}

fn kept_out(path: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    let found = format!("its lock file '{}' belongs to another user, and you cannot open it", path.display());
    refusal(found, "if no anon is running there, ask that user to delete it")
}

/// # Errors
/// [`io::ErrorKind::AlreadyExists`] if there is one.
fn create(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    if let Some(created) = create_for_all(path) {
        return created;
    }
    plain::open(path, OpenOptions::new().write(true).create_new(true), Links::Refuse)
}

/// Whoever may make files in a folder may use its locks, whatever this process's umask says: a lock that a killed process left
/// would keep all others out for ever. So the file has its mode before it has its name.
#[cfg(unix)]
fn create_for_all(path: &Path) -> Option<io::Result<File>> {
    use std::os::unix::fs::PermissionsExt;
    if !fs::metadata(links::folder_of(path)).is_ok_and(|folder| links::others_can_write(&folder)) {
        return None;
    }
    let new = unnamed(path);
    // Left by a process that was killed right here, or of one that will try again.
    let _ = fs::remove_file(&new);
    let file = plain::open(&new, OpenOptions::new().write(true).create_new(true), Links::Refuse).ok()?;
    let named = file.set_permissions(fs::Permissions::from_mode(0o666)).and_then(|()| fs::hard_link(&new, path));
    let _ = fs::remove_file(&new);
    match named {
        Ok(()) => Some(Ok(file)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Some(Err(error)),
        // Some file systems have neither modes nor links.
        Err(_) => None,
    }
}

/// What a lock file is called before it is one.
fn unnamed(path: &Path) -> PathBuf {
    beside(path, ".new")
}

#[cfg(unix)]
fn is_named(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_named(file: &File, path: &Path) -> io::Result<bool> {
    let ours = same_file::Handle::from_file(file.try_clone()?)?;
    match same_file::Handle::from_path(path) {
        Ok(named) => Ok(named == ours),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Some network file systems, and those of some clusters.
fn is_without_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    if matches!(error.raw_os_error(), Some(libc::ENOLCK | libc::ENOSYS | libc::EOPNOTSUPP)) {
        return true;
    }
    // ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED
    error.kind() == io::ErrorKind::Unsupported || cfg!(windows) && matches!(error.raw_os_error(), Some(1 | 50))
}
