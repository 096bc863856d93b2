//! What a file says of itself: what it is of, what kind it is, and whether it has a picture.
//!
//! The header is read element by element up to the pixels, in pieces of a few kilobytes: a long value that nobody asked for is passed over
//! on disk, so that a file takes little memory and time whatever is in it.

use std::hash::BuildHasher;
use std::io::{self, Read, Seek, SeekFrom};

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use flate2::read::DeflateDecoder;

use super::header::{Beyond, End, Stop, Walk, trimmed};
use super::{Identity, PREFIX, SopClass, hashed, is_dicom};

/// How much is read at a time. Most headers are shorter.
const PIECE: u64 = 8 << 10;

/// How much is read at once of a sequence that does not say how long it is.
const LONGEST: u64 = 1 << 20;

/// The last element before the pixels, whose group is 7FE0.
const LAST: Tag = Tag(0x7FDF, 0xFFFF);

/// What a file says about itself. Whatever identifies patients is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// Whose file it is.
    pub identity: Identity,
    /// A hash of SeriesInstanceUID (0020,000E), if there is one.
    pub series: Option<u64>,
    /// A hash of SOPInstanceUID (0008,0018), if there is one.
    pub instance: Option<u64>,
    /// SOPClassUID (0008,0016).
    pub class: Option<SopClass>,
    /// Modality (0008,0060).
    pub modality: Option<String>,
    /// Whether BurnedInAnnotation (0028,0301) is YES.
    pub burned_in: bool,
    /// Whether there is a ConversionType (0008,0064), as in images made from something else (PS3.3, C.8.6.1).
    pub converted: bool,
    /// Whether ImageType (0008,0008) has a word for what somebody has kept of a screen.
    pub screen: bool,
    /// Whether it has a picture.
    pub pixels: Pixels,
}

/// Whether a file has a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pixels {
    /// It has one.
    There,
    /// It has none.
    #[default]
    None,
    /// The file ends before its picture does.
    CutOff,
    /// The header is so long that it was not read to its end.
    Unknown,
}

/// What came of reading a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Described {
    /// It is DICOM.
    Dicom(Description),
    /// The 132 bytes are missing that make it DICOM.
    Other,
    /// It is DICOM, and its header is damaged, cut off or not understood.
    Unreadable,
}

/// Reads what a file of `size` bytes says of itself.
///
/// # Errors
/// When the file cannot be read.
pub fn describe(mut file: impl Read + Seek, size: u64, key: &impl BuildHasher) -> io::Result<Described> {
    let mut bytes = Vec::with_capacity(PIECE as usize);
    file.by_ref().take(PIECE).read_to_end(&mut bytes)?;
    if !is_dicom(&bytes) {
        return Ok(Described::Other);
    }
    let mut description = Description::default();
    let mut walk = Walk::new(LAST);
    let (mut begin, mut length) = (PREFIX as u64, PIECE);
    bytes.drain(..PREFIX);
    let end = loop {
        let is_all = begin + bytes.len() as u64 >= size;
        let stop = match walk.go_on(&bytes, |tag, value| description.take(tag, value, key)) {
            Ok(beyond) => break Ok(beyond.map_or(Pixels::None, |beyond| pixels(beyond, begin, size))),
            Err(stop) => stop,
        };
        match stop {
            // It names all patients on a disc; there is nothing more to know.
            _ if description.identity.is_directory => break Ok(Pixels::None),
            Stop { end: End::OfBytes, .. } if is_all => break Ok(Pixels::None),
            Stop { at, .. } if walk.is_deflated() => {
                file.seek(SeekFrom::Start(begin + at as u64))?;
                break inflated(&mut file, walk, |tag, value| description.take(tag, value, key));
            }
            Stop { end: End::Damaged, .. } => break Err(End::Damaged),
            _ if is_all => break Err(stop.end),
            Stop { next: Some(next), at, .. } if next - at as u64 > PIECE => {
                begin += next;
                length = PIECE;
            }
            Stop { at, .. } => {
                // The same element with more behind it, if it was the first.
                length = if at == 0 { length * 8 } else { PIECE };
                begin += at as u64;
            }
        }
        if begin > size {
            break Err(End::Within);
        }
        if length > LONGEST {
            break Ok(Pixels::Unknown);
        }
        file.seek(SeekFrom::Start(begin))?;
        bytes.clear();
        if file.by_ref().take(length).read_to_end(&mut bytes)? == 0 && begin < size {
            // It has become shorter in the meantime.
            break Err(End::Within);
        }
    };
    match end {
        Ok(pixels) => Ok(Described::Dicom(Description { pixels, ..description })),
        Err(_) => Ok(Described::Unreadable),
    }
}

/// Walks through a data set that is deflated, or its beginning.
fn inflated(file: impl Read, mut walk: Walk, mut take: impl FnMut(Tag, &[u8])) -> Result<Pixels, End> {
    let mut bytes = vec![];
    DeflateDecoder::new(file).take(LONGEST).read_to_end(&mut bytes).map_err(|_| End::Damaged)?;
    walk.inflated();
    match walk.go_on(&bytes, &mut take) {
        Ok(Some(Beyond { tag, .. })) if tag.group() == tags::PIXEL_DATA.group() => Ok(Pixels::There),
        Ok(_) => Ok(Pixels::None),
        Err(Stop { end: End::OfBytes, .. }) if (bytes.len() as u64) < LONGEST => Ok(Pixels::None),
        Err(Stop { end: End::OfBytes | End::Within, .. }) if bytes.len() as u64 == LONGEST => Ok(Pixels::Unknown),
        Err(stop) => Err(stop.end),
    }
}

/// What follows the header of a file whose bytes from `begin` on were walked through.
fn pixels(beyond: Beyond, begin: u64, size: u64) -> Pixels {
    match beyond {
        Beyond { tag, .. } if tag.group() != tags::PIXEL_DATA.group() => Pixels::None,
        Beyond { end: Some(end), .. } if begin + end > size => Pixels::CutOff,
        _ => Pixels::There,
    }
}

impl Description {
    /// Takes in an element.
    fn take(&mut self, tag: Tag, value: &[u8], key: &impl BuildHasher) {
        let value_is = |known: &[u8]| trimmed(value).eq_ignore_ascii_case(known);
        match tag {
            tags::SERIES_INSTANCE_UID => self.series = hashed(trimmed(value), key),
            tags::SOP_INSTANCE_UID => self.instance = hashed(trimmed(value), key),
            tags::SOP_CLASS_UID => self.class = SopClass::of(trimmed(value)),
            // The only class in files without a data set, such as an index.
            tags::MEDIA_STORAGE_SOP_CLASS_UID => {
                self.class = SopClass::of(trimmed(value));
                self.identity.take(tag, value, key);
            }
            tags::MODALITY => self.modality = code(trimmed(value)),
            tags::BURNED_IN_ANNOTATION => self.burned_in = value_is(b"YES"),
            tags::CONVERSION_TYPE => self.converted = !trimmed(value).is_empty(),
            tags::IMAGE_TYPE => self.screen = is_of_a_screen(value),
            _ => self.identity.take(tag, value, key),
        }
    }
}

/// A modality, which is one word in capitals (PS3.3, C.7.3.1.1.1): what is none is not shown, as it may be anything.
fn code(value: &[u8]) -> Option<String> {
    let is_code = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let is_one = value.len() <= 16 && value.iter().all(is_code) && value.first().is_some_and(u8::is_ascii_uppercase);
    is_one.then(|| String::from_utf8_lossy(value).into_owned())
}

/// Whether a value of ImageType is what programs write that keep a screen, or make a page of numbers into a picture.
fn is_of_a_screen(value: &[u8]) -> bool {
    let value = value.to_ascii_uppercase();
    let words = [&b"SCREEN"[..], b"CAPTURE", b"DOSE_INFO", b"DOSE INFO", b"REPORT", b"SNAPSHOT"];
    // Siemens calls its page of doses 'CT_SOM5 PROT', by its software.
    let is_protocol = |word: &[u8]| trimmed(word).ends_with(b" PROT");
    words.iter().any(|word| value.windows(word.len()).any(|part| part == *word))
        || value.split(|byte| *byte == b'\\').any(is_protocol)
}

#[cfg(test)]
mod tests;
