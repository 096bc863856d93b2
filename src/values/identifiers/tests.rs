use proptest::prelude::*;

use super::*;

fn accession(text: &str) -> (String, Vec<Doubt>) {
    let parsed = AccessionNumber::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    (parsed.value.0, parsed.doubts)
}

#[test]
fn accession_numbers_as_they_are_seen() {
    for text in ["1234567.12345678", "0012345", "AB-1234", "RAD.2020.1"] {
        assert_eq!(accession(text), (text.to_owned(), vec![]), "{text}");
    }
    assert_eq!(accession("=\"0012345\"").0, "0012345");
    assert_eq!(accession("111,").0, "111");
    assert_eq!(accession("1\u{200b}1"), ("11".to_owned(), vec![Doubt::Invisible(vec!['\u{200b}'])]));
    assert_eq!(accession("accession_number: 333"), ("333".to_owned(), vec![Doubt::Prefix("accession_number")]));
}

#[test]
fn accession_numbers_to_look_at() {
    for (text, doubt) in [
        ("12-11-2026", Doubt::Date),
        ("dec-45", Doubt::Date),
        ("2026-11-12", Doubt::Date),
        ("12:30:00", Doubt::Date),
        ("12345678.12345678", Doubt::Long { found: 17, most: 16 }),
        ("1234567,12345678", Doubt::Separator(',')),
        ("Jansen", Doubt::NoDigit),
        ("12 34", Doubt::Space),
    ] {
        assert_eq!(accession(text).1, [doubt], "{text}");
    }
}

#[test]
fn what_is_no_accession_number() {
    let spoilt = |text: &str| AccessionNumber::parse(text).unwrap_err();
    assert_eq!(spoilt("numbers.XLSX"), Spoilt::FileName("numbers.XLSX".to_owned()));
    assert_eq!(spoilt("Accession Number"), Spoilt::Heading("Accession Number".to_owned()));
    assert_eq!(spoilt("pseudonym"), Spoilt::Heading("pseudonym".to_owned()));
    assert!(matches!(spoilt("study_instance_uid:1.2"), Spoilt::OtherSource(_)));
    assert!(matches!(spoilt("#N/A"), Spoilt::SpreadsheetError(_)));
    assert_eq!(spoilt(" ,; "), Spoilt::Empty);
    assert!(matches!(spoilt("1\n2"), Spoilt::Lines(_)));
    assert!(matches!(spoilt("1\u{7}2"), Spoilt::ControlCharacter(_)));
    assert!(matches!(AccessionNumber::parse_typed("111,222").unwrap_err(), Spoilt::Several(_)));
    assert_eq!(AccessionNumber::parse_typed("111,").unwrap().value.as_str(), "111");
}

#[test]
fn a_comma_in_a_list_is_decimal_or_refused() {
    let listed = AccessionNumber::parse_listed("1234567,12345678", true).unwrap();
    assert_eq!((listed.value.as_str(), listed.doubts), ("1234567.12345678", vec![Doubt::DecimalComma]));
    for (text, decimal_comma) in [("1234567,12345678", false), ("1,2,3", true), ("1;2", true), ("A,2", true)] {
        let error = AccessionNumber::parse_listed(text, decimal_comma).unwrap_err();
        assert_eq!(error, Spoilt::Several(text.to_owned()));
    }
}

#[test]
fn uids_follow_the_standard() {
    let uid = "1.2.840.113619.2.5";
    assert_eq!(
        StudyInstanceUid::parse(uid).unwrap(),
        Parsed { value: StudyInstanceUid(uid.to_owned()), doubts: vec![] }
    );
    for text in ["1.2.x", "1..2", ".1", "1.2.", &"1.".repeat(33), "", "1.2E+5"] {
        assert!(StudyInstanceUid::parse(text).is_err(), "{text}");
    }
    for text in ["1.02", "123"] {
        assert!(matches!(StudyInstanceUid::parse(text).unwrap().doubts[..], [Doubt::Uid(_)]), "{text}");
    }
}

#[test]
fn pseudonyms_and_folders() {
    assert_eq!(Pseudonym::parse(" Patient A ").unwrap().value.as_str(), "Patient A");
    assert!(matches!(Pseudonym::parse("#NAAM?").unwrap_err(), Spoilt::SpreadsheetError(_)));
    assert!(matches!(Pseudonym::parse("1,23457E+15").unwrap_err(), Spoilt::Exponent(_)));
    assert!(matches!(Pseudonym::parse(r"a\b").unwrap_err(), Spoilt::Backslash(_)));
    assert_eq!(DataPath::parse(" patient1").unwrap().value.as_str(), " patient1");
    assert_eq!(DataPath::parse("p.").unwrap().doubts, [Doubt::WindowsName]);
    assert_eq!(
        DataPath::parse("../p/./1E+5\t").unwrap(),
        Parsed { value: DataPath("../p/./1E+5".to_owned()), doubts: vec![] }
    );
    assert!(DataPath::parse("#REF!").is_err());
}

proptest! {
    #[test]
    fn what_was_parsed_is_parsed_again_without_a_doubt_about_what_is_invisible(text in "\\PC{0,20}|[0-9E.,+#=\" \u{200b}-]{0,20}") {
        if let Ok(parsed) = AccessionNumber::parse(&text) {
            let again = AccessionNumber::parse(parsed.value.as_str());
            prop_assert_eq!(again.map(|parsed| parsed.value), Ok(parsed.value));
        }
        if let Ok(parsed) = Pseudonym::parse(&text) {
            let again = Pseudonym::parse(parsed.value.as_str()).unwrap();
            prop_assert!(!again.doubts.iter().any(|doubt| matches!(doubt, Doubt::Invisible(_))));
            prop_assert_eq!(again.value, parsed.value);
        }
        let _ = StudyInstanceUid::parse(&text);
        let _ = DataPath::parse(&text);
    }
}
