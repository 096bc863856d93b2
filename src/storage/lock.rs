//! Locks between processes.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

use super::{behind_links, sweep};

/// Keeps other `anon` processes from changing a file until it is dropped.
///
/// The lock is on a file `.NAME.lock` beside the file (a lock on the file itself would be lost when it is replaced), which is
/// removed again at the end. The system frees it when the process is killed; the next owner then removes what it left.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

/// How long a command waits for another `anon` before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long Windows may keep the name of a lock file that was removed.
const LINGERING: Duration = Duration::from_secs(2);

impl Lock {
    /// Waits for the lock that goes with `path`, 30 seconds at most.
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
        let target = behind_links(path).map_err(Error::io("write", path))?;
        let lock_path = lock_path(&target);
        let start = Instant::now();
        loop {
            match Lock::attempt(&lock_path) {
                Ok(Some((lock, Owner::Nobody))) => return Ok(lock),
                Ok(Some((lock, Owner::Killed))) => {
                    sweep(&target);
                    return Ok(lock);
                }
                Ok(None) => {}
                // Windows: the name of a lock file that was just removed is free only when its last handle is closed.
                Err(error)
                    if cfg!(windows)
                        && error.kind() == io::ErrorKind::PermissionDenied
                        && start.elapsed() < LINGERING => {}
                Err(error) => return Err(Error::io("write", path)(error)),
            }
            if start.elapsed() >= patience {
                return Err(Error::refused(
                    format!("another anon is busy with '{}'", path.display()),
                    "wait until it is done and try again",
                ));
            }
            sleep(Duration::from_millis(5));
        }
    }

    /// `None` while another process has it.
    fn attempt(path: &Path) -> io::Result<Option<(Lock, Owner)>> {
        let (file, owner) = open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        // The owner before us removes the file: what we locked may no longer be what the name stands for.
        let ours = same_file::Handle::from_file(file.try_clone()?)?;
        match same_file::Handle::from_path(path) {
            Ok(named) if named == ours => Ok(Some((Lock { file, path: path.to_owned() }, owner))),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            // Not a lock that somebody has: the system is out of something.
            Err(error) => Err(error),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// Whose lock file it was that we found.
enum Owner {
    /// There was none.
    Nobody,
    /// One that did not come to remove it, or that is still there.
    Killed,
}

fn open(path: &Path) -> io::Result<(File, Owner)> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => return Ok((file, Owner::Nobody)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    match OpenOptions::new().write(true).open(path) {
        // Left in a shared folder by another user, and not ours to write: it can be locked all the same.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            File::open(path).map(|file| (file, Owner::Killed))
        }
        // Its owner has just removed it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            OpenOptions::new().write(true).create(true).truncate(false).open(path).map(|file| (file, Owner::Nobody))
        }
        opened => opened.map(|file| (file, Owner::Killed)),
    }
}

/// Hidden: scans of a data folder leave it out.
fn lock_path(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    if !name.as_encoded_bytes().starts_with(b".") {
        let mut hidden = OsString::from(".");
        hidden.push(&name);
        name = hidden;
    }
    target.with_file_name(name)
}
