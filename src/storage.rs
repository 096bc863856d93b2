//! YAML in and out, atomic replacement, locks: the only code that writes files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

pub mod yaml;

/// Who may read a file that did not exist before. An existing file keeps its permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// As the system's defaults have it.
    Shared,
    /// The owner alone (0600 on Unix; on Windows, the protection of the user's own folder).
    Private,
}

/// Reads a whole file.
///
/// # Errors
/// [`Error::Io`] that names the file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(Error::io("read", path))
}

/// Reads a whole file, or `None` if there is none.
///
/// # Errors
/// [`Error::Io`] that names the file, unless it is missing.
pub fn read_if_present(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path)(error)),
    }
}

/// Replaces a file, or makes it: at every moment there is the old file or the new one.
///
/// The permissions of an existing file are kept, and a symbolic link stays a link to the file that is replaced.
///
/// # Errors
/// [`Error::Io`] that names the file; the file is then as it was.
pub fn replace(path: &Path, bytes: &[u8], privacy: Privacy) -> Result<()> {
    let folder = replace_file(path, bytes, privacy, File::sync_all).map_err(Error::io("write", path))?;
    sync_folder(&folder);
    Ok(())
}

/// As [`replace`], but does not wait for the disk: for what can be made again.
///
/// A power cut within the next seconds may bring the old file back, or none.
///
/// # Errors
/// As [`replace`].
pub fn replace_soon(path: &Path, bytes: &[u8], privacy: Privacy) -> Result<()> {
    replace_file(path, bytes, privacy, begin_sync).map_err(Error::io("write", path)).map(drop)
}

/// Has the system begin to write a file to disk: a file system that orders its writes (ext4) then never has the new name
/// without the contents.
fn begin_sync(file: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        // SAFETY: the descriptor is that of an open file, and the call takes no pointer.
        if unsafe { libc::sync_file_range(file.as_raw_fd(), 0, 0, libc::SYNC_FILE_RANGE_WRITE) } == 0 {
            return Ok(());
        }
    }
    file.sync_all()
}

/// Returns the folder that the file is in.
fn replace_file(
    path: &Path,
    bytes: &[u8],
    privacy: Privacy,
    sync: impl Fn(&File) -> io::Result<()>,
) -> io::Result<PathBuf> {
    // A link is followed, so that the file behind it is replaced and the link stays.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let existing = fs::metadata(&target).ok();
    if let Some(existing) = &existing {
        refuse_if_read_only(&target, existing)?;
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".anon-").suffix(".tmp");
    #[cfg(unix)]
    if let Some(permissions) = permissions(existing.as_ref(), privacy) {
        builder.permissions(permissions);
    }
    #[cfg(not(unix))]
    let _ = privacy;
    let mut file = builder.tempfile_in(folder)?;
    #[cfg(unix)]
    if let Some(existing) = &existing {
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.write_all(bytes)?;
    sync(file.as_file())?;
    persist(file, &target)?;
    Ok(folder.to_owned())
}

/// `rename` needs only the folder to be writable; a read-only file is meant to stay as it is.
fn refuse_if_read_only(path: &Path, existing: &fs::Metadata) -> io::Result<()> {
    if existing.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if existing.permissions().readonly() {
        OpenOptions::new().append(true).open(path)?;
    }
    Ok(())
}

#[cfg(unix)]
fn permissions(existing: Option<&fs::Metadata>, privacy: Privacy) -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    match (existing, privacy) {
        (Some(existing), _) => Some(existing.permissions()),
        (None, Privacy::Private) => Some(fs::Permissions::from_mode(0o600)),
        // The mode of a new file is what the process's umask leaves of this.
        (None, Privacy::Shared) => Some(fs::Permissions::from_mode(0o666)),
    }
}

/// Windows refuses the replacement for as long as a virus scanner or an editor holds the file: try for a second.
fn persist(mut file: tempfile::NamedTempFile, target: &Path) -> io::Result<()> {
    let give_up = Instant::now() + Duration::from_secs(1);
    loop {
        match file.persist(target) {
            Ok(_) => return Ok(()),
            Err(refused) if cfg!(windows) && Instant::now() < give_up => {
                file = refused.file;
                sleep(Duration::from_millis(50));
            }
            Err(refused) => return Err(refused.error),
        }
    }
}

/// Makes the new name itself survive a power cut. Some file systems cannot; the file is whole either way.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

/// Deletes a file.
///
/// # Errors
/// [`Error::Io`] that names the file.
pub fn delete(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(Error::io("delete", path))
}

/// Appends to a file and waits until it is on disk. The file is made, for the owner alone, when missing.
///
/// # Errors
/// [`Error::Io`] that names the file.
pub fn append(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        file.sync_data()
    };
    write().map_err(Error::io("write", path))
}

/// Makes the folder in which a file is to be, for the owner alone.
///
/// # Errors
/// [`Error::Io`] that names the folder.
pub fn create_folder_of(path: &Path) -> Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(Error::io("make", folder))
}

/// Keeps other `anon` processes from changing a file until it is dropped.
///
/// The lock is on a file `NAME.lock` beside the file (a lock on the file itself would be lost when it is replaced), which is
/// removed again at the end. The system frees it when the process is killed.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

/// How long a command waits for another `anon` before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);

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
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        if !name.to_string_lossy().starts_with('.') {
            // Hidden: scans of a data folder leave it out.
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(&name);
            name = hidden;
        }
        let lock_path = target.with_file_name(name);
        let give_up = Instant::now() + patience;
        loop {
            if let Some(lock) = Lock::attempt(&lock_path).map_err(Error::io("write", path))? {
                return Ok(lock);
            }
            if Instant::now() >= give_up {
                return Err(Error::refused(
                    format!("another anon is busy with '{}'", path.display()),
                    "wait until it is done and try again",
                ));
            }
            sleep(Duration::from_millis(5));
        }
    }

    fn attempt(path: &Path) -> io::Result<Option<Lock>> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = match options.open(path) {
            Ok(file) => file,
            // Windows: the name of a lock file that was just removed is free only when its last handle is closed.
            Err(error) if cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
            Err(error) => return Err(error),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        // The owner before us removes the file: what we locked may no longer be what the name stands for.
        let ours = same_file::Handle::from_file(file.try_clone()?)?;
        match same_file::Handle::from_path(path) {
            Ok(named) if named == ours => Ok(Some(Lock { file, path: path.to_owned() })),
            _ => Ok(None),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}
