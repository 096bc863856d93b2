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
fn an_invalid_modality_is_not_shown() {
    let modality = |value: &[u8]| {
        let kind = [element(8, 0x16, "UI", b"1.2.840.10008.5.1.4.1.1.2"), element(8, 0x60, "CS", value)].concat();
        dicom(&[meta(EXPLICIT), kind, data_set("77", "1.9")[34..].to_vec()].concat()).modality
    };
    assert_eq!(modality(b"RTSTRUCT").as_deref(), Some("RTSTRUCT"));
    for value in [&b"1234567 "[..], b"Jansen^P", b"JANSEN P", b"19500131", b""] {
        assert_eq!(modality(value), None, "{value:?}");
    }
}

#[test]
fn screens_are_recognised_by_the_words_of_manufacturers() {
    for (image_type, expected) in [
        ("DERIVED\\SECONDARY\\SCREEN SAVE", true),
        ("DERIVED\\SECONDARY\\OTHER\\CT_SOM5 PROT", true),
        ("DERIVED\\SECONDARY\\DOSE_INFO", true),
        ("ORIGINAL\\PRIMARY\\M\\PROTON_DENSITY", false),
        ("DERIVED\\SECONDARY\\REFORMATTED\\AVERAGE", false),
    ] {
        assert_eq!(is_of_a_screen(image_type.as_bytes()), expected, "{image_type}");
    }
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
fn other_files_and_damaged_dicom_are_distinguished() {
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
fn only_codes_are_kept() {
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
    assert_eq!(described(&[meta("1.2.840.10008.1.2.1.99"), b"no deflate".to_vec()].concat()), Described::Unreadable);
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
