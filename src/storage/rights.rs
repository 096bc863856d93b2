//! Owner, mode, access control lists and attributes: what replaces a file has those of the file.

#[cfg(unix)]
pub use unix::carry;
#[cfg(windows)]
pub use windows::{attributes, carry, set_attributes};

#[cfg(unix)]
mod unix {
    use std::fs::{File, Metadata};
    use std::io;
    use std::os::unix::fs::{MetadataExt, fchown};
    use std::path::Path;

    use tempfile::NamedTempFile;

    /// Gives a new file, which nobody else can open yet, the permissions of an existing one. Says whether it has them all.
    pub fn carry(_: &Path, existing: &File, new: &NamedTempFile) -> bool {
        try_to_carry(existing, new.as_file()).unwrap_or(false)
    }

    fn try_to_carry(existing: &File, new: &File) -> io::Result<bool> {
        let (wanted, has) = (existing.metadata()?, new.metadata()?);
        let differs = |wanted, has| (wanted != has).then_some(wanted);
        let (owner, group) = (differs(wanted.uid(), has.uid()), differs(wanted.gid(), has.gid()));
        if (owner.is_some() || group.is_some()) && fchown(new, owner, group).is_err() {
            return Ok(false);
        }
        if !lists::carry(existing, new) {
            return Ok(false);
        }
        // For a file with an access control list, the group part of the mode is the mask of the list.
        let mode = |file: &Metadata| file.mode() & 0o7777;
        if mode(&new.metadata()?) != mode(&wanted) {
            let _ = new.set_permissions(wanted.permissions());
        }
        Ok(mode(&new.metadata()?) == mode(&wanted))
    }

    #[cfg(not(target_os = "macos"))]
    mod lists {
        use std::ffi::{OsStr, OsString};
        use std::fs::File;
        use std::io;

        use xattr::FileExt;

        /// Extended attributes, which on Linux include access control lists.
        pub fn carry(existing: &File, new: &File) -> bool {
            let wanted = names(existing);
            // A folder may give each new file a list.
            names(new).iter().filter(|name| !wanted.contains(name)).all(|name| new.remove_xattr(name).is_ok())
                && wanted.iter().all(|name| copy(name, existing, new).unwrap_or(false))
        }

        fn copy(name: &OsStr, existing: &File, new: &File) -> io::Result<bool> {
            let wanted = existing.get_xattr(name)?;
            if new.get_xattr(name)? != wanted
                && let Some(value) = &wanted
            {
                new.set_xattr(name, value)?;
            }
            Ok(new.get_xattr(name)? == wanted)
        }

        /// None if the file system does not have them.
        fn names(file: &File) -> Vec<OsString> {
            file.list_xattr().map(|names| names.filter(|name| !is_of_content(name)).collect()).unwrap_or_default()
        }

        /// The system's own signatures of the contents of a file: different contents need a new one.
        fn is_of_content(name: &OsString) -> bool {
            name == "security.ima" || name == "security.evm"
        }
    }

    #[cfg(target_os = "macos")]
    mod lists {
        use std::fs::File;
        use std::os::fd::AsRawFd;

        pub fn carry(existing: &File, new: &File) -> bool {
            // SAFETY: both descriptors are those of open files, and no state is kept.
            let outcome = unsafe {
                libc::fcopyfile(
                    existing.as_raw_fd(),
                    new.as_raw_fd(),
                    std::ptr::null_mut(),
                    libc::COPYFILE_ACL | libc::COPYFILE_XATTR,
                )
            };
            outcome == 0
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::fs::File;
    use std::io;
    use std::os::windows::ffi::OsStrExt;
    use std::path::Path;
    use std::ptr::null_mut;

    use tempfile::NamedTempFile;

    use windows_sys::Win32::Security::{DACL_SECURITY_INFORMATION, GetFileSecurityW, SetFileSecurityW};
    use windows_sys::Win32::Storage::FileSystem::{
        FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_NOT_CONTENT_INDEXED, FILE_ATTRIBUTE_SYSTEM, GetFileAttributesW,
        INVALID_FILE_ATTRIBUTES, SetFileAttributesW,
    };

    /// Gives a new file the access control list of an existing one. Says whether it has it.
    pub fn carry(existing: &Path, _: &File, new: &NamedTempFile) -> bool {
        let new = new.path();
        // Some shares have no such lists.
        let Ok(wanted) = list_of(existing) else { return true };
        list_of(new).is_ok_and(|has| has == wanted) || set_list(new, &wanted)
    }

    fn list_of(path: &Path) -> io::Result<Vec<u8>> {
        let path = wide(path);
        let mut length = 0;
        // SAFETY: the path ends in a NUL; nothing is written, for there is room for nothing.
        unsafe { GetFileSecurityW(path.as_ptr(), DACL_SECURITY_INFORMATION, null_mut(), 0, &mut length) };
        let mut list = vec![0u8; length as usize];
        // SAFETY: `length` is the length of `list`.
        let read = unsafe {
            GetFileSecurityW(path.as_ptr(), DACL_SECURITY_INFORMATION, list.as_mut_ptr().cast(), length, &mut length)
        };
        if read == 0 { Err(io::Error::last_os_error()) } else { Ok(list) }
    }

    fn set_list(path: &Path, list: &[u8]) -> bool {
        // SAFETY: the path ends in a NUL, and the list is one that the system gave.
        unsafe {
            SetFileSecurityW(wide(path).as_ptr(), DACL_SECURITY_INFORMATION, list.as_ptr().cast_mut().cast()) != 0
        }
    }

    /// The attributes of a file that a person may have set.
    pub fn attributes(path: &Path) -> u32 {
        // SAFETY: the path ends in a NUL.
        let all = unsafe { GetFileAttributesW(wide(path).as_ptr()) };
        let kept = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;
        if all == INVALID_FILE_ATTRIBUTES { 0 } else { all & kept }
    }

    /// Gives them to a file.
    pub fn set_attributes(path: &Path, attributes: u32) {
        if attributes != 0 {
            // SAFETY: the path ends in a NUL.
            unsafe { SetFileAttributesW(wide(path).as_ptr(), attributes) };
        }
    }

    fn wide(path: &Path) -> Vec<u16> {
        path.as_os_str().encode_wide().chain([0]).collect()
    }
}
