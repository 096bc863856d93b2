use proptest::prelude::*;

use super::*;

/// Changes some bytes: (where, as a share of the length; what to).
fn changed(bytes: &[u8], changes: &[(f64, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (share, value) in changes {
        let place = ((bytes.len() as f64 * share) as usize).min(bytes.len() - 1);
        bytes[place] = *value;
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(f64, u8)>> {
    let value = prop_oneof![any::<u8>(), Just(0), Just(0xFF), Just(0xFE), Just(b'<'), Just(b'9'), Just(b'"')];
    proptest::collection::vec((0.0..1.0, value), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..600), magic in 0..4usize) {
        let mut all = [&b""[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"folder,pseudonym\n"][magic].to_vec();
        all.extend(bytes);
        let _ = read::<DataPath>(&all, &Choice::default());
    }

    #[test]
    fn no_text_is_too_strange(text in "(folder|map|pseudonym|[,;\t\"\r\n x-z]){0,40}") {
        let _ = read::<DataPath>(text.as_bytes(), &Choice::default());
    }

    #[test]
    fn a_damaged_old_workbook_is_an_error_or_a_list(changes in changes(), cut in 0.0..2.0) {
        let bytes = fs::read(fixture("anywhere.xls")).unwrap();
        let mut bytes = changed(&bytes, &changes);
        bytes.truncate((bytes.len() as f64 * cut) as usize + 8);
        let _ = read::<AccessionNumber>(&bytes, &Choice::default());
    }

    #[test]
    fn a_damaged_archive_is_an_error_or_a_list(changes in changes()) {
        let bytes = fs::read(fixture("anywhere.xlsx")).unwrap();
        let _ = read::<AccessionNumber>(&changed(&bytes, &changes), &Choice::default());
    }

    #[test]
    fn a_workbook_with_damaged_parts_is_an_error_or_a_list(which in 0.0..1.0, changes in changes()) {
        let mut parts = written::parts(&fs::read(fixture("anywhere.xlsx")).unwrap());
        let index = (parts.len() as f64 * which) as usize;
        parts[index].1 = changed(&parts[index].1, &changes);
        let bytes = written::archive(&parts, zip::CompressionMethod::Stored);
        let _ = read::<AccessionNumber>(&bytes, &Choice::default());
    }
}
