//! What spreadsheets, web pages and dialogs leave around a value.

use std::borrow::Cow;

/// A text without its invisible characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned<'a> {
    /// What is left.
    pub text: Cow<'a, str>,
    /// The invisible characters that were in it, each once.
    pub removed: Vec<char>,
}

/// Zero-width characters, direction marks, soft hyphens, byte order marks: they show nothing and make two texts differ.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Removes invisible characters, unwraps `="0012345"`, and takes off the spaces around, no-break ones too.
pub fn clean(text: &str) -> Cleaned<'_> {
    let Cleaned { text, removed } = without_invisible(text);
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(unwrapped(text.trim())),
        Cow::Owned(text) => Cow::Owned(unwrapped(text.trim()).to_owned()),
    };
    Cleaned { text, removed }
}

/// As [`clean`], but spaces stay: a name can begin with one.
pub fn without_invisible(text: &str) -> Cleaned<'_> {
    if text.is_ascii() || !text.contains(is_invisible) {
        return Cleaned { text: Cow::Borrowed(text), removed: vec![] };
    }
    let mut removed: Vec<char> = vec![];
    for c in text.chars().filter(|c| is_invisible(*c)) {
        if !removed.contains(&c) {
            removed.push(c);
        }
    }
    Cleaned { text: Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect()), removed }
}

/// `="0012345"` is how exports keep a spreadsheet from making a number of a text.
fn unwrapped(text: &str) -> &str {
    let inside = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inside.filter(|inside| !inside.contains('"')).map_or(text, str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_removed_and_named() {
        let cleaned = clean("\u{feff}\u{a0}11\u{200b}1\u{200b} ");
        assert_eq!((cleaned.text.as_ref(), cleaned.removed.as_slice()), ("111", &['\u{feff}', '\u{200b}'][..]));
        assert_eq!(clean(" a b ").text, "a b");
        assert_eq!(without_invisible(" a\u{200e}").text, " a");
    }

    #[test]
    fn a_text_made_to_survive_a_spreadsheet_is_unwrapped() {
        for (typed, value) in [("=\"0012345\"", "0012345"), ("=\"a\"b\"", "=\"a\"b\""), ("=1+1", "=1+1"), ("=\"\"", "")]
        {
            assert_eq!(clean(typed).text, value, "{typed}");
        }
    }
}
