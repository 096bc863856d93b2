//! Text as programs and people leave it: encodings, records of delimited values, near misses, the user's locale.

pub mod encoding;
pub mod locale;
mod nearest;
pub mod records;
mod words;

use std::io;

pub use nearest::nearest;
pub use words::{agreeing, counted};

/// The operating system's words, without Rust's "(os error 2)".
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
