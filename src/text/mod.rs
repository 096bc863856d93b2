//! Text as programs and people leave it: encodings, records of delimited values, near misses, the user's locale.

pub mod encoding;
pub mod locale;
pub mod mixture;
mod nearest;
pub mod records;
mod words;

use std::borrow::Cow;
use std::io;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

pub use nearest::nearest;
pub use words::{agreeing, counted, grouped, or_empty, sized};

/// The operating system's words, without Rust's "(os error 2)".
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// Text in which an accent is part of its letter (NFC). Disks have names in either form, and some programs change it.
pub fn composed(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    }
}
