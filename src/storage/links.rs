//! Links to files: followed when they are the user's own, never when somebody else may have planted them.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// Systems give up after 40 links as well.
const LONGEST_CHAIN: usize = 40;

/// The file itself, for a path that may be a link to it. A link to nothing leads to where the file will be.
///
/// For writing: a link of another user, in a folder that others can write to, is refused.
pub fn written(path: &Path) -> io::Result<PathBuf> {
    end_of_links(path, refuse_foreign).map(in_real_folder)
}

/// As [`written`], for what is only read.
pub fn read(path: &Path) -> io::Result<PathBuf> {
    end_of_links(path, |_, _| Ok(()))
}

fn end_of_links(path: &Path, check: fn(&Path, &Metadata) -> io::Result<()>) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LONGEST_CHAIN {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {
                check(&path, &found)?;
                path = folder_of(&path).join(fs::read_link(&path)?);
            }
            // Whatever is wrong shows when it is opened.
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("it is a link that leads in a circle"))
}

#[cfg(unix)]
fn refuse_foreign(path: &Path, link: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    use super::plain::refusal;
    let is_trusted = |found: &Metadata| is_own(found) || found.uid() == 0;
    if is_trusted(link) {
        return Ok(());
    }
    let folder = fs::metadata(folder_of(path))?;
    if is_trusted(&folder) && !others_can_write(&folder) {
        return Ok(());
    }
    Err(refusal(
        format!("it is a link of another user (number {}), in a folder that others can write to", link.uid()),
        "delete the link if it should not be there",
    ))
}

/// Windows lets only administrators make links.
#[cfg(not(unix))]
fn refuse_foreign(_: &Path, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Whether a file belongs to the user of this process.
#[cfg(unix)]
pub fn is_own(found: &Metadata) -> bool {
    // SAFETY: the call cannot fail and touches no memory.
    std::os::unix::fs::MetadataExt::uid(found) == unsafe { libc::geteuid() }
}

/// Windows already keeps the folders of users apart.
#[cfg(not(unix))]
pub fn is_own(_: &Metadata) -> bool {
    true
}

/// Whether a group or everybody can make files in a folder.
#[cfg(unix)]
pub fn others_can_write(folder: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    folder.mode() & 0o022 != 0
}

/// By the real name of its folder: on Windows, no other can have more than 260 characters.
fn in_real_folder(path: PathBuf) -> PathBuf {
    // Windows has no such name for drives of some encryption programs and RAM disks.
    match (fs::canonicalize(folder_of(&path)), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file of our own next to another one. Hidden, so that scans of a data folder leave it out.
pub fn beside(target: &Path, suffix: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default();
    let mut hidden = OsString::from(if name.as_encoded_bytes().starts_with(b".") { "" } else { "." });
    hidden.push(name);
    hidden.push(suffix);
    target.with_file_name(hidden)
}
