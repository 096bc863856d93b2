use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::in_place;
use super::links::{self, folder_of};
use super::patience::patiently;
use super::plain::{self, Links, at};
use super::rights;
use super::temporary;
use crate::error::{Error, Result};

/// Who may read a file that did not exist before. An existing file keeps its owner and its rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// As the system's defaults have it.
    Shared,
    /// Only the owner (0600 on Unix; on Windows, the protection of the user's own folder).
    Private,
}

/// What a power cut right after the call may take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: the content and the name are on disk.
    Full,
    /// The name of the new content: the file is then as it was before, and whole.
    Content,
    /// All of it. For what can be made again, and for what a later call with [`Durability::Full`] brings to disk as well.
    Later,
}

/// Writes or creates a file: at every moment, either the old or the new content is there.
///
/// A new file takes the place of the old one, with its owner, mode, access control list and attributes. Where it cannot have
/// them, the old one is changed in place, in such a way that a kill or a power cut loses neither content. A link of the user's
/// own stays a link to the file. The caller holds the [`super::Lock`] of the file.
///
/// # Errors
/// [`Error::Io`] or [`Error::Contents`] that names the file; the file is then as it was.
pub fn write(path: &Path, bytes: &[u8], privacy: Privacy, durability: Durability) -> Result<()> {
    links::written(path).and_then(|target| write_file(&target, bytes, privacy, durability)).map_err(at("write", path))
}

fn write_file(target: &Path, bytes: &[u8], privacy: Privacy, durability: Durability) -> io::Result<()> {
    let existing = existing(target)?;
    // Nobody else can open the new file before it has the rights of the old one.
    let privacy = if existing.is_some() { Privacy::Private } else { privacy };
    let mut file = temporary::beside(target, privacy)?;
    let has_rights = existing.is_none_or(|existing| rights::carry(target, &existing, &file));
    file.write_all(bytes)?;
    if !has_rights {
        file.as_file().sync_all()?;
        return in_place::overwrite(target, file, bytes);
    }
    if durability != Durability::Later {
        file.as_file().sync_all()?;
    }
    replace(target, file)?;
    if durability == Durability::Full {
        sync_folder(folder_of(target));
    }
    Ok(())
}

/// The file to be written, if it exists.
///
/// Replacing it only needs a writable folder; but a read-only file is meant to stay unchanged.
fn existing(target: &Path) -> io::Result<Option<File>> {
    // Windows says so in a way that could also mean that somebody holds the file.
    #[cfg(windows)]
    if fs::metadata(target).is_ok_and(|found| found.is_file() && found.permissions().readonly()) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    match patiently(|| plain::open(target, OpenOptions::new().read(true).append(true), Links::Refuse)) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces the old file with the new one, as soon as no other program that has it open forbids it.
fn replace(target: &Path, file: NamedTempFile) -> io::Result<()> {
    #[cfg(windows)]
    let attributes = rights::attributes(target);
    let mut waiting = Some(file);
    patiently(|| match waiting.take().map(|file| file.persist(target)) {
        Some(Err(refused)) => {
            waiting = Some(refused.file);
            Err(refused.error)
        }
        Some(Ok(_)) | None => Ok(()),
    })?;
    #[cfg(windows)]
    rights::set_attributes(target, attributes);
    Ok(())
}

/// Makes the new name itself survive a power cut. Some file systems cannot; the file is whole either way.
pub(super) fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

/// Appends to a file, or makes it.
///
/// # Errors
/// [`Error::Io`] or [`Error::Contents`] that names the file; nothing of `bytes` is then in it, unless the system fails to take
/// back what it wrote.
pub fn append(path: &Path, bytes: &[u8], privacy: Privacy, durability: Durability) -> Result<()> {
    links::written(path).and_then(|target| append_file(&target, bytes, privacy, durability)).map_err(at("write", path))
}

fn append_file(target: &Path, bytes: &[u8], privacy: Privacy, durability: Durability) -> io::Result<()> {
    let mut file = open_to_append(target, privacy)?;
    let length = file.metadata()?.len();
    let mut written = file.write_all(bytes);
    if durability != Durability::Later {
        written = written.and_then(|()| patiently(|| file.sync_data()));
    }
    if written.is_err() {
        // A full disk may take only a part: the next line must not be glued to it.
        let _ = file.set_len(length);
    } else if length == 0 && durability == Durability::Full {
        sync_folder(folder_of(target));
    }
    written
}

fn open_to_append(target: &Path, privacy: Privacy) -> io::Result<File> {
    patiently(|| {
        // In a folder like /tmp, the system refuses to create a file that another user has created: so in two steps.
        match plain::open(target, OpenOptions::new().append(true), Links::Refuse) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened,
        }
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        if privacy == Privacy::Private {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(not(unix))]
        let _ = privacy;
        plain::open(target, &mut options, Links::Refuse)
    })
}

/// Waits until a file and its name are on disk, if there is such a file.
///
/// # Errors
/// [`Error::Io`] that names the file.
pub fn sync(path: &Path) -> Result<()> {
    let synced = links::written(path).and_then(|target| {
        // Windows brings only files to disk that are open for writing.
        patiently(|| plain::open(&target, OpenOptions::new().append(true), Links::Refuse)?.sync_all())?;
        sync_folder(folder_of(&target));
        Ok(())
    });
    match synced {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome.map_err(at("write", path)),
    }
}

/// Deletes a file; of a link, only the link.
///
/// # Errors
/// [`Error::Io`] or [`Error::Contents`] that names the file.
pub fn delete(path: &Path) -> Result<()> {
    let delete = || {
        let found = fs::symlink_metadata(path)?;
        if !found.is_symlink() {
            plain::refuse_unless_plain(&found)?;
        }
        fs::remove_file(path)
    };
    patiently(delete).map_err(at("delete", path))
}

/// Makes a folder that everybody may read, and those above it, where they are missing.
///
/// # Errors
/// [`Error::Io`] that names the folder.
pub fn create_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::io("make", folder))
}

/// Creates the folder of a new file, only for the owner, in a folder that exists. Its name is on disk afterwards.
///
/// # Errors
/// [`Error::Io`] that names the folder.
pub fn create_folder_of(path: &Path) -> Result<()> {
    let folder = folder_of(path);
    match patiently(|| create_private_folder(folder)) {
        Ok(()) => sync_folder(folder_of(folder)),
        Err(_) if folder.is_dir() => {}
        Err(error) => return Err(Error::io("make", folder)(error)),
    }
    Ok(())
}

#[cfg(unix)]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

/// In the user's own folder, only the user can read it.
#[cfg(not(unix))]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

/// Restricts a file to its owner, if the file system has permissions. On Windows, those of its folder apply.
pub fn make_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // If it cannot be changed, a new file could not have been private either.
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Refuses a file that could not be written now, because of its rights or because somebody has it open.
///
/// Excel keeps others from writing. LibreOffice and vim do not: whoever saves last would undo the other's work.
///
/// # Errors
/// [`Error::Refused`] that names the editor's own lock file, which a crash may have left; or [`Error::Io`].
pub fn refuse_if_edited(path: &Path) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let marks = [format!(".~lock.{name}#"), format!(".{name}.swp")];
    if let Some(mark) = marks.iter().map(|mark| path.with_file_name(mark)).find(|mark| mark.exists()) {
        return Err(Error::refused(
            format!("'{}' is open in an editor", path.display()),
            format!("close the editor and try again; if it is closed already, delete '{}'", mark.display()),
        ));
    }
    links::written(path).and_then(|target| existing(&target)).map(drop).map_err(at("write", path))
}
