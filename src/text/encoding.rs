//! Text as programs leave it: which encoding a file has, and back to the very same bytes.

use std::path::Path;

use encoding_rs::{UTF_8, WINDOWS_1252};

use super::locale;
use crate::problem::Problems;

/// How a text is written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8; what Excel calls "CSV UTF-8" begins with a byte order mark.
    Utf8 {
        /// Whether the file begins with a byte order mark.
        bom: bool,
    },
    /// UTF-16, low byte first; what Excel calls "Unicode text".
    Utf16Le {
        /// Whether the file begins with a byte order mark.
        bom: bool,
    },
    /// UTF-16, high byte first.
    Utf16Be {
        /// Whether the file begins with a byte order mark.
        bom: bool,
    },
    /// What Excel calls "CSV": the ANSI code page of Windows, such as Windows-1252.
    CodePage(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// The encoding of a file that is new, or that was ASCII so far: the one that other programs of this user read.
    pub fn of_new_text() -> Encoding {
        Encoding::named(locale::encoding())
    }

    /// The encoding of this name.
    pub fn named(encoding: &'static encoding_rs::Encoding) -> Encoding {
        if encoding == UTF_8 { Encoding::Utf8 { bom: false } } else { Encoding::CodePage(encoding) }
    }
}

/// A text and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without byte order mark.
    pub text: String,
    /// How it was written.
    pub encoding: Encoding,
}

/// Why bytes are not read as text: what they are, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found}")]
pub struct NotText {
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl NotText {
    fn new(found: impl Into<String>) -> NotText {
        NotText {
            found: found.into(),
            hint: "save it again as 'CSV UTF-8' or as plain text; see 'anon help troubleshooting UTF-8'",
        }
    }

    /// The error for the file that holds these bytes.
    pub fn in_file(self, path: &Path) -> Problems {
        Problems::whole(path, self.found, self.hint)
    }
}

/// A character that an encoding cannot write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("'{character}' cannot be written in {encoding}")]
pub struct Unwritable {
    /// The first such character.
    pub character: char,
    /// The encoding.
    pub encoding: Encoding,
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Encoding::Utf8 { .. } => f.write_str("UTF-8"),
            Encoding::Utf16Le { .. } | Encoding::Utf16Be { .. } => f.write_str("UTF-16"),
            Encoding::CodePage(page) => f.write_str(&page.name().replace("windows-", "Windows-")),
        }
    }
}

/// What a file in UTF-8 may begin with.
pub const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
const UTF16_LE_BOM: &[u8] = b"\xFF\xFE";
const UTF16_BE_BOM: &[u8] = b"\xFE\xFF";

/// Reads bytes as text. A byte order mark decides; without one, what is not valid UTF-8 is in the code page of the user's
/// locale, or Windows-1252 where that is UTF-8, unless it can only be UTF-16.
///
/// # Errors
/// [`NotText`] for anything else: workbooks, pictures, text with NUL characters, broken UTF-16.
pub fn decode(bytes: &[u8]) -> Result<Decoded, NotText> {
    if let Some(found) = foreign(bytes) {
        return Err(NotText::new(format!("this is {found}, not a text file")));
    }
    if let Some(rest) = bytes.strip_prefix(UTF8_MARK) {
        let text = std::str::from_utf8(rest).map_err(|error| {
            NotText::new(format!("it begins as UTF-8 but byte {} is not", error.valid_up_to() + UTF8_MARK.len() + 1))
        })?;
        return readable(text.to_owned(), Encoding::Utf8 { bom: true });
    }
    if let Some(rest) = bytes.strip_prefix(UTF16_LE_BOM) {
        return readable(utf16(rest, u16::from_le_bytes)?, Encoding::Utf16Le { bom: true });
    }
    if let Some(rest) = bytes.strip_prefix(UTF16_BE_BOM) {
        return readable(utf16(rest, u16::from_be_bytes)?, Encoding::Utf16Be { bom: true });
    }
    if bytes.contains(&0) {
        return utf16_without_mark(bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => readable(text.to_owned(), Encoding::Utf8 { bom: false }),
        Err(_) => in_code_page(bytes, locale::code_page()),
    }
}

fn in_code_page(bytes: &[u8], page: &'static encoding_rs::Encoding) -> Result<Decoded, NotText> {
    match page.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => readable(text.into_owned(), Encoding::CodePage(page)),
        // Every byte means something in it.
        None => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            readable(text.into_owned(), Encoding::CodePage(WINDOWS_1252))
        }
    }
}

/// As [`decode`], of bytes that are not needed any more: a large file is not held twice.
///
/// # Errors
/// As [`decode`].
pub fn decode_owned(bytes: Vec<u8>) -> Result<Decoded, NotText> {
    if bytes.starts_with(UTF8_MARK) || bytes.contains(&0) || foreign(&bytes).is_some() {
        return decode(&bytes);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text, encoding: Encoding::Utf8 { bom: false } }),
        Err(error) => decode(error.as_bytes()),
    }
}

/// Writes text as bytes.
///
/// # Errors
/// [`Unwritable`] names the first character that the encoding does not have.
pub fn encode(text: &str, encoding: Encoding) -> Result<Vec<u8>, Unwritable> {
    let mut bytes = Vec::with_capacity(text.len() + UTF8_MARK.len());
    match encoding {
        Encoding::Utf8 { bom } => {
            bytes.extend_from_slice(if bom { UTF8_MARK } else { b"" });
            bytes.extend_from_slice(text.as_bytes());
        }
        Encoding::Utf16Le { bom } => {
            bytes.extend_from_slice(if bom { UTF16_LE_BOM } else { b"" });
            bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        }
        Encoding::Utf16Be { bom } => {
            bytes.extend_from_slice(if bom { UTF16_BE_BOM } else { b"" });
            bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        }
        Encoding::CodePage(page) => {
            let (written, _, replaced) = page.encode(text);
            if replaced {
                let mut buffer = [0; 4];
                let strange = |letter: &char| page.encode(letter.encode_utf8(&mut buffer)).2;
                let character = text.chars().find(strange).unwrap_or(char::REPLACEMENT_CHARACTER);
                return Err(Unwritable { character, encoding });
            }
            bytes.extend_from_slice(&written);
        }
    }
    Ok(bytes)
}

/// What kind of file this is, if its first bytes show that it is not text.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "a workbook or another zip archive"),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook (.xls) or another Office file"),
        (b"%PDF", "a PDF document"),
        (b"{\\rtf", "a rich text document"),
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"\x1F\x8B", "a compressed file"),
        (b"\xFF\xFE\0\0", "UTF-32 text"),
    ];
    known.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}

fn readable(text: String, encoding: Encoding) -> Result<Decoded, NotText> {
    match text.find('\0') {
        Some(_) => Err(NotText::new("it contains NUL characters, so it is not a text file")),
        None => Ok(Decoded { text, encoding }),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NotText::new("it looks like UTF-16 but ends in half a character"));
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.map_err(|_| NotText::new("it looks like UTF-16 but contains half a character"))
}

/// Text with many Latin letters has, as UTF-16, a zero in every other byte and hardly any elsewhere.
fn utf16_without_mark(bytes: &[u8]) -> Result<Decoded, NotText> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let (low_first, high_first) = pairs.iter().fold((0, 0), |(le, be), [first, second]| {
        (le + usize::from(*first != 0 && *second == 0), be + usize::from(*first == 0 && *second != 0))
    });
    // In a long text, other letters may dominate: it still has headings, names and delimiters.
    let mostly = |some: usize, other: usize| {
        some * 2 > pairs.len() && other == 0 || pairs.len() > 64 && some * 4 > pairs.len() && some > other * 4
    };
    let decoded = if mostly(low_first, high_first) {
        readable(utf16(bytes, u16::from_le_bytes)?, Encoding::Utf16Le { bom: false })
    } else if mostly(high_first, low_first) {
        readable(utf16(bytes, u16::from_be_bytes)?, Encoding::Utf16Be { bom: false })
    } else {
        Err(NotText::new("it contains NUL characters, so it is not a text file"))
    };
    // Control characters there mean that the zeros were something else.
    decoded.and_then(|decoded| match decoded.text.chars().any(|c| c < ' ' && !"\t\r\n\x0C\x1A".contains(c)) {
        true => Err(NotText::new("it contains control characters, so it is not a text file")),
        false => Ok(decoded),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8]) -> Decoded {
        decode(bytes).unwrap()
    }

    #[test]
    fn every_encoding_is_recognised() {
        for (bytes, encoding) in [
            (&b"caf\xC3\xA9"[..], Encoding::Utf8 { bom: false }),
            (b"\xEF\xBB\xBFcaf\xC3\xA9", Encoding::Utf8 { bom: true }),
            (b"caf\xE9", Encoding::CodePage(WINDOWS_1252)),
            (b"\xFF\xFEc\0a\0f\0\xE9\0", Encoding::Utf16Le { bom: true }),
            (b"\xFE\xFF\0c\0a\0f\0\xE9", Encoding::Utf16Be { bom: true }),
            (b"c\0a\0f\0\xE9\0", Encoding::Utf16Le { bom: false }),
            (b"\0c\0a\0f\0\xE9", Encoding::Utf16Be { bom: false }),
        ] {
            let found = decoded(bytes);
            assert_eq!((found.text.as_str(), found.encoding), ("café", encoding));
            assert_eq!(encode(&found.text, encoding).unwrap(), bytes);
        }
        assert_eq!(decoded(b"").encoding, Encoding::Utf8 { bom: false });
        assert_eq!(decoded(b"\x80 \x85").text, "€ …");
    }

    #[test]
    fn binary_files_are_named() {
        for (bytes, name) in [
            (&b"PK\x03\x04rest"[..], "workbook"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old Excel workbook"),
            (b"%PDF-1.4", "PDF"),
            (b"ab\0c", "NUL"),
            (b"\0\0\0\0\0\0", "NUL"),
            (b"\xFF\xFEa", "half a character"),
            (b"\xFF\xFE\x00\xD8", "half a character"),
            (b"\xFF\xFE\0\0a\0\0\0", "UTF-32"),
            (b"\xEF\xBB\xBF\xE9", "byte 4"),
            (b"\x01\0\x02\0\x03\0", "control characters"),
        ] {
            let error = decode(bytes).unwrap_err();
            assert!(error.to_string().contains(name), "{bytes:?}: {error}");
        }
    }

    #[test]
    fn the_users_code_page_is_read_if_it_fits() {
        let polish = in_code_page(b"pacjent \x9c", encoding_rs::WINDOWS_1250).unwrap();
        assert_eq!(polish.text, "pacjent ś");
        assert_eq!(encode(&polish.text, polish.encoding).unwrap(), b"pacjent \x9c");
        let other = in_code_page(b"caf\xe9,x", encoding_rs::SHIFT_JIS).unwrap();
        assert_eq!((other.text.as_str(), other.encoding), ("café,x", Encoding::CodePage(WINDOWS_1252)));
    }

    #[test]
    fn a_character_that_does_not_fit_is_named() {
        let error = encode("Jos\u{e9} \u{6f22}", Encoding::CodePage(WINDOWS_1252)).unwrap_err();
        assert_eq!(error.to_string(), "'漢' cannot be written in Windows-1252");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decode_owned(bytes.clone()), decode(&bytes));
            if let Ok(found) = decode(&bytes) {
                prop_assert_eq!(encode(&found.text, found.encoding).unwrap(), bytes);
            }
        }

        #[test]
        fn text_comes_back(text in "[^\0]{0,80}", which in 0..3) {
            let encoding = [Encoding::Utf8 { bom: true }, Encoding::Utf16Le { bom: true },
                Encoding::Utf16Be { bom: true }][which as usize];
            let bytes = encode(&text, encoding).unwrap();
            prop_assert_eq!(decode(&bytes).unwrap(), Decoded { text, encoding });
        }
    }
}
