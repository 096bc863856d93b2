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

/// What a file says of itself. What tells patients apart is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// Whose file it is.
    pub identity: Identity,
    /// A hash of SeriesInstanceUID (0020,000E), if there is one.
    pub series: Option<u64>,
    /// SOPClassUID (0008,0016).
    pub class: Option<SopClass>,
    /// Modality (0008,0060).
    pub modality: Option<String>,
    /// Whether BurnedInAnnotation (0028,0301) is YES.
    pub burned_in: bool,
    /// Whether there is a ConversionType (0008,0064): what was made of something else has one (PS3.3, C.8.6.1).
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
            // It names all patients of a disc; there is no more to know.
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
            // It has become shorter meanwhile.
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
            tags::SOP_CLASS_UID => self.class = SopClass::of(trimmed(value)),
            // Only files without a data set, such as an index, have no other one.
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

/// A code string (PS3.5, 6.2): what is none is not shown, as it may be anything.
fn code(value: &[u8]) -> Option<String> {
    let is_code = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b' ' | b'_');
    let is_one = (1..=16).contains(&value.len()) && value.iter().all(is_code);
    is_one.then(|| String::from_utf8_lossy(value).into_owned())
}

/// Whether a value of ImageType is what programs write that keep a screen, or make a page of numbers into a picture.
fn is_of_a_screen(value: &[u8]) -> bool {
    let value = value.to_ascii_uppercase();
    let words = [&b"SCREEN"[..], b"CAPTURE", b"DOSE_INFO", b"DOSE INFO", b"REPORT", b"SNAPSHOT"];
    words.iter().any(|word| value.windows(word.len()).any(|part| part == *word))
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::dicom::tests::{EXPLICIT, data_set, dicom_of, dicomdir, element, meta};

    fn described(bytes: &[u8]) -> Described {
        describe(Cursor::new(bytes), bytes.len() as u64, &RandomState::new()).unwrap()
    }

    fn dicom(bytes: &[u8]) -> Description {
        match described(bytes) {
            Described::Dicom(description) => description,
            other => panic!("{other:?}"),
        }
    }

    /// A file with these elements behind those of a patient and a study, and 100 bytes of pixels.
    fn file(more: &[Vec<u8>]) -> Vec<u8> {
        let pixels = element(0x7FE0, 0x10, "OW", &[7; 100]);
        [meta(EXPLICIT), data_set("77", "1.9"), more.concat(), pixels].concat()
    }

    #[test]
    fn a_file_says_what_it_is() {
        let kind = [
            element(8, 8, "CS", b"DERIVED\\SECONDARY\\SCREEN SAVE"),
            element(8, 0x16, "UI", b"1.2.840.10008.5.1.4.1.1.7"),
            element(8, 0x60, "CS", b"OT"),
            element(8, 0x64, "CS", b"WSD"),
        ]
        .concat();
        let rest = &data_set("77", "1.9")[34..];
        let more = [element(0x28, 0x301, "CS", b"YES"), element(0x7FE0, 0x10, "OB", b"1234")].concat();
        let found = dicom(&[meta(EXPLICIT), kind, rest.to_vec(), more].concat());
        assert_eq!(found.class.unwrap().name(), Some("Secondary Capture Image Storage"));
        assert_eq!((found.modality.as_deref(), found.pixels), (Some("OT"), Pixels::There));
        assert!(found.burned_in && found.converted && found.screen);
        assert!(found.series.is_some() && found.identity.patient.is_some() && found.identity.study.is_some());
    }

    #[test]
    fn pixels_are_there_missing_or_cut_off() {
        let whole = file(&[]);
        assert_eq!(dicom(&whole).pixels, Pixels::There);
        assert_eq!(dicom(&whole[..whole.len() - 1]).pixels, Pixels::CutOff);
        assert_eq!(dicom(&dicom_of("77", "1.9")).pixels, Pixels::None);
        let marked = [&[0xE0, 0x7F, 0x10, 0][..], b"OB\0\0", &u32::MAX.to_le_bytes(), &[0xFE, 0xFF, 0, 0xE0]].concat();
        assert_eq!(dicom(&[meta(EXPLICIT), data_set("77", "1.9"), marked].concat()).pixels, Pixels::There);
    }

    #[test]
    fn long_values_are_passed_over_on_disk() {
        let (private, burned) = (element(0x29, 0x1010, "OB", &[7; 300_000]), element(0x28, 0x301, "CS", b"YES"));
        let bytes = file(&[burned, private]);
        let mut reads = Counting { inner: Cursor::new(&bytes), bytes: 0 };
        let found = describe(&mut reads, bytes.len() as u64, &RandomState::new()).unwrap();
        assert!(matches!(found, Described::Dicom(Description { burned_in: true, pixels: Pixels::There, .. })));
        assert!(reads.bytes <= 2 * PIECE, "{} bytes were read", reads.bytes);
    }

    #[test]
    fn sequences_without_a_length_are_read_on_but_not_for_ever() {
        let sequence = |size: usize| {
            let item = [&[0xFE, 0xFF, 0x00, 0xE0][..], &u32::MAX.to_le_bytes()].concat();
            let inside: Vec<u8> = (0..size / 1000).flat_map(|_| element(0x28, 0x1101, "OW", &[0; 988])).collect();
            let ends = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
            [&[0, 0x52, 0x30, 0x92][..], b"SQ\0\0", &u32::MAX.to_le_bytes(), &item, &inside, &ends].concat()
        };
        assert_eq!(dicom(&file(&[sequence(100_000)])).pixels, Pixels::There);
        assert_eq!(dicom(&file(&[sequence(2_000_000)])).pixels, Pixels::Unknown);
    }

    #[test]
    fn what_is_no_dicom_and_what_is_damaged_are_told_apart() {
        assert_eq!(described(b"notes"), Described::Other);
        assert_eq!(described(&[0; 200]), Described::Other);
        let whole = dicom_of("77", "1.9");
        assert_eq!(described(&whole[..whole.len() - 20]), Described::Unreadable);
        assert_eq!(described(&[&whole[..132], &b"garbage ".repeat(50)].concat()), Described::Unreadable);
        let huge = [meta(EXPLICIT), [8, 0, 8, 0].to_vec(), b"OB\0\0\xff\xff\xff\xe0".to_vec(), vec![0; 500]].concat();
        assert_eq!(described(&huge), Described::Unreadable);
        assert!(dicom(&dicomdir()).identity.is_directory);
    }

    #[test]
    fn values_that_are_no_codes_are_not_kept() {
        let with = |value: &[u8]| {
            let bytes = [meta(EXPLICIT), element(8, 0x60, "CS", value), element(0x20, 0x0E, "UI", b"1.2")].concat();
            dicom(&bytes).modality
        };
        assert_eq!(with(b"CT").as_deref(), Some("CT"));
        for value in [&b"Jansen^A"[..], b"\x1b[2J", b"", b"MORE THAN SIXTEEN LETTERS"] {
            assert_eq!(with(value), None);
        }
    }

    #[test]
    fn deflated_data_sets_are_inflated() {
        use std::io::Write;

        let deflated = |set: &[u8]| {
            let mut encoder = flate2::write::DeflateEncoder::new(vec![], flate2::Compression::fast());
            encoder.write_all(set).unwrap();
            [meta("1.2.840.10008.1.2.1.99"), encoder.finish().unwrap()].concat()
        };
        let (set, burned) = (data_set("77", "1.9"), element(0x28, 0x301, "CS", b"YES"));
        let pixels = element(0x7FE0, 0x10, "OW", &[7; 100]);
        let found = dicom(&deflated(&[set.clone(), burned, pixels].concat()));
        assert!(found.burned_in && found.series.is_some() && found.pixels == Pixels::There);
        assert_eq!(dicom(&deflated(&set)).pixels, Pixels::None);
        let long = element(0x29, 0x1010, "OB", &[7; 2_000_000]);
        assert_eq!(dicom(&deflated(&[set, long].concat())).pixels, Pixels::Unknown);
        assert_eq!(
            described(&[meta("1.2.840.10008.1.2.1.99"), b"no deflate".to_vec()].concat()),
            Described::Unreadable
        );
    }

    struct Counting<R> {
        inner: R,
        bytes: u64,
    }

    impl<R: Read> Read for Counting<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.inner.read(buffer)?;
            self.bytes += count as u64;
            Ok(count)
        }
    }

    impl<R: Seek> Seek for Counting<R> {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.inner.seek(to)
        }
    }

    proptest! {
        /// Wherever the pieces are cut, a header says the same.
        #[test]
        fn pieces_make_no_difference(fill in 0usize..40_000, more in 0usize..40_000) {
            let fillers = [element(0x19, 0x1001, "UN", &vec![1; fill]), element(0x21, 0x1001, "OB", &vec![2; more])];
            let burned = element(0x28, 0x301, "CS", b"YES");
            let found = dicom(&file(&[fillers.concat(), burned]));
            prop_assert!(found.burned_in && found.pixels == Pixels::There);
        }

        #[test]
        fn no_damage_panics(at in 132usize..600, byte: u8, cut in 0usize..300) {
            let mut bytes = file(&[]);
            let length = bytes.len();
            bytes[at.min(length - 1)] = byte;
            bytes.truncate(length - cut);
            let _ = described(&bytes);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = described(&[meta(EXPLICIT), bytes].concat());
        }
    }
}
