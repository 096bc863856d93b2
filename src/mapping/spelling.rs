//! Names that are written differently and are one name on disk.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// How a name is spelt where capitals and small letters, composed and decomposed accents, and dots and spaces at the end make
/// no difference: two names that are the same so are one name to Windows, or to macOS.
pub(super) fn folded(name: &str) -> Cow<'_, str> {
    let name = name.trim_end_matches(['.', ' ']);
    if !name.is_ascii() {
        return Cow::Owned(name.nfc().flat_map(char::to_lowercase).nfc().collect());
    }
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(name.to_ascii_lowercase());
    }
    Cow::Borrowed(name)
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn names_that_are_one_on_disk() {
        for (one, other) in [("Anon1", "anon1"), ("Jos\u{e9}", "JOSE\u{301}"), ("a.", "A "), ("\u{d6}", "o\u{308}")] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        for (one, other) in [("a", "b"), ("a b", "ab"), (" a", "a"), ("Jose", "Jos\u{e9}"), ("a.b", "ab")] {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }
}
