//! Is it DICOM, and whose is it.
//!
//! The 132 bytes that PS3.10 puts before everything else decide whether a file is DICOM. The header behind them says whose it
//! is; it is walked element by element (decoded by dicom-rs), tolerating what other readers tolerate: no file meta group, a
//! wrong group length, an unknown transfer syntax, an implicit VR where an explicit one was announced.

use std::ffi::OsStr;
use std::hash::BuildHasher;
use std::io::{self, Read};
use std::path::Path;

use dicom_core::dictionary::stub::StubDataDictionary;
use dicom_core::{DataElementHeader, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_encoding::decode::Decode;
use dicom_encoding::decode::explicit_be::ExplicitVRBigEndianDecoder;
use dicom_encoding::decode::explicit_le::ExplicitVRLittleEndianDecoder;
use dicom_encoding::decode::implicit_le::ImplicitVRLittleEndianDecoder;

/// How many bytes decide whether a file is DICOM: a preamble of 128 bytes and `DICM`.
pub const PREFIX: usize = 132;

/// A header that has not come to the point within so many bytes is not read on.
const LONGEST_HEADER: u64 = 1 << 20;

/// Identifiers are at most 64 characters (PS3.5); anything that is much longer was no identifier.
const LONGEST_VALUE: u32 = 4096;

/// Sequences within sequences: deeper than any real header.
const DEEPEST: usize = 16;

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// Whether the start of a file is that of a DICOM file.
pub fn is_dicom(start: &[u8]) -> bool {
    start.get(128..PREFIX) == Some(b"DICM")
}

/// Whether a file name looks like that of a DICOM file: `.dcm` or `.dicom` in any case, no extension, or an extension of
/// digits only (`1.2.840.113619.2.5`).
pub fn looks_like_dicom(name: &OsStr) -> bool {
    match Path::new(name).extension().map(OsStr::as_encoded_bytes) {
        None | Some(b"") => true,
        Some(extension) => {
            extension.eq_ignore_ascii_case(b"dcm")
                || extension.eq_ignore_ascii_case(b"dicom")
                || extension.iter().all(u8::is_ascii_digit)
        }
    }
}

/// Whose file it is. Hashes only: the identifiers themselves are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Identity {
    /// Of PatientID (0010,0020), if there is one.
    pub patient: Option<u64>,
    /// Of StudyInstanceUID (0020,000D), if there is one.
    pub study: Option<u64>,
}

/// The header is damaged, or so unusual that it was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the DICOM header cannot be read")]
pub struct Unreadable;

/// Reads whose file it is.
///
/// `start` is the beginning of the file, `rest` what comes after it, which is read only when the header is longer than `start`.
/// Equal identifiers have equal hashes under one `key`; padding does not count.
///
/// # Errors
/// `Unreadable` if the header ends, or stops making sense, before StudyInstanceUID could have come.
pub fn identity(start: &[u8], rest: impl Read, key: &impl BuildHasher) -> Result<Identity, Unreadable> {
    let header = start.get(PREFIX..).ok_or(Unreadable)?;
    let source = Source { start: header, rest: rest.take(LONGEST_HEADER) };
    Header { source, value: Vec::new() }.identity(key).map_err(|_| Unreadable)
}

struct Header<'a, R> {
    source: Source<'a, R>,
    value: Vec<u8>,
}

/// The start of a file, which is at hand, and the rest, which is only read when that is used up.
struct Source<'a, R> {
    start: &'a [u8],
    rest: io::Take<R>,
}

impl<R: Read> Read for Source<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.start.is_empty() { self.rest.read(into) } else { self.start.read(into) }
    }
}

impl<R: Read> Source<'_, R> {
    fn skip(&mut self, length: u64) -> io::Result<()> {
        let at_hand = length.min(self.start.len() as u64);
        self.start = &self.start[at_hand as usize..];
        let left = length - at_hand;
        if left > 0 && io::copy(&mut self.rest.by_ref().take(left), &mut io::sink())? < left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// How the elements are written.
#[derive(Clone, Copy, PartialEq)]
enum Syntax {
    Explicit,
    Implicit,
    BigEndian,
}

/// The header of an element, as far as it is needed here.
#[derive(Clone, Copy)]
struct Element {
    tag: Tag,
    /// In bytes; none if the end is marked.
    length: Option<u32>,
    /// Whether its representation is UN.
    unknown: bool,
}

/// The value representations whose length has two bytes (PS3.5 7.1.2): nearly every element that comes before StudyInstanceUID.
/// Decoding these here takes a tenth of the time of the general way.
const SHORT: [[u8; 2]; 21] = [
    *b"LO", *b"SH", *b"CS", *b"UI", *b"DA", *b"TM", *b"PN", *b"DS", *b"IS", *b"AE", *b"AS", *b"AT", *b"DT", *b"FL",
    *b"FD", *b"LT", *b"SL", *b"SS", *b"ST", *b"UL", *b"US",
];

impl Element {
    fn short(head: [u8; 8]) -> Element {
        let number = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        Element { tag: Tag(number(0), number(2)), length: Some(number(6).into()), unknown: false }
    }

    fn of(header: DataElementHeader) -> Element {
        Element { tag: header.tag, length: header.len.get(), unknown: header.vr == VR::UN }
    }
}

fn nonsense() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

impl<R: Read> Header<'_, R> {
    fn identity(&mut self, key: &impl BuildHasher) -> io::Result<Identity> {
        let mut identity = Identity::default();
        let mut big_endian = false;
        let mut syntax = None;
        let mut first = true;
        while let Some(head) = self.head()? {
            let in_meta = head[..2] == [2, 0];
            let current = match (in_meta, syntax) {
                (false, Some(syntax)) => syntax,
                (false, None) if big_endian => *syntax.insert(Syntax::BigEndian),
                (false, None) => *syntax.insert(guess(head)),
                (true, _) => guess(head),
            };
            let element = self.element(head, current)?;
            if first && !matches!(element.tag.group(), 0x0002..=0x0010) {
                return Err(nonsense());
            }
            first = false;
            if element.tag > tags::STUDY_INSTANCE_UID {
                return Ok(identity);
            }
            match element.tag {
                tags::TRANSFER_SYNTAX_UID => match trimmed(self.read_value(element)?) {
                    b"1.2.840.10008.1.2.2" => big_endian = true,
                    b"1.2.840.10008.1.2.1.99" => return Err(nonsense()),
                    _ => {}
                },
                tags::PATIENT_ID => identity.patient = hashed(self.read_value(element)?, key),
                tags::STUDY_INSTANCE_UID => {
                    identity.study = hashed(self.read_value(element)?, key);
                    return Ok(identity);
                }
                _ => self.skip_value(element, current, 0)?,
            }
        }
        // A file that ends before it says anything has no header.
        if first { Err(nonsense()) } else { Ok(identity) }
    }

    /// The first eight bytes of the next element, or `None` at the end of the file.
    fn head(&mut self) -> io::Result<Option<[u8; 8]>> {
        if let Some((head, after)) = self.source.start.split_first_chunk() {
            self.source.start = after;
            return Ok(Some(*head));
        }
        let mut head = [0; 8];
        let mut filled = 0;
        while filled < head.len() {
            match self.source.read(&mut head[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(head))
    }

    fn element(&mut self, head: [u8; 8], syntax: Syntax) -> io::Result<Element> {
        if syntax == Syntax::Explicit && SHORT.contains(&[head[4], head[5]]) {
            return Ok(Element::short(head));
        }
        let mut source = head.as_slice().chain(&mut self.source);
        let decoded = match syntax {
            Syntax::Explicit => ExplicitVRLittleEndianDecoder::default().decode_header(&mut source),
            // Without a dictionary, since no VR is needed to skip or to find an element: the standard one is a tenth of the program.
            Syntax::Implicit => ImplicitVRLittleEndianDecoder::with_dict(StubDataDictionary).decode_header(&mut source),
            Syntax::BigEndian => ExplicitVRBigEndianDecoder::default().decode_header(&mut source),
        };
        decoded.map(|(header, _)| Element::of(header)).map_err(|_| nonsense())
    }

    fn next_element(&mut self, syntax: Syntax) -> io::Result<Element> {
        let head = self.head()?.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.element(head, syntax)
    }

    fn read_value(&mut self, element: Element) -> io::Result<&[u8]> {
        let length = element.length.filter(|&length| length <= LONGEST_VALUE).ok_or_else(nonsense)?;
        self.value.resize(length as usize, 0);
        self.source.read_exact(&mut self.value)?;
        Ok(&self.value)
    }

    fn skip_value(&mut self, element: Element, syntax: Syntax, depth: usize) -> io::Result<()> {
        match element.length {
            Some(length) => self.source.skip(length.into()),
            None if depth >= DEEPEST => Err(nonsense()),
            None => {
                // PS3.5 6.2.2: an unknown sequence of undefined length is encoded with implicit VR.
                let inside = if element.unknown && element.tag != ITEM { Syntax::Implicit } else { syntax };
                let end = if element.tag == ITEM { ITEM_END } else { SEQUENCE_END };
                self.skip_until(end, inside, depth + 1)
            }
        }
    }

    fn skip_until(&mut self, end: Tag, syntax: Syntax, depth: usize) -> io::Result<()> {
        loop {
            let element = self.next_element(syntax)?;
            if element.tag == end {
                return Ok(());
            }
            self.skip_value(element, syntax, depth)?;
        }
    }
}

/// An explicit VR is two capitals; what stands there otherwise is half of a length.
fn guess(head: [u8; 8]) -> Syntax {
    if head[4].is_ascii_uppercase() && head[5].is_ascii_uppercase() { Syntax::Explicit } else { Syntax::Implicit }
}

fn trimmed(value: &[u8]) -> &[u8] {
    let padding = |byte: &u8| matches!(byte, b' ' | 0);
    let start = value.iter().position(|byte| !padding(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !padding(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

fn hashed(value: &[u8], key: &impl BuildHasher) -> Option<u64> {
    let value = trimmed(value);
    (!value.is_empty()).then(|| key.hash_one(value))
}

#[cfg(test)]
pub(crate) mod tests;
