//! Accession numbers, UIDs, pseudonyms and folders: parsed once, in one place, wherever they come from.

use std::fmt;

use crate::values::clean::{clean, without_invisible};
use crate::values::spoilt::{Doubt, Spoilt, by_spreadsheet, is_total, perhaps_by_spreadsheet};
use crate::values::{Column, Source};

/// A value, and what to say about it.
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
            /// The text as it will be sent.
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

/// What stands between two values, or between the parts of one.
const SEPARATORS: [char; 6] = [',', ';', '|', ':', '/', '.'];

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
        if is_total(number) {
            return Err(Spoilt::Total(number.to_owned()));
        }
        if number.contains('\\') {
            return Err(Spoilt::Backslash(number.to_owned()));
        }
        if number.starts_with(SEPARATORS) || number.ends_with(SEPARATORS) {
            return Err(Spoilt::Separator(number.to_owned()));
        }
        doubts.extend(perhaps_by_spreadsheet(number));
        doubts.extend(looks_like_date(number).then_some(Doubt::Date));
        doubts.extend(number.chars().find(|c| is_unusual(*c)).map(Doubt::Unusual));
        doubts.extend(number.find([',', ';']).map(|at| Doubt::Separator(char::from(number.as_bytes()[at]))));
        doubts.extend(number.contains(char::is_whitespace).then_some(Doubt::Space));
        doubts.extend((!number.contains(|c: char| c.is_numeric())).then_some(Doubt::NoDigit));
        doubts.extend(too_long(number, AccessionNumber::MOST));
        Ok(Parsed { value: AccessionNumber(number.to_owned()), doubts })
    }

    /// Reads an accession number of a list, where a row holds one. With `decimal_comma`, the list has 1,5 for one and a half:
    /// `1234567,12345678` is then the number 1234567.12345678.
    ///
    /// # Errors
    /// As [`AccessionNumber::parse`], and for what could be several.
    pub fn parse_listed(text: &str, decimal_comma: bool) -> Result<Parsed<AccessionNumber>, Spoilt> {
        let mut parsed = AccessionNumber::parse(text)?;
        if !parsed.doubts.iter().any(|doubt| matches!(doubt, Doubt::Separator(_))) {
            return Ok(parsed);
        }
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match parsed.value.0.split_once(',') {
            Some((whole, fraction)) if decimal_comma && digits(whole) && digits(fraction) => {
                parsed.value.0 = format!("{whole}.{fraction}");
                parsed.doubts.retain(|doubt| !matches!(doubt, Doubt::Separator(_)));
                parsed.doubts.push(Doubt::DecimalComma);
                Ok(parsed)
            }
            _ => Err(Spoilt::Several(parsed.value.0)),
        }
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
        doubts.extend(looks_like_date(&text).then_some(Doubt::Date));
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
        if let Some(spoilt) = control(text) {
            return Err(spoilt);
        }
        // A folder can be called `1E5` or `12345678901234500`: either it exists or it does not.
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
    if let Some(spoilt) = control(&cleaned.text) {
        return Err(spoilt);
    }
    let mut doubts = if cleaned.removed.is_empty() { vec![] } else { vec![Doubt::Invisible(cleaned.removed)] };
    let text = match without_apostrophes(&cleaned.text) {
        Some(text) => {
            doubts.push(Doubt::Apostrophe);
            text.to_owned()
        }
        None => cleaned.text.into_owned(),
    };
    Ok((text, doubts))
}

/// `'0012345`: an apostrophe tells a spreadsheet that this is text. `'A'`: a program has put it in quotes.
fn without_apostrophes(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('\'')?;
    let inside = rest.strip_suffix('\'').or_else(|| rest.starts_with(|c: char| c.is_ascii_digit()).then_some(rest))?;
    Some(inside.trim()).filter(|inside| !inside.is_empty() && !inside.contains('\''))
}

/// Letters, digits and a few marks are usual. A wildcard could stand for the studies of other patients.
fn is_unusual(c: char) -> bool {
    !c.is_ascii_alphanumeric() && !c.is_whitespace() && !"._-/:;,#+".contains(c)
}

fn control(text: &str) -> Option<Spoilt> {
    if text.contains(['\r', '\n']) {
        return Some(Spoilt::Lines(text.to_owned()));
    }
    text.contains(char::is_control).then(|| Spoilt::ControlCharacter(text.to_owned()))
}

fn too_long(text: &str, most: usize) -> Option<Doubt> {
    let found = text.chars().count();
    (found > most).then_some(Doubt::Long { found, most })
}

/// `12-11-2026`, `2026/11/12`, `dec-45`, `12:30:00`, with a time or without: what a spreadsheet makes of a number with a dash.
fn looks_like_date(text: &str) -> bool {
    let lower = text.to_lowercase();
    let date = match lower.split_once([' ', 't']) {
        Some((date, time)) if time.len() >= 5 && time.bytes().all(|byte| b"0123456789:.z+".contains(&byte)) => date,
        _ => &lower,
    };
    let number = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let small = |part: &&str| number(part) && part.len() <= 2;
    let month = |part: &&str| {
        const MONTHS: [&str; 17] = [
            "jan", "feb", "mar", "mrt", "mär", "apr", "may", "mei", "mai", "jun", "jul", "aug", "sep", "oct", "okt",
            "nov", "dec",
        ];
        let part = part.trim_end_matches('.');
        (3..=4).contains(&part.chars().count()) && MONTHS.iter().any(|name| part.starts_with(name)) || part == "dez"
    };
    let parts: Vec<&str> = date.split(['-', '/', ':', ' ']).collect();
    let dotted: Vec<&str> = date.split('.').collect();
    match (parts.as_slice(), dotted.as_slice()) {
        ([one, two], _) => small(one) && month(two) || month(one) && number(two),
        ([day, middle, year], _) => {
            (number(day) && number(year) && (small(middle) || month(middle))) && (day.len() <= 2 || year.len() <= 2)
        }
        (_, [day, middle, year]) => small(day) && small(middle) && number(year) && year.len() == 4,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
