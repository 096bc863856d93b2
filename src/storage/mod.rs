//! YAML in and out, atomic replacement, locks: the only code that writes files.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::problem::Problems;

mod lock;
pub mod yaml;

pub use lock::Lock;

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

/// The largest file that is read as a table: 256 MiB.
pub const LARGEST: u64 = 256 * 1024 * 1024;

/// Reads a file that is meant to be a table, and refuses what is too large to be one.
///
/// # Errors
/// [`Error::Io`] if it cannot be read, [`Error::Contents`] if it is larger than [`LARGEST`].
pub fn read_capped(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(Error::io("read", path))?;
    if bytes.len() as u64 > LARGEST {
        let found = format!("it is larger than {} MiB, which no table of patients is", LARGEST / 1024 / 1024);
        return Err(Problems::whole(path, found, "check that this is the file that you meant").into());
    }
    Ok(bytes)
}

/// Replaces a file, or makes it: at every moment there is the old file or the new one.
///
/// The permissions of an existing file are kept, and a symbolic link stays a link to the file that is replaced. The caller
/// holds the [`Lock`] of the file.
///
/// # Errors
/// [`Error::Io`] that names the file; the file is then as it was.
pub fn replace(path: &Path, bytes: &[u8], privacy: Privacy) -> Result<()> {
    let target = replace_file(path, bytes, privacy, File::sync_all).map_err(Error::io("write", path))?;
    sync_folder(folder_of(&target));
    Ok(())
}

/// As [`replace`], but does not wait for the file to get its name: a power cut within the next seconds may bring the old file
/// back. [`sync`] waits for it.
///
/// # Errors
/// As [`replace`].
pub fn replace_unnamed(path: &Path, bytes: &[u8], privacy: Privacy) -> Result<()> {
    replace_file(path, bytes, privacy, File::sync_all).map_err(Error::io("write", path)).map(drop)
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

type Sync = fn(&File) -> io::Result<()>;

/// Returns the path of the file itself.
fn replace_file(path: &Path, bytes: &[u8], privacy: Privacy, sync: Sync) -> io::Result<PathBuf> {
    let target = behind_links(path)?;
    let file = written_beside(&target, bytes, privacy, sync)?;
    persist(file, &target)?;
    Ok(target)
}

/// Finds out whether a file could be made with this content, and leaves nothing behind.
///
/// # Errors
/// [`Error::Io`] that names the file: what [`replace`] would say.
pub fn probe(path: &Path, bytes: &[u8]) -> Result<()> {
    let written =
        behind_links(path).and_then(|target| written_beside(&target, bytes, Privacy::Private, File::sync_all));
    written.map(drop).map_err(Error::io("write", path))
}

/// A temporary file in the same folder, with the permissions that the target has or will have; `sync` brings it to disk.
fn written_beside(target: &Path, bytes: &[u8], privacy: Privacy, sync: Sync) -> io::Result<tempfile::NamedTempFile> {
    let existing = fs::metadata(target).ok();
    if let Some(existing) = &existing {
        refuse_unless_writable(target, existing)?;
    }
    let prefix = temporary_prefix(target);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(TEMPORARY_SUFFIX);
    #[cfg(unix)]
    if let Some(permissions) = permissions(existing.as_ref(), privacy) {
        builder.permissions(permissions);
    }
    #[cfg(not(unix))]
    let _ = privacy;
    let mut file = builder.tempfile_in(folder_of(target))?;
    #[cfg(unix)]
    if let Some(existing) = &existing {
        keep_owner(file.as_file(), existing);
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.write_all(bytes)?;
    sync(file.as_file())?;
    Ok(file)
}

/// The file itself, for a path that may be a link to it. A link to nothing leads to where the file will be.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    // Systems give up after 40 links as well.
    let mut path = path.to_owned();
    for _ in 0..40 {
        match fs::canonicalize(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // Windows has no such name on the drives of some encryption programs and RAM disks.
            Err(_) if cfg!(windows) => return Ok(path),
            canonical => return canonical,
        }
        match fs::read_link(&path) {
            Ok(target) => path = folder_of(&path).join(target),
            Err(_) => return Ok(in_real_folder(path)),
        }
    }
    Err(io::Error::other("it is a link that leads round in a circle"))
}

/// A file that does not exist yet, by the real name of its folder: on Windows, no other can have more than 260 characters.
fn in_real_folder(path: PathBuf) -> PathBuf {
    match (fs::canonicalize(folder_of(&path)), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

const TEMPORARY_SUFFIX: &str = ".tmp";

/// What the temporary files begin with that are to become `target`. Hidden: scans of a data folder leave them out.
fn temporary_prefix(target: &Path) -> OsString {
    let mut prefix = OsString::from(".anon-");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push("-");
    prefix
}

/// Removes what an `anon` that was killed while it wrote `target` has left.
fn sweep(target: &Path) {
    let prefix = temporary_prefix(target);
    let Ok(entries) = fs::read_dir(folder_of(target)) else { return };
    for entry in entries.filter_map(io::Result::ok) {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(prefix.as_encoded_bytes()) && name.ends_with(TEMPORARY_SUFFIX.as_bytes()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// `rename` needs only the folder to be writable; a file that may not be written is meant to stay as it is.
fn refuse_unless_writable(path: &Path, existing: &fs::Metadata) -> io::Result<()> {
    if existing.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if !existing.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a device, not a file"));
    }
    if cfg!(unix) {
        OpenOptions::new().append(true).open(path)?;
    } else if existing.permissions().readonly() {
        // Windows refuses to open it for as long as a virus scanner looks at the file, too, which `persist` waits for.
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    Ok(())
}

/// A file that a group shares stays with its owner and that group, as far as the system lets us.
#[cfg(unix)]
fn keep_owner(file: &File, existing: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Ok(new) = file.metadata() else { return };
    if (new.uid(), new.gid()) != (existing.uid(), existing.gid())
        && fchown(file, Some(existing.uid()), Some(existing.gid())).is_err()
    {
        let _ = fchown(file, None, Some(existing.gid()));
    }
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

/// Refuses to go on while LibreOffice or vim has the file open: whoever saves last would undo the other's work.
///
/// Excel keeps others from writing by itself, which [`replace`] reports.
///
/// # Errors
/// [`Error::Refused`] that names the editor's own lock file, which a crash may have left.
pub fn refuse_if_edited(path: &Path) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let marks = [format!(".~lock.{name}#"), format!(".{name}.swp")];
    match marks.iter().map(|mark| path.with_file_name(mark)).find(|mark| mark.exists()) {
        None => Ok(()),
        Some(mark) => Err(Error::refused(
            format!("'{}' is open in an editor", path.display()),
            format!("close the editor and try again; if it is closed already, delete '{}'", mark.display()),
        )),
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
/// [`Error::Io`] that names the file; nothing of `bytes` is then in it, unless the system fails to take back what it wrote.
pub fn append(path: &Path, bytes: &[u8]) -> Result<()> {
    append_file(path, bytes, File::sync_data).map_err(Error::io("write", path))
}

/// As [`append`], but does not wait for the disk. The next [`append`] to the file, or [`sync`], waits for this as well.
///
/// # Errors
/// As [`append`].
pub fn append_soon(path: &Path, bytes: &[u8]) -> Result<()> {
    append_file(path, bytes, |_| Ok(())).map_err(Error::io("write", path))
}

fn append_file(path: &Path, bytes: &[u8], sync: Sync) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let length = file.metadata()?.len();
    let written = file.write_all(bytes).and_then(|()| sync(&file));
    if written.is_err() {
        // A full disk takes a part: what is appended next must not be glued to it.
        let _ = file.set_len(length);
    } else if length == 0 {
        sync_folder(folder_of(path));
    }
    written
}

/// Waits until a file and its name are on disk, if there is such a file.
///
/// # Errors
/// [`Error::Io`] that names the file.
pub fn sync(path: &Path) -> Result<()> {
    // Windows brings only files to disk that are open for writing.
    match OpenOptions::new().append(true).open(path).and_then(|file| file.sync_all()) {
        Ok(()) => sync_folder(folder_of(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("write", path)(error)),
    }
    Ok(())
}

/// Makes the folder in which a file is to be, for the owner alone. Its name is on disk when it returns.
///
/// # Errors
/// [`Error::Io`] that names the folder.
pub fn create_folder_of(path: &Path) -> Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    builder.create(folder).map_err(Error::io("make", folder))?;
    for made in missing {
        sync_folder(folder_of(made));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
