//! Mapped drives of Windows.

use std::path::{Component, Path, Prefix};

use windows_sys::Win32::Foundation::NO_ERROR;
use windows_sys::Win32::NetworkManagement::WNet::WNetGetConnectionW;

use super::UncPath;

/// The UNC path of an absolute folder, if its drive letter stands for a share.
pub(super) fn unc_of(folder: &Path) -> Option<UncPath> {
    let Some(Component::Prefix(prefix)) = folder.components().next() else { return None };
    match prefix.kind() {
        Prefix::UNC(..) | Prefix::VerbatimUNC(..) => UncPath::parse(folder.to_str()?),
        Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => {
            let below = folder.strip_prefix(prefix.as_os_str()).ok()?;
            Some(share_of(letter)?.join(below.to_str()?))
        }
        _ => None,
    }
}

fn share_of(letter: u8) -> Option<UncPath> {
    let drive = [u16::from(letter), u16::from(b':'), 0];
    let mut name = [0u16; 1024];
    let mut length = name.len() as u32;
    // SAFETY: `drive` ends in a NUL, and `length` says how many units of `name` may be written.
    let outcome = unsafe { WNetGetConnectionW(drive.as_ptr(), name.as_mut_ptr(), &mut length) };
    if outcome != NO_ERROR {
        return None;
    }
    let end = name.iter().position(|&unit| unit == 0)?;
    UncPath::parse(&String::from_utf16(&name[..end]).ok()?)
}
