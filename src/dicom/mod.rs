//! Is it DICOM, and whose is it.
//!
//! The 132 bytes that PS3.10 puts before everything else decide whether a file is DICOM. The header behind them says whose it
//! is ([`identity`]) and what it is ([`describe`]), and is read as tolerantly as other readers do it.

use std::ffi::OsStr;
use std::hash::BuildHasher;
use std::io::{self, Read};
use std::path::Path;

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

mod class;
mod description;
mod header;
mod patients;

pub use class::SopClass;
pub use description::{Described, Description, Pixels, describe};
pub use patients::{Identities, Patients};

use header::{End, Walk, trimmed};

/// How many bytes decide whether a file is DICOM: a preamble of 128 bytes and `DICM`.
pub const PREFIX: usize = 132;

/// How many more bytes are read if the header is longer than what is at hand. An even longer one is not read.
const READ_ON: [u64; 2] = [1 << 16, 1 << 20];

/// Whether the start of a file is that of a DICOM file.
pub fn is_dicom(start: &[u8]) -> bool {
    start.get(128..PREFIX) == Some(b"DICM")
}

/// Whether a file name looks like that of a DICOM file: `.dcm` or `.dicom` in any case, no extension, or an extension of
/// digits only (`1.2.840.113619.2.5`).
pub fn looks_like_dicom(name: &OsStr) -> bool {
    match Path::new(name).extension().map(OsStr::as_encoded_bytes) {
        None | Some(b"") => true,
        Some(extension) => says_dicom(name) || extension.iter().all(u8::is_ascii_digit),
    }
}

/// Whether a file name says that it is DICOM: `.dcm` or `.dicom` in any case.
pub fn says_dicom(name: &OsStr) -> bool {
    let extension = Path::new(name).extension().map(OsStr::as_encoded_bytes);
    extension.is_some_and(|extension| [&b"dcm"[..], b"dicom"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// Whether a file name is the one that PS3.10 keeps for the index of a file-set.
pub fn is_dicomdir(name: &OsStr) -> bool {
    name.eq_ignore_ascii_case("DICOMDIR")
}

/// Whose file it is. Hashes only: the values themselves are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Identity {
    /// Of PatientID (0010,0020), if there is one.
    pub patient: Option<u64>,
    /// Of PatientName (0010,0010), if there is one.
    pub name: Option<u64>,
    /// Of PatientBirthDate (0010,0030), if there is one.
    pub birth_date: Option<u64>,
    /// Of StudyInstanceUID (0020,000D), if there is one.
    pub study: Option<u64>,
    /// It is the index of a file-set (DICOMDIR), which belongs to no single patient.
    pub is_directory: bool,
}

/// Reads whose file it is; `None` if the header is damaged, or so unusual that it is not understood.
///
/// `start` is the beginning of the file, `rest` what comes after it, which is read only when the header is longer than `start`.
/// Equal values have equal hashes under one `key`; padding does not count, nor does how a name is capitalised.
///
/// # Errors
/// When `rest` cannot be read.
pub fn identity(start: &[u8], mut rest: impl Read, key: &impl BuildHasher) -> io::Result<Option<Identity>> {
    let (mut identity, mut end) = identify(start, key);
    let mut longer = Vec::new();
    for length in READ_ON {
        if !matches!(end, Err(End::OfBytes | End::Within)) {
            break;
        }
        if longer.is_empty() {
            longer.extend_from_slice(start);
        }
        if rest.by_ref().take(length).read_to_end(&mut longer)? == 0 {
            break;
        }
        (identity, end) = identify(&longer, key);
    }
    // A file may end behind any element, but not before the first.
    let is_read = end.is_ok() || end == Err(End::OfBytes) && start.len().max(longer.len()) > PREFIX;
    Ok(is_read.then_some(identity))
}

/// What the beginning of a file says, as far as it goes.
fn identify(bytes: &[u8], key: &impl BuildHasher) -> (Identity, Result<(), End>) {
    let mut identity = Identity::default();
    let header = bytes.get(PREFIX..).unwrap_or_default();
    let walked = Walk::new(tags::STUDY_INSTANCE_UID).go_on(header, |tag, value| identity.take(tag, value, key));
    (identity, walked.map(drop).map_err(|stop| stop.end))
}

/// The hash of a value, if there is one.
fn hashed(value: &[u8], key: &impl BuildHasher) -> Option<u64> {
    (!value.is_empty()).then(|| key.hash_one(value))
}

impl Identity {
    /// Takes in an element.
    fn take(&mut self, tag: Tag, value: &[u8], key: &impl BuildHasher) {
        match tag {
            tags::MEDIA_STORAGE_SOP_CLASS_UID => {
                self.is_directory = trimmed(value) == uids::MEDIA_STORAGE_DIRECTORY_STORAGE.as_bytes();
            }
            tags::PATIENT_ID => self.patient = hashed(trimmed(value), key),
            tags::PATIENT_NAME => self.name = hashed(&plain_name(value), key),
            tags::PATIENT_BIRTH_DATE => {
                // Older files have `1950.01.31`.
                let digits: Vec<u8> = value.iter().copied().filter(u8::is_ascii_digit).collect();
                self.birth_date = hashed(&digits, key);
            }
            tags::STUDY_INSTANCE_UID => self.study = hashed(trimmed(value), key),
            _ => {}
        }
    }
}

/// A name without what programs do to it: `JANSEN^A^^^` is `Jansen^A`. Other alphabets, behind `=`, repeat it.
fn plain_name(value: &[u8]) -> Vec<u8> {
    let name = value.split(|byte| *byte == b'=').next().unwrap_or_default();
    let parts = name.split(|byte| *byte == b'^').map(|part| trimmed(part).to_ascii_uppercase());
    let mut name = parts.collect::<Vec<_>>().join(&b'^');
    name.truncate(name.iter().rposition(|byte| *byte != b'^').map_or(0, |last| last + 1));
    name
}

#[cfg(test)]
pub(crate) mod tests;
