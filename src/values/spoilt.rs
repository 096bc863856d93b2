//! What programs make of values on their way through a spreadsheet.

/// Why a text is not taken for a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Spoilt {
    /// Nothing is left of it.
    #[error("it is empty")]
    Empty,
    /// `#N/A`, `#WERT!`: the error that a spreadsheet shows.
    #[error("'{0}' is an error that a spreadsheet shows, not a value")]
    SpreadsheetError(String),
    /// `####`: the column was too narrow.
    #[error("'{0}' is what a spreadsheet shows where a column is too narrow")]
    Hashes(String),
    /// `1.23457E+15`: most of the digits are gone.
    #[error("'{0}' is a number that a spreadsheet has shortened")]
    Exponent(String),
    /// `12345678901234500`: a spreadsheet keeps 15 digits and makes the others 0.
    #[error("'{0}': a spreadsheet has cut this number after 15 digits")]
    CutAfter15Digits(String),
    /// The name of a file where the values in it are meant.
    #[error("'{0}' is the name of a file, not an accession number")]
    FileName(String),
    /// The name of a column where the values below it are meant.
    #[error("'{0}' is the name of a column, not a value")]
    Heading(String),
    /// `study_instance_uid:1.2.3` where an accession number belongs.
    #[error("'{0}' is another type of source, not an accession number")]
    OtherSource(String),
    /// `111,222`: two values, or one with a decimal comma.
    #[error("'{0}' could be several accession numbers, or one")]
    Several(String),
    /// `=A1&A2`: what a cell calculates, in place of its result.
    #[error("'{0}' is a formula, not its result")]
    Formula(String),
    /// `nan`, `NULL`, `(blank)`: how programs write a missing value.
    #[error("'{0}' is how a program writes that there is no value")]
    NoValue(String),
    /// `Grand Total`: a line below a table, not part of it.
    #[error("'{0}' belongs to a total, and is not an accession number")]
    Total(String),
    /// `111:`: it begins or ends with what stands between two values, or two parts of one.
    #[error("'{0}' begins or ends with a separator, so a part of it may be missing")]
    Separator(String),
    /// More than one line in a cell.
    #[error("'{}' is more than one line", .0.escape_debug())]
    Lines(String),
    /// A control character.
    #[error("'{}' contains a control character", .0.escape_debug())]
    ControlCharacter(String),
    /// A backslash, which DICOM puts between two values (PS3.5, 6.2).
    #[error("'{0}' contains a backslash, which DICOM puts between two values")]
    Backslash(String),
    /// No UID by PS3.5, 9.1.
    #[error("'{text}' is not a UID: {why}")]
    NotAUid {
        /// The text.
        text: String,
        /// The rule that it breaks.
        why: &'static str,
    },
}

impl Spoilt {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Spoilt::Empty => "fill it in, or leave it out",
            Spoilt::SpreadsheetError(_) => "correct the formula in the spreadsheet, or type the value",
            Spoilt::Hashes(_) => "make the column wider and save the list again",
            Spoilt::Exponent(_) | Spoilt::CutAfter15Digits(_) => {
                "take it from its source again, with the column formatted as text"
            }
            Spoilt::Formula(_) => "save the list from a spreadsheet program, so that it contains their results",
            Spoilt::NoValue(_) => "fill it in, or clear the row",
            Spoilt::Total(_) => "remove that line",
            Spoilt::Separator(_) => "check it at its source, and remove the separator",
            Spoilt::FileName(_) => "to add the numbers in a file, put '--input-file' before its name",
            Spoilt::Heading(_) => "remove that line or leave the word out",
            Spoilt::OtherSource(_) => "write that source into the mapping itself with 'anon map edit'",
            Spoilt::Several(_) => "put a space between two numbers; write a decimal comma as a point",
            Spoilt::Lines(_) => "write one value per row",
            Spoilt::ControlCharacter(_) | Spoilt::Backslash(_) => "remove it",
            Spoilt::NotAUid { .. } => "copy it again: a StudyInstanceUID looks like 1.2.840.113619.2.5",
        }
    }
}

/// A value that is accepted but should be checked: the user is told.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Doubt {
    /// Characters that show nothing were removed.
    #[error("invisible characters were removed: {}", listed(.0))]
    Invisible(Vec<char>),
    /// The prefix of a source was removed.
    #[error("the prefix '{0}:' was removed")]
    Prefix(&'static str),
    /// Longer than DICOM allows.
    #[error("it has {found} characters, DICOM allows {most}")]
    Long {
        /// How many characters it has.
        found: usize,
        /// How many its value representation allows (PS3.5, 6.2).
        most: usize,
    },
    /// `123E45` can be a number that a spreadsheet will shorten, or has shortened.
    #[error("it can be read as a number with an exponent")]
    Exponent,
    /// 16 digits ending in 0: one in ten does, and every one that a spreadsheet has truncated.
    #[error("a spreadsheet may have cut it after 15 digits")]
    CutAfter15Digits,
    /// `12-11-2026`, `dec-45`.
    #[error("it looks like a date")]
    Date,
    /// There is no digit in it.
    #[error("there is no digit in it")]
    NoDigit,
    /// A wildcard, or another character that accession numbers hardly ever have.
    #[error("there is a '{}' in it (U+{:04X})", .0, *.0 as u32)]
    Unusual(char),
    /// `'0012345`: an apostrophe tells a spreadsheet that a number is text.
    #[error("the apostrophe around it was removed")]
    Apostrophe,
    /// A space in the middle.
    #[error("there is a space in it")]
    Space,
    /// A comma or semicolon in the middle.
    #[error("there is a '{0}' in it")]
    Separator(char),
    /// `1234567,12345678` in a list of someone who writes a decimal comma.
    #[error("its decimal comma is sent as a point")]
    DecimalComma,
    /// A part that begins with 0, which PS3.5, 9.1 forbids, or a single part.
    #[error("it is not a valid UID (PS3.5, 9.1): {0}")]
    Uid(&'static str),
    /// A space before the name of a folder or file: it counts.
    #[error("it begins with a space, which is taken as part of the name")]
    LeadingSpace,
    /// Windows takes a dot or space at the end of a name for nothing.
    #[error("it ends in a dot or a space, which Windows drops")]
    WindowsName,
}

fn listed(characters: &[char]) -> String {
    characters.iter().map(|c| format!("U+{:04X}", *c as u32)).collect::<Vec<_>>().join(", ")
}

/// What a spreadsheet has made of a value, whatever it was the value of.
pub fn by_spreadsheet(text: &str) -> Option<Spoilt> {
    if text.starts_with('=') && text.len() > 1 {
        Some(Spoilt::Formula(text.to_owned()))
    } else if is_no_value(text) {
        Some(Spoilt::NoValue(text.to_owned()))
    } else if is_error(text) {
        Some(Spoilt::SpreadsheetError(text.to_owned()))
    } else if text.len() >= 3 && text.bytes().all(|byte| byte == b'#') {
        Some(Spoilt::Hashes(text.to_owned()))
    } else if exponent(text) == Some(Sure::Yes) {
        Some(Spoilt::Exponent(text.to_owned()))
    } else if digits_cut(text) >= Some(2) {
        Some(Spoilt::CutAfter15Digits(text.to_owned()))
    } else {
        None
    }
}

/// What a spreadsheet may have made of a value.
pub(super) fn perhaps_by_spreadsheet(text: &str) -> Option<Doubt> {
    if exponent(text) == Some(Sure::No) {
        Some(Doubt::Exponent)
    } else if digits_cut(text) == Some(1) {
        Some(Doubt::CutAfter15Digits)
    } else {
        None
    }
}

/// How pandas, R, databases and pivot tables write a missing value.
fn is_no_value(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "nan", "-nan", "nat", "na", "<na>", "n/a", "null", "none", "n.v.t.", "k.a.", "(blank)", "(leeg)", "(leer)",
        "(vide)",
    ];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text is what stands below a table, in front of or with a sum of it: `Totaal: 12`, `Grand Total`.
pub(super) fn is_total(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "total",
        "totals",
        "grand total",
        "subtotal",
        "sum",
        "count",
        "totaal",
        "eindtotaal",
        "subtotaal",
        "aantal",
        "som",
        "gesamt",
        "gesamtergebnis",
        "summe",
        "anzahl",
        "somme",
    ];
    let words = text.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || ":=.,".contains(c));
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(words))
}

/// Errors as spreadsheets show them in the languages that they come in: `#N/A`, `#WAARDE!`, `#¿NOMBRE?`, `#Н/Д`, `Err:502`.
fn is_error(text: &str) -> bool {
    if let Some(code) = text.strip_prefix("Err:") {
        return !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    }
    let Some(name) = text.strip_prefix('#') else { return false };
    let word = name.trim_start_matches(['¡', '¿']).trim_end_matches(['!', '?']);
    let is_word = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '_' | '.' | ' '))
        && word.chars().filter(|c| c.is_alphabetic()).count() > 1;
    const ENGLISH: [&str; 7] = ["n/a", "ref!", "value!", "name?", "div/0!", "num!", "null!"];
    // Each language shortens "not available" in its own way, and not all with a mark. A name can be `#A12`.
    let marked = name.ends_with(['!', '?']) || word.contains('/') || !word.chars().any(|c| c.is_ascii_digit());
    is_word && marked && !word.chars().any(char::is_lowercase) || ENGLISH.contains(&name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sure {
    Yes,
    No,
}

/// Whether a text is a number in exponent form. `1.2E15`, `1E+15` and `1E15` are how programs write one; `123E45` may also be
/// a name.
fn exponent(text: &str) -> Option<Sure> {
    if !text.contains(['e', 'E', '^']) {
        return None;
    }
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let number = text.strip_prefix(['+', '-', '\u{2212}']).unwrap_or(&text);
    let (mantissa, power) =
        number.split_once(['e', 'E']).or_else(|| number.split_once("×10^")).or_else(|| number.split_once("x10^"))?;
    let unsigned = power.strip_prefix(['+', '-', '\u{2212}']);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match mantissa.split_once(['.', ',', '\u{66b}']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if !digits(unsigned.unwrap_or(power))
        || !digits(whole)
        || !fraction.is_none_or(|text| text.is_empty() || digits(text))
    {
        return None;
    }
    let sure = unsigned.is_some() || fraction.is_some() || whole.len() == 1;
    Some(if sure { Sure::Yes } else { Sure::No })
}

/// How many digits are 0 that a spreadsheet would have made 0: all behind the fifteenth.
fn digits_cut(text: &str) -> Option<usize> {
    let bytes = text.trim_start_matches(['+', '-']).as_bytes();
    let (kept, cut) = bytes.split_at_checked(15)?;
    let is_cut = !cut.is_empty() && kept.iter().all(u8::is_ascii_digit) && cut.iter().all(|byte| *byte == b'0');
    is_cut.then_some(cut.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_spreadsheets_in_their_languages() {
        for text in [
            "#N/A",
            "#N/B",
            "#NV",
            "#WAARDE!",
            "#WERT!",
            "#VALEUR!",
            "#NOM?",
            "#SPILL!",
            "#DIV/0!",
            "#DEEL/0!",
            "#BEZUG!",
            "#¿NOMBRE?",
            "#¡VALOR!",
            "#Н/Д",
            "#ЗНАЧ!",
            "#DEĞER!",
            "#YOK",
            "#I/T",
            "#SAKNAS!",
            "#NULL!",
            "#GETTING_DATA",
            "Err:502",
            "#n/a",
            "#div/0!",
            "#PUUTTUU",
            "#NV",
        ] {
            assert!(matches!(by_spreadsheet(text), Some(Spoilt::SpreadsheetError(_))), "{text}");
        }
        for text in ["#1", "#12", "#Jan", "#A12", "#A", "#", "#a/b", "Err:x", "A#1!"] {
            assert_eq!(by_spreadsheet(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_lost_digits() {
        for text in
            ["1.23457E+15", "1,23457e+15", "1.2E15", "1E15", "-1E+5", "1e-05", "1.E+5", "1,2 E+15", "1.2 × 10^15"]
        {
            assert!(matches!(by_spreadsheet(text), Some(Spoilt::Exponent(_))), "{text}");
        }
        for text in ["12345678901234500", "1000000000000000000"] {
            assert!(matches!(by_spreadsheet(text), Some(Spoilt::CutAfter15Digits(_))), "{text}");
        }
        assert_eq!(perhaps_by_spreadsheet("1234567890123450"), Some(Doubt::CutAfter15Digits));
        assert_eq!(perhaps_by_spreadsheet("123E45"), Some(Doubt::Exponent));
        for text in
            ["123E45", "E15", "1E", "1E+", "12345678901234501", "1234567890123456", "123456789012340", "1.2.3E5"]
        {
            assert_eq!(by_spreadsheet(text), None, "{text}");
        }
    }

    #[test]
    fn formulas_totals_and_nothing() {
        assert!(matches!(by_spreadsheet("=A1&\"x\""), Some(Spoilt::Formula(_))));
        for text in ["nan", "NULL", "None", "N/A", "NA", "(blank)", "n.v.t."] {
            assert!(matches!(by_spreadsheet(text), Some(Spoilt::NoValue(_))), "{text}");
        }
        for text in ["Total", "Totaal: 12", "GRAND TOTAL", "Anzahl = 3", "som 1.234,50"] {
            assert!(is_total(text), "{text}");
        }
        for text in ["", "12", "Total3A", "sumatra", "=", "annan"] {
            assert!(!is_total(text) && by_spreadsheet(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_column_that_was_too_narrow() {
        assert!(matches!(by_spreadsheet("#####"), Some(Spoilt::Hashes(_))));
        assert_eq!(by_spreadsheet("##"), None);
    }
}
