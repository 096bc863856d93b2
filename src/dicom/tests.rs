use std::hash::RandomState;

use proptest::prelude::*;

use super::*;

fn element(group: u16, element: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(0);
    }
    let mut bytes = [group.to_le_bytes(), element.to_le_bytes()].concat();
    bytes.extend(vr.as_bytes());
    if matches!(vr, "OB" | "OW" | "UN" | "SQ") {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

fn meta(syntax: &str) -> Vec<u8> {
    let group = [
        element(2, 1, "OB", b"\0\x01"),
        element(2, 2, "UI", b"1.2.840.10008.5.1.4.1.1.2"),
        element(2, 0x10, "UI", syntax.as_bytes()),
    ]
    .concat();
    [vec![0; 128], b"DICM".to_vec(), element(2, 0, "UL", &(group.len() as u32).to_le_bytes()), group].concat()
}

fn data_set(patient: &str, study: &str) -> Vec<u8> {
    [
        element(8, 0x16, "UI", b"1.2.840.10008.5.1.4.1.1.2"),
        element(0x10, 0x10, "PN", b"Doe^Jane"),
        element(0x10, 0x20, "LO", patient.as_bytes()),
        element(0x20, 0x0D, "UI", study.as_bytes()),
        element(0x20, 0x0E, "UI", b"1.2"),
    ]
    .concat()
}

const EXPLICIT: &str = "1.2.840.10008.1.2.1";

/// A small DICOM file of one patient and study.
pub(crate) fn dicom_of(patient: &str, study: &str) -> Vec<u8> {
    [meta(EXPLICIT), data_set(patient, study)].concat()
}

/// A small DICOM file; each number is a patient and study of its own.
pub(crate) fn dicom_bytes(number: usize) -> Vec<u8> {
    dicom_of(&number.to_string(), &format!("1.2.{number}"))
}

fn identify(bytes: &[u8]) -> Result<Identity, Unreadable> {
    identity(bytes, io::empty(), &KEY.with(Clone::clone))
}

thread_local! {
    static KEY: RandomState = RandomState::new();
}

fn expected() -> Identity {
    identify(&dicom_of("77", "1.9")).unwrap()
}

#[test]
fn the_first_132_bytes_decide() {
    assert!(is_dicom(&dicom_bytes(1)));
    assert!(is_dicom(&dicom_bytes(1)[..132]));
    assert!(!is_dicom(&dicom_bytes(1)[..131]));
    assert!(!is_dicom(&dicom_bytes(1)[128..]));
    assert!(!is_dicom(b""));
}

#[test]
fn names_that_look_like_dicom() {
    for name in ["a.dcm", "A.DCM", "b.DiCom", "noext", "1.2.840.5", "x.0", "trail.", "a b"] {
        assert!(looks_like_dicom(OsStr::new(name)), "{name}");
    }
    for name in ["a.txt", "x.12a", "x.-1", "x. 12", "x.1_0", "a.dcm.gz", "x.dcm ", "x.\u{661}", "x.ima"] {
        assert!(!looks_like_dicom(OsStr::new(name)), "{name}");
    }
}

#[test]
fn equal_identifiers_have_equal_hashes_whatever_the_padding() {
    let Identity { patient: Some(patient), study: Some(study) } = expected() else { panic!("both are there") };
    assert_ne!(patient, study);
    assert_eq!(identify(&dicom_of(" 77 ", "1.9\0")), Ok(expected()));
    assert_ne!(identify(&dicom_of("78", "1.9")).unwrap().patient, Some(patient));
    assert_eq!(identify(&dicom_of("  ", "")), Ok(Identity::default()));
}

#[test]
fn a_missing_patient_is_no_error() {
    let bytes = [meta(EXPLICIT), element(8, 0x16, "UI", b"1.2"), element(0x28, 2, "US", &[1, 0])].concat();
    assert_eq!(identify(&bytes), Ok(Identity::default()));
}

#[test]
fn unusual_headers_that_others_read_are_read() {
    let set = data_set("77", "1.9");
    let meta = meta(EXPLICIT);
    let without_length = [&meta[..132], &meta[144..], &set].concat();
    let mut wrong_length = [meta.clone(), set.clone()].concat();
    wrong_length[140] = 200;
    let without_meta = [&meta[..132], &set].concat();
    let unknown_syntax = [tests::meta("1.2.3.4.5"), set.clone()].concat();
    for bytes in [without_length, wrong_length, without_meta, unknown_syntax] {
        assert_eq!(identify(&bytes), Ok(expected()));
    }
}

#[test]
fn implicit_and_big_endian_data_sets_are_read() {
    let implicit = |group: u16, element: u16, value: &[u8]| {
        [&group.to_le_bytes()[..], &element.to_le_bytes(), &(value.len() as u32).to_le_bytes(), value].concat()
    };
    let set = [implicit(8, 0x16, b"1.2\0"), implicit(0x10, 0x20, b"77"), implicit(0x20, 0x0D, b"1.9\0")].concat();
    assert_eq!(identify(&[meta("1.2.840.10008.1.2"), set.clone()].concat()), Ok(expected()));
    // Announced as explicit.
    assert_eq!(identify(&[meta(EXPLICIT), set].concat()), Ok(expected()));
    let big = |group: u16, element: u16, vr: &[u8], value: &[u8]| {
        [&group.to_be_bytes()[..], &element.to_be_bytes(), vr, &(value.len() as u16).to_be_bytes(), value].concat()
    };
    let set = [big(0x10, 0x20, b"LO", b"77"), big(0x20, 0x0D, b"UI", b"1.9\0")].concat();
    assert_eq!(identify(&[meta("1.2.840.10008.1.2.2"), set].concat()), Ok(expected()));
}

#[test]
fn sequences_are_skipped_whatever_their_length() {
    let item_end = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0];
    let sequence_end = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
    let item = |length: u32| [&[0xFE, 0xFF, 0x00, 0xE0][..], &length.to_le_bytes()].concat();
    let inner = element(0x20, 0x0D, "UI", b"6.6.6.6");
    let sequence = |vr: &[u8], body: Vec<u8>| {
        [&[8, 0, 0x40, 0x11][..], vr, &[0, 0], &u32::MAX.to_le_bytes(), &body, &sequence_end].concat()
    };
    let undefined = sequence(b"SQ", [item(u32::MAX), inner.clone(), item_end.to_vec()].concat());
    let defined = sequence(b"SQ", [item(inner.len() as u32), inner.clone()].concat());
    let nested = sequence(b"SQ", [item(u32::MAX), undefined.clone(), item_end.to_vec()].concat());
    let hidden = [&[0x20, 0, 0x0D, 0][..], &4u32.to_le_bytes(), b"6.6\0"].concat();
    let unknown = sequence(b"UN", [item(u32::MAX), hidden, item_end.to_vec()].concat());
    for extra in [undefined, defined, nested, unknown] {
        let bytes = [meta(EXPLICIT), extra, data_set("77", "1.9")].concat();
        assert_eq!(identify(&bytes), Ok(expected()));
    }
}

#[test]
fn a_long_header_is_read_on() {
    let long = element(9, 0x10, "OB", &[7; 100_000]);
    let bytes = [meta(EXPLICIT), long, data_set("77", "1.9")].concat();
    let (start, rest) = bytes.split_at(4096);
    KEY.with(|key| assert_eq!(identity(start, rest, key), Ok(expected())));
    assert_eq!(identify(start), Err(Unreadable));
}

#[test]
fn damaged_headers_are_unreadable() {
    let good = dicom_of("77", "1.9");
    let garbage = [&good[..132], &b"garbage ".repeat(50)].concat();
    let zeros = [&good[..132], &[0; 500]].concat();
    let deflated = [meta("1.2.840.10008.1.2.1.99"), vec![0x4B, 0x63, 0x60, 0x10, 1, 2, 3, 4, 5]].concat();
    for bytes in [&good[..132], &good[..140], &good[..150], &good[..good.len() - 20], &garbage, &zeros, &deflated] {
        assert_eq!(identify(bytes), Err(Unreadable), "{} bytes", bytes.len());
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = identify(&bytes);
        let _ = identify(&[meta(EXPLICIT), bytes].concat());
    }

    #[test]
    fn no_damage_panics(at in 132usize..300, byte: u8, cut in 0usize..400) {
        let mut bytes = dicom_of("77", "1.9");
        let length = bytes.len();
        bytes[at.min(length - 1)] = byte;
        bytes.truncate(length.saturating_sub(cut.saturating_sub(200)));
        let _ = identify(&bytes);
    }
}
