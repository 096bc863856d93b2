use std::hash::RandomState;

use proptest::prelude::*;

use super::*;

pub(crate) fn element(group: u16, element: u16, vr: &str, value: &[u8]) -> Vec<u8> {
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

pub(crate) fn meta(syntax: &str) -> Vec<u8> {
    let group = [
        element(2, 1, "OB", b"\0\x01"),
        element(2, 2, "UI", b"1.2.840.10008.5.1.4.1.1.2"),
        element(2, 0x10, "UI", syntax.as_bytes()),
    ]
    .concat();
    [vec![0; 128], b"DICM".to_vec(), element(2, 0, "UL", &(group.len() as u32).to_le_bytes()), group].concat()
}

pub(crate) fn data_set(patient: &str, study: &str) -> Vec<u8> {
    data_set_of("Doe^Jane", patient, "19500131", study)
}

fn data_set_of(name: &str, patient: &str, birth_date: &str, study: &str) -> Vec<u8> {
    [
        element(8, 0x16, "UI", b"1.2.840.10008.5.1.4.1.1.2"),
        element(0x10, 0x10, "PN", name.as_bytes()),
        element(0x10, 0x20, "LO", patient.as_bytes()),
        element(0x10, 0x30, "DA", birth_date.as_bytes()),
        element(0x20, 0x0D, "UI", study.as_bytes()),
        element(0x20, 0x0E, "UI", b"1.2"),
    ]
    .concat()
}

pub(crate) const EXPLICIT: &str = "1.2.840.10008.1.2.1";

/// A small DICOM file of one patient and study.
pub(crate) fn dicom_of(patient: &str, study: &str) -> Vec<u8> {
    [meta(EXPLICIT), data_set(patient, study)].concat()
}

/// A small DICOM file that says all of a patient.
pub(crate) fn dicom_of_person(name: &str, patient: &str, birth_date: &str) -> Vec<u8> {
    [meta(EXPLICIT), data_set_of(name, patient, birth_date, "1.2.3")].concat()
}

/// The index of a CD.
pub(crate) fn dicomdir() -> Vec<u8> {
    let mut bytes = [meta(EXPLICIT), element(4, 0x1130, "CS", b"DISC")].concat();
    let class = b"1.2.840.10008.5.1.4.1.1.2";
    let at = bytes.windows(class.len()).position(|window| window == class).unwrap();
    bytes[at..at + class.len()].copy_from_slice(b"1.2.840.10008.1.3.10\0\0\0\0\0");
    bytes
}

/// A small DICOM file; each number is a patient and study of its own.
pub(crate) fn dicom_bytes(number: usize) -> Vec<u8> {
    dicom_of(&number.to_string(), &format!("1.2.{number}"))
}

fn identify(bytes: &[u8]) -> Option<Identity> {
    identity(bytes, io::empty(), &KEY.with(Clone::clone)).unwrap()
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
    let Identity { patient: Some(patient), study: Some(study), .. } = expected() else { panic!("both are there") };
    assert_ne!(patient, study);
    assert_eq!(identify(&dicom_of(" 77 ", "1.9\0")), Some(expected()));
    assert_ne!(identify(&dicom_of("78", "1.9")).unwrap().patient, Some(patient));
    let nobody = identify(&dicom_of("  ", "")).unwrap();
    assert_eq!((nobody.patient, nobody.study), (None, None));
}

#[test]
fn names_and_birth_dates_are_the_same_however_they_are_written() {
    let person = |name: &str, birth_date: &str| {
        let identity = identify(&dicom_of_person(name, "77", birth_date)).unwrap();
        (identity.name, identity.birth_date)
    };
    let jansen = person("Jansen^A", "19500131");
    assert!(jansen.0.is_some() && jansen.1.is_some());
    for (name, birth_date) in
        [("JANSEN^A^^^", "1950.01.31"), (" Jansen ^A ", "19500131 "), ("Jansen^A=\u{5c71}", "19500131")]
    {
        assert_eq!(person(name, birth_date), jansen, "{name}");
    }
    assert_ne!(person("Jansen^B", "19500131").0, jansen.0);
    assert_ne!(person("Jansen^A", "19500130").1, jansen.1);
    assert_eq!(person("^^", ""), (None, None));
}

#[test]
fn the_index_of_a_disc_is_known() {
    assert!(identify(&dicomdir()).unwrap().is_directory);
    assert!(!expected().is_directory);
}

#[test]
fn a_missing_patient_is_not_an_error() {
    let bytes = [meta(EXPLICIT), element(8, 0x16, "UI", b"1.2"), element(0x28, 2, "US", &[1, 0])].concat();
    assert_eq!(identify(&bytes), Some(Identity::default()));
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
        assert_eq!(identify(&bytes), Some(expected()));
    }
}

/// Why `dicom-object` does not read the headers: it refuses these, which are read here and by other readers.
#[cfg(feature = "testing")]
#[test]
fn headers_that_dicom_object_refuses_are_read() {
    let set = data_set("77", "1.9");
    let title = element(2, 0x16, "AE", b"A_TITLE_OF_18_CHRS");
    let group = [element(2, 1, "OB", b"\0\x01"), element(2, 0x10, "UI", EXPLICIT.as_bytes()), title].concat();
    let length = element(2, 0, "UL", &(group.len() as u32).to_le_bytes());
    let long_title = [&meta(EXPLICIT)[..132], &length, &group, &set].concat();
    let without_length = [&meta(EXPLICIT)[..132], &meta(EXPLICIT)[144..], &set].concat();
    let item =
        [&[0xFE, 0xFF, 0x00, 0xE0][..], &12u32.to_le_bytes(), &[0x20, 0, 0x0D, 0, 4, 0, 0, 0], b"6.6\0"].concat();
    let unknown =
        [&[9, 0, 0x40, 0x11][..], b"UN\0\0", &u32::MAX.to_le_bytes(), &item, &[0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]];
    let unknown_sequence = [meta(EXPLICIT), set[..34].to_vec(), unknown.concat(), set[34..].to_vec()].concat();
    for bytes in [long_title, without_length, unknown_sequence] {
        assert_eq!(identify(&bytes), Some(expected()));
        let object =
            dicom_object::OpenFileOptions::new().read_until(tags::SERIES_INSTANCE_UID).from_reader(&bytes[128..]);
        assert!(object.is_err());
    }
}

/// And why it would be dangerous: it makes room for as many bytes as a header says.
#[test]
fn a_damaged_length_takes_no_memory() {
    let bytes = [meta("1.2.840.10008.1.2"), vec![8, 0, 8, 0, 0, 0, 0, 0xE0], vec![b'A'; 2000]].concat();
    assert_eq!(identify(&bytes), None);
}

#[test]
fn implicit_and_big_endian_data_sets_are_read() {
    let of = |bytes: &[u8]| identify(bytes).map(|identity| (identity.patient, identity.study));
    let wanted = Some((expected().patient, expected().study));
    let implicit = |group: u16, element: u16, value: &[u8]| {
        [&group.to_le_bytes()[..], &element.to_le_bytes(), &(value.len() as u32).to_le_bytes(), value].concat()
    };
    let set = [implicit(8, 0x16, b"1.2\0"), implicit(0x10, 0x20, b"77"), implicit(0x20, 0x0D, b"1.9\0")].concat();
    assert_eq!(of(&[meta("1.2.840.10008.1.2"), set.clone()].concat()), wanted);
    // Announced as explicit.
    assert_eq!(of(&[meta(EXPLICIT), set].concat()), wanted);
    let big = |group: u16, element: u16, vr: &[u8], value: &[u8]| {
        [&group.to_be_bytes()[..], &element.to_be_bytes(), vr, &(value.len() as u16).to_be_bytes(), value].concat()
    };
    let set = [big(0x10, 0x20, b"LO", b"77"), big(0x20, 0x0D, b"UI", b"1.9\0")].concat();
    assert_eq!(of(&[meta("1.2.840.10008.1.2.2"), set].concat()), wanted);
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
        assert_eq!(identify(&bytes), Some(expected()));
    }
}

#[test]
fn a_long_header_is_read_on() {
    let long = element(9, 0x10, "OB", &[7; 100_000]);
    let bytes = [meta(EXPLICIT), long, data_set("77", "1.9")].concat();
    let (start, rest) = bytes.split_at(4096);
    KEY.with(|key| assert_eq!(identity(start, rest, key).unwrap(), Some(expected())));
    assert_eq!(identify(start), None);
}

#[test]
fn how_much_of_a_header_is_at_hand_at_first_makes_no_difference() {
    let whole = [meta(EXPLICIT), data_set("77", "1.9")].concat();
    for end in PREFIX..=whole.len() {
        for first in PREFIX..end {
            let (start, rest) = whole[..end].split_at(first);
            KEY.with(|key| {
                assert_eq!(identity(start, rest, key).unwrap(), identify(&whole[..end]), "{first} of {end}")
            });
        }
    }
}

#[test]
fn damaged_headers_are_unreadable() {
    let good = dicom_of("77", "1.9");
    let garbage = [&good[..132], &b"garbage ".repeat(50)].concat();
    let zeros = [&good[..132], &[0; 500]].concat();
    let deflated = [meta("1.2.840.10008.1.2.1.99"), vec![0x4B, 0x63, 0x60, 0x10, 1, 2, 3, 4, 5]].concat();
    for bytes in [&good[..132], &good[..140], &good[..150], &good[..good.len() - 20], &garbage, &zeros, &deflated] {
        assert_eq!(identify(bytes), None, "{} bytes", bytes.len());
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
