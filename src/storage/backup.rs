//! Keeping the old contents of a file that is about to be replaced.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Cap;
use crate::error::{Error, Result};

/// Copies a file to the first free of `NAME.bak`, `NAME.bak1`, `NAME.bak2`…, and brings the copy to disk. No file is overwritten.
///
/// # Errors
/// [`Error::Io`] if the copy cannot be made; nothing is then left of it.
pub fn back_up(path: &Path, cap: Cap) -> Result<PathBuf> {
    let bytes = super::read(path, cap)?;
    for number in 0u32.. {
        let mut name = path.as_os_str().to_owned();
        name.push(if number == 0 { ".bak".to_owned() } else { format!(".bak{number}") });
        let copy = PathBuf::from(name);
        match write_new(&copy, &bytes, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io("write", &copy)(error)),
            Ok(()) => return Ok(copy),
        }
    }
    Err(Error::io("write", path)(io::ErrorKind::AlreadyExists.into()))
}

fn write_new(copy: &Path, bytes: &[u8], original: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(copy)?;
    let written = (|| {
        // Whoever may not read the file must not read its copy either.
        file.set_permissions(fs::metadata(original)?.permissions())?;
        file.write_all(bytes)?;
        file.sync_all()
    })();
    if written.is_err() {
        let _ = fs::remove_file(copy);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_copy_gets_a_name_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        for (text, name) in [("one", "a.csv.bak"), ("two", "a.csv.bak1"), ("three", "a.csv.bak2")] {
            fs::write(&path, text).unwrap();
            assert_eq!(back_up(&path, Cap::new(1, "file")).unwrap(), folder.path().join(name));
            assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), text);
        }
        assert_eq!(fs::read_to_string(folder.path().join("a.csv.bak")).unwrap(), "one");
    }

    #[test]
    #[cfg(unix)]
    fn a_copy_is_as_private_as_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let copy = back_up(&path, Cap::new(1, "file")).unwrap();
        assert_eq!(fs::metadata(copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
