//! Accession numbers, UIDs, pseudonyms and folders: parsed once, in one place, wherever they come from.

use std::fmt;

use super::clean::{clean, without_invisible};
use super::spoilt::{Doubt, Spoilt, by_spreadsheet, perhaps_by_spreadsheet};
use super::{Column, Source};

/// A value, and what there is to tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The value.
    pub value: T,
    /// Why it should be looked at; mostly nothing.
    pub doubts: Vec<Doubt>,
}

impl<T> Parsed<T> {
    /// The value as something else.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed { value: make(self.value), doubts: self.doubts }
    }
}

macro_rules! text_value {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text, as it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_value! {
    /// The number that a hospital gives a study (DICOM AccessionNumber (0008,0050)).
    AccessionNumber;
    /// The UID of a study (DICOM StudyInstanceUID (0020,000D)).
    StudyInstanceUid;
    /// What stands in for a patient's name or ID.
    Pseudonym;
    /// The path of a folder or of a file selection, as it was typed.
    DataPath;
}

/// Files that hold lists of values.
const LISTS: [&str; 8] = [".csv", ".txt", ".tsv", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"];

impl AccessionNumber {
    /// Characters that DICOM allows (VR SH).
    pub const MOST: usize = 16;

    /// Reads an accession number.
    ///
    /// # Errors
    /// [`Spoilt`] if a program has made something else of it, or if it was never one.
    pub fn parse(text: &str) -> Result<Parsed<AccessionNumber>, Spoilt> {
        let (text, mut doubts) = cleaned(text)?;
        let text = match text.split_once(':').map(|(prefix, number)| (prefix.trim(), number.trim())) {
            Some((prefix, number)) if prefix.eq_ignore_ascii_case("accession_number") && !number.is_empty() => {
                doubts.push(Doubt::Prefix("accession_number"));
                number.to_owned()
            }
            Some((prefix, _)) if Source::TYPES.iter().any(|known| known.eq_ignore_ascii_case(prefix)) => {
                return Err(Spoilt::OtherSource(text));
            }
            _ => text,
        };
        // `111, 222` is typed as two words.
        let number = text.trim_end_matches([',', ';', ' ']);
        if number.is_empty() {
            return Err(Spoilt::Empty);
        }
        if let Some(spoilt) = by_spreadsheet(number) {
            return Err(spoilt);
        }
        let lower = number.to_lowercase();
        if LISTS.iter().any(|ending| lower.ends_with(ending)) {
            return Err(Spoilt::FileName(number.to_owned()));
        }
        if Column::of_name(number).is_some() {
            return Err(Spoilt::Heading(number.to_owned()));
        }
        doubts.extend(perhaps_by_spreadsheet(number));
        doubts.extend(looks_like_date(&lower).then_some(Doubt::Date));
        doubts.extend(number.find([',', ';']).map(|at| Doubt::Separator(char::from(number.as_bytes()[at]))));
        doubts.extend(number.contains(char::is_whitespace).then_some(Doubt::Space));
        doubts.extend((!number.contains(|c: char| c.is_numeric())).then_some(Doubt::NoDigit));
        doubts.extend(too_long(number, AccessionNumber::MOST));
        Ok(Parsed { value: AccessionNumber(number.to_owned()), doubts })
    }

    /// Reads an accession number that was typed, where a comma may stand between two.
    ///
    /// # Errors
    /// As [`AccessionNumber::parse`], and for what could be several.
    pub fn parse_typed(text: &str) -> Result<Parsed<AccessionNumber>, Spoilt> {
        let parsed = AccessionNumber::parse(text)?;
        if parsed.doubts.iter().any(|doubt| matches!(doubt, Doubt::Separator(_) | Doubt::Space)) {
            return Err(Spoilt::Several(parsed.value.0));
        }
        Ok(parsed)
    }
}

impl StudyInstanceUid {
    /// Characters that a UID may have (PS3.5, 9.1).
    pub const MOST: usize = 64;

    /// Reads a UID: digits and dots, 64 at most (PS3.5, 9.1).
    ///
    /// # Errors
    /// [`Spoilt`] if it cannot be one.
    pub fn parse(text: &str) -> Result<Parsed<StudyInstanceUid>, Spoilt> {
        let (text, mut doubts) = cleaned(text)?;
        if let Some(spoilt) = by_spreadsheet(&text) {
            return Err(spoilt);
        }
        let why = if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            Some("a UID has only digits and dots")
        } else if text.len() > StudyInstanceUid::MOST {
            Some("a UID has at most 64 characters")
        } else if text.split('.').any(str::is_empty) {
            Some("there is no number between two dots")
        } else {
            None
        };
        if let Some(why) = why {
            return Err(Spoilt::NotAUid { text, why });
        }
        if !text.contains('.') {
            doubts.push(Doubt::Uid("there is no dot in it"));
        } else if text.split('.').any(|part| part.len() > 1 && part.starts_with('0')) {
            doubts.push(Doubt::Uid("a part begins with 0"));
        }
        Ok(Parsed { value: StudyInstanceUid(text), doubts })
    }
}

impl Pseudonym {
    /// Characters that DICOM allows for a patient's name or ID (VR LO; PN allows as many for each of its groups).
    pub const MOST: usize = 64;

    /// Reads a pseudonym.
    ///
    /// # Errors
    /// [`Spoilt`] if a program has made something else of it, or if DICOM cannot hold it.
    pub fn parse(text: &str) -> Result<Parsed<Pseudonym>, Spoilt> {
        let (text, mut doubts) = cleaned(text)?;
        if let Some(spoilt) = by_spreadsheet(&text) {
            return Err(spoilt);
        }
        if text.contains('\\') {
            return Err(Spoilt::Backslash(text));
        }
        doubts.extend(perhaps_by_spreadsheet(&text));
        doubts.extend(too_long(&text, Pseudonym::MOST));
        Ok(Parsed { value: Pseudonym(text), doubts })
    }
}

impl DataPath {
    /// The path of something that is there: its name is right, whatever it looks like.
    pub fn of(path: String) -> DataPath {
        DataPath(path)
    }

    /// Reads the path of a folder or a file. A space at its start or end can be part of a name, and stays.
    ///
    /// # Errors
    /// [`Spoilt`] if a program has made something else of it.
    pub fn parse(text: &str) -> Result<Parsed<DataPath>, Spoilt> {
        let cleaned = without_invisible(text);
        let text = cleaned.text.trim_matches(|c: char| c.is_whitespace() && c != ' ');
        let name = text.trim();
        if name.is_empty() {
            return Err(Spoilt::Empty);
        }
        if name.contains(char::is_control) {
            return Err(Spoilt::ControlCharacter(text.to_owned()));
        }
        // A folder can be called `1E5` or `12345678901234500`: it is there, or it is not.
        if let Some(spoilt @ (Spoilt::SpreadsheetError(_) | Spoilt::Hashes(_))) = by_spreadsheet(name) {
            return Err(spoilt);
        }
        let mut doubts: Vec<Doubt> = vec![];
        if !cleaned.removed.is_empty() {
            doubts.push(Doubt::Invisible(cleaned.removed.clone()));
        }
        let ends_oddly = |part: &str| !matches!(part, "." | "..") && part.ends_with(['.', ' ']);
        if text.split(['/', '\\']).any(ends_oddly) {
            doubts.push(Doubt::WindowsName);
        }
        Ok(Parsed { value: DataPath(text.to_owned()), doubts })
    }
}

/// The text that is left, and what was removed from it.
fn cleaned(text: &str) -> Result<(String, Vec<Doubt>), Spoilt> {
    let cleaned = clean(text);
    if cleaned.text.is_empty() {
        return Err(Spoilt::Empty);
    }
    if cleaned.text.contains(char::is_control) {
        return Err(Spoilt::ControlCharacter(cleaned.text.into_owned()));
    }
    let doubts = if cleaned.removed.is_empty() { vec![] } else { vec![Doubt::Invisible(cleaned.removed)] };
    Ok((cleaned.text.into_owned(), doubts))
}

fn too_long(text: &str, most: usize) -> Option<Doubt> {
    let found = text.chars().count();
    (found > most).then_some(Doubt::Long { found, most })
}

/// `12-11-2026`, `2026/11/12`, `dec-45`, `12:30:00`: what a spreadsheet makes of a number with a dash or a colon.
fn looks_like_date(lower: &str) -> bool {
    let parts: Vec<&str> = lower.split(['-', '/', ':', ' ']).collect();
    let number = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let month = |part: &&str| {
        const MONTHS: [&str; 17] = [
            "jan", "feb", "mar", "mrt", "mär", "apr", "may", "mei", "mai", "jun", "jul", "aug", "sep", "oct", "okt",
            "nov", "dec",
        ];
        let part = part.trim_end_matches('.');
        (3..=4).contains(&part.chars().count()) && MONTHS.iter().any(|name| part.starts_with(name)) || part == "dez"
    };
    let small = |part: &&str| number(part) && part.len() <= 2;
    match parts.as_slice() {
        [one, two] => small(one) && month(two) || month(one) && number(two),
        [day, middle, year] => {
            (number(day) && number(year) && (small(middle) || month(middle))) && (day.len() <= 2 || year.len() <= 2)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
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
        assert!(matches!(spoilt("1\n2"), Spoilt::ControlCharacter(_)));
        assert!(matches!(AccessionNumber::parse_typed("111,222").unwrap_err(), Spoilt::Several(_)));
        assert_eq!(AccessionNumber::parse_typed("111,").unwrap().value.as_str(), "111");
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
}
