//! Temporary files: `.anon-NAME-XXXXXX.tmp` in the folder of the file NAME that they will replace.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use super::links::folder_of;
use super::patience::patiently;
use super::writing::Privacy;

const SUFFIX: &str = ".tmp";

/// How many letters and digits make a name new.
const RANDOM: usize = 6;

/// Hidden: scans of a data folder leave it out.
fn prefix(target: &Path) -> OsString {
    let mut prefix = OsString::from(".anon-");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push("-");
    prefix
}

/// A new file next to the one that it will replace, which nobody else can read unless the privacy says so.
pub fn beside(target: &Path, privacy: Privacy) -> io::Result<NamedTempFile> {
    let prefix = prefix(target);
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The mode of a new file is what the process's umask leaves of this.
        let mode = if privacy == Privacy::Shared { 0o666 } else { 0o600 };
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = privacy;
    patiently(|| builder.tempfile_in(folder_of(target)))
}

/// Removes what an `anon` that was killed while it wrote `target` has left, and nothing else. The caller holds the lock.
pub fn sweep(target: &Path) {
    let prefix = prefix(target);
    let Ok(entries) = fs::read_dir(folder_of(target)) else { return };
    for entry in entries.filter_map(io::Result::ok) {
        if is_for(entry.file_name().as_encoded_bytes(), prefix.as_encoded_bytes()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// `.anon-settings-test-AbCdEf.tmp` is for `settings-test`, not for `settings`.
fn is_for(name: &[u8], prefix: &[u8]) -> bool {
    let random = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
    random.is_some_and(|random| random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric))
}
