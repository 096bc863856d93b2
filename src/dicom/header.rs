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

/// Why the elements ended before the last one requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The bytes end between two elements.
    OfBytes,
    /// The bytes end within an element.
    Within,
    /// They make no sense.
    Damaged,
}

/// Where a walk ended, with the bytes that it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop {
    /// Why.
    pub(super) end: End,
    /// Where the element begins that is not whole, from the beginning of the bytes.
    pub(super) at: usize,
    /// Where the element behind it begins, if that one says how long it is.
    pub(super) next: Option<u64>,
}

/// The first element after the last one requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beyond {
    pub(super) tag: Tag,
    /// Where its value ends, from the beginning of the bytes; none if the end is marked.
    pub(super) end: Option<u64>,
}

/// A walk through the elements of a header, whose bytes may come in pieces.
pub(super) struct Walk {
    last: Tag,
    part: Part,
    announced: Announced,
}

/// In which part of the header a walk is.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// Before everything.
    Start,
    Meta,
    DataSet(Syntax),
}

/// What the file meta group says of the data set.
#[derive(Clone, Copy, PartialEq)]
enum Announced {
    Plain,
    BigEndian,
    Deflated,
}

impl Walk {
    /// A walk up to this element, or to the first behind it.
    pub(super) fn new(last: Tag) -> Walk {
        Walk { last, part: Part::Start, announced: Announced::Plain }
    }

    /// Goes on with `bytes`, which begin where an element begins: at first what follows the first 132 bytes of a file, later what
    /// begins at [`Stop::at`] or [`Stop::next`]. Sequences are passed over.
    ///
    /// Returns the element after the last one requested, if there is one.
    pub(super) fn go_on<'a>(
        &mut self,
        bytes: &'a [u8],
        mut element: impl FnMut(Tag, &'a [u8]),
    ) -> Result<Option<Beyond>, Stop> {
        let mut elements = Elements { rest: bytes, syntax: Syntax::Explicit };
        loop {
            let at = bytes.len() - elements.rest.len();
            let stop = |end, next| Stop { end, at, next };
            let is_first = self.enter(&mut elements).map_err(|end| stop(end, None))?;
            let next = elements.header().map_err(|end| stop(end, None))?;
            if is_first && !matches!(next.tag.group(), 0x0003..=0x0010) {
                return Err(stop(End::Damaged, None));
            }
            let value_at = bytes.len() - elements.rest.len();
            let end = next.length.map(|length| value_at as u64 + u64::from(length));
            if next.tag > self.last {
                return Ok(Some(Beyond { tag: next.tag, end }));
            }
            let value = elements.value(next, elements.syntax, 0).map_err(|why| stop(why, end))?;
            if next.tag == tags::TRANSFER_SYNTAX_UID {
                self.announced = match trimmed(value) {
                    DEFLATED => Announced::Deflated,
                    BIG_ENDIAN => Announced::BigEndian,
                    _ => Announced::Plain,
                };
            }
            element(next.tag, value);
            if next.tag == self.last {
                return Ok(None);
            }
        }
    }

    /// Whether it has come to a data set that is deflated (PS3.5, A.5), and can go on with that inflated.
    pub(super) fn is_deflated(&self) -> bool {
        self.announced == Announced::Deflated
    }

    /// What it goes on with is inflated: plain elements, in explicit VR.
    pub(super) fn inflated(&mut self) {
        self.announced = Announced::Plain;
    }

    /// Finds out how the next element is written. Tells whether that is the first element of a file without a meta group.
    fn enter(&mut self, elements: &mut Elements<'_>) -> Result<bool, End> {
        if let Part::DataSet(syntax) = self.part {
            elements.syntax = syntax;
            return Ok(false);
        }
        match elements.rest.len() {
            0 => return Err(End::OfBytes),
            1..6 => return Err(End::Within),
            _ => {}
        }
        // The length of the file meta group is not needed, and wrong or missing in some files.
        if elements.rest.starts_with(&[2, 0]) {
            self.part = Part::Meta;
            elements.guess_syntax();
            return Ok(false);
        }
        match self.announced {
            Announced::Deflated => return Err(End::Damaged),
            Announced::BigEndian => elements.syntax = Syntax::BigEndian,
            // Some files announce another one than they are written in.
            Announced::Plain => elements.guess_syntax(),
        }
        let is_first = self.part == Part::Start;
        self.part = Part::DataSet(elements.syntax);
        Ok(is_first)
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
