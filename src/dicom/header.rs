//! The elements of a DICOM header, one after the other.
//!
//! `dicom-encoding` decodes the header of each element. `dicom-object`, which makes an object of them all, is not used: it takes
//! as much memory as a length says (4 GiB for a damaged file of 2 kB), and refuses headers that other readers read: without a
//! group length, with an application title of more than 16 characters, with an unknown sequence in implicit VR.

use dicom_core::dictionary::stub::StubDataDictionary;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use dicom_encoding::decode::Decode;
use dicom_encoding::decode::explicit_be::ExplicitVRBigEndianDecoder;
use dicom_encoding::decode::explicit_le::ExplicitVRLittleEndianDecoder;
use dicom_encoding::decode::implicit_le::ImplicitVRLittleEndianDecoder;

/// Sequences within sequences: deeper than any real header.
const DEEPEST: usize = 16;

/// The longest header of an element (PS3.5, 7.1.2).
const LONGEST_ELEMENT_HEADER: usize = 12;

/// The value representations whose length has two bytes (PS3.5, 7.1.2).
const SHORT: [[u8; 2]; 21] = [
    *b"LO", *b"SH", *b"CS", *b"UI", *b"DA", *b"TM", *b"PN", *b"DS", *b"IS", *b"AE", *b"AS", *b"AT", *b"DT", *b"FL",
    *b"FD", *b"LT", *b"SL", *b"SS", *b"ST", *b"UL", *b"US",
];

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

const DEFLATED: &[u8] = b"1.2.840.10008.1.2.1.99";
const BIG_ENDIAN: &[u8] = b"1.2.840.10008.1.2.2";

/// Why the elements came to an end before the last one that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The bytes end between two elements.
    OfBytes,
    /// The bytes end within an element.
    Within,
    /// They make no sense.
    Damaged,
}

/// Hands over the tag and the value of each element up to `last`. Sequences are passed over.
///
/// `header` is what follows the first 132 bytes of a file, or the beginning of it.
pub(super) fn read<'a>(header: &'a [u8], last: Tag, mut element: impl FnMut(Tag, &'a [u8])) -> Result<(), End> {
    let mut elements = Elements { rest: header, syntax: Syntax::Explicit };
    let mut transfer_syntax: &[u8] = b"";
    // The length of the file meta group is not needed, and wrong or missing in some files.
    while elements.rest.starts_with(&[2, 0]) {
        elements.guess_syntax();
        let next = elements.header()?;
        let value = elements.value(next, elements.syntax, 0)?;
        if next.tag == tags::TRANSFER_SYNTAX_UID {
            transfer_syntax = trimmed(value);
        }
        element(next.tag, value);
    }
    match transfer_syntax {
        DEFLATED => return Err(End::Damaged),
        BIG_ENDIAN => elements.syntax = Syntax::BigEndian,
        // Some files announce another one than they are written in.
        _ => elements.guess_syntax(),
    }
    let mut is_first = elements.rest.len() == header.len();
    loop {
        let next = elements.header()?;
        if std::mem::take(&mut is_first) && !matches!(next.tag.group(), 0x0003..=0x0010) {
            return Err(End::Damaged);
        }
        if next.tag > last {
            return Ok(());
        }
        let value = elements.value(next, elements.syntax, 0)?;
        element(next.tag, value);
        if next.tag == last {
            return Ok(());
        }
    }
}

/// Without what fills a value up to an even length.
pub(super) fn trimmed(value: &[u8]) -> &[u8] {
    let padding = |byte: &u8| matches!(byte, b' ' | 0);
    let start = value.iter().position(|byte| !padding(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !padding(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

/// How elements are written.
#[derive(Clone, Copy, PartialEq)]
enum Syntax {
    Explicit,
    Implicit,
    BigEndian,
}

/// The header of an element.
#[derive(Clone, Copy)]
struct Element {
    tag: Tag,
    /// Whether its representation is UN.
    unknown: bool,
    /// In bytes; none if the end is marked.
    length: Option<u32>,
}

/// Elements that are still to come.
struct Elements<'a> {
    rest: &'a [u8],
    syntax: Syntax,
}

impl<'a> Elements<'a> {
    /// An explicit VR is two capitals; what stands there otherwise is half of a length.
    fn guess_syntax(&mut self) {
        let explicit = self.rest.get(4..6).is_some_and(|vr| vr.iter().all(u8::is_ascii_uppercase));
        self.syntax = if explicit { Syntax::Explicit } else { Syntax::Implicit };
    }

    /// The header of the next element of the data set.
    fn header(&mut self) -> Result<Element, End> {
        if self.rest.is_empty() { Err(End::OfBytes) } else { self.header_in(self.syntax) }
    }

    fn header_in(&mut self, syntax: Syntax) -> Result<Element, End> {
        // Nearly all elements are so, and this takes a tenth of the time of the general way.
        if let (Syntax::Explicit, Some((head, rest))) = (syntax, self.rest.split_first_chunk::<8>())
            && SHORT.contains(&[head[4], head[5]])
        {
            let number = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
            self.rest = rest;
            return Ok(Element { tag: Tag(number(0), number(2)), unknown: false, length: Some(number(6).into()) });
        }
        let end = if self.rest.len() < LONGEST_ELEMENT_HEADER { End::Within } else { End::Damaged };
        let decoded = match syntax {
            Syntax::Explicit => ExplicitVRLittleEndianDecoder::default().decode_header(&mut self.rest),
            // No dictionary of representations is needed to pass over a value or to find one.
            Syntax::Implicit => {
                ImplicitVRLittleEndianDecoder::with_dict(StubDataDictionary).decode_header(&mut self.rest)
            }
            Syntax::BigEndian => ExplicitVRBigEndianDecoder::default().decode_header(&mut self.rest),
        };
        let (header, _) = decoded.map_err(|_| end)?;
        Ok(Element { tag: header.tag, unknown: header.vr == VR::UN, length: header.len.get() })
    }

    /// The value of an element; nothing for a sequence that ends with a mark, which is passed over.
    fn value(&mut self, element: Element, syntax: Syntax, depth: usize) -> Result<&'a [u8], End> {
        let Some(length) = element.length else {
            // PS3.5 6.2.2: an unknown sequence of undefined length is written with implicit VR.
            let inside = if element.unknown && element.tag != ITEM { Syntax::Implicit } else { syntax };
            let end = if element.tag == ITEM { ITEM_END } else { SEQUENCE_END };
            self.pass(end, inside, depth + 1)?;
            return Ok(&[]);
        };
        let (value, rest) = self.rest.split_at_checked(length as usize).ok_or(End::Within)?;
        self.rest = rest;
        Ok(value)
    }

    fn pass(&mut self, end: Tag, syntax: Syntax, depth: usize) -> Result<(), End> {
        if depth > DEEPEST {
            return Err(End::Damaged);
        }
        loop {
            let element = self.header_in(syntax)?;
            if element.tag == end {
                return Ok(());
            }
            self.value(element, syntax, depth)?;
        }
    }
}
