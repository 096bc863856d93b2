//! Text as programs and people leave it: encodings, records of delimited values, near misses, the user's locale.

pub mod encoding;
pub mod locale;
mod nearest;
pub mod records;

use std::io;

pub use nearest::nearest;

/// The operating system's words, without Rust's "(os error 2)".
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// `1 file`, `2 files`.
pub fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
