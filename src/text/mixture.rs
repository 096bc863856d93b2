//! Files that are in two encodings: two programs wrote into them, each in its own.

use super::encoding::{Encoding, UTF8_MARK};
use super::{agreeing, locale};
use crate::problem::{Place, Problem, numbered};

/// What is wrong with a file that is in two encodings; `None` for one in a single encoding, as far as that can be seen.
pub fn mixture(bytes: &[u8]) -> Option<Problem> {
    let Mixture { utf8, other } = told_apart(bytes)?;
    let are = |lines: &[usize]| format!("{} {}", numbered(lines), agreeing(lines.len(), "is", "are"));
    let message = if utf8.is_empty() {
        format!("the file is in UTF-8, but {} not", are(&other))
    } else {
        format!("{} in UTF-8, {} in {}", are(&utf8), are(&other), Encoding::named(locale::code_page()))
    };
    let hint = "correct the letters with accents in those lines, and save the file as 'CSV UTF-8'; see 'anon help \
                troubleshooting UTF-8'";
    Some(Problem::new(Place::Line(other[0]), message).hint(hint))
}

/// Where a text is in UTF-8 and where it is not. Lines count from 1; lines of pure ASCII are neither.
struct Mixture {
    utf8: Vec<usize>,
    /// Lines in something else, and lines that are both.
    other: Vec<usize>,
}

/// A file that begins with the mark of UTF-8 should be that throughout.
fn told_apart(bytes: &[u8]) -> Option<Mixture> {
    if bytes.contains(&0) || std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let (marked, bytes) = match bytes.strip_prefix(UTF8_MARK) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let mut found = Mixture { utf8: vec![], other: vec![] };
    let mut has_both = false;
    for (index, line) in lines(bytes).enumerate() {
        match std::str::from_utf8(line) {
            Ok(_) if line.is_ascii() => {}
            Ok(_) => found.utf8.push(index + 1),
            Err(_) => {
                has_both |= has_letters_in_utf8(line);
                found.other.push(index + 1);
            }
        }
    }
    (marked || has_both || !found.utf8.is_empty()).then_some(found)
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
            return rest.take();
        };
        let next = if bytes[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 };
        rest = Some(&bytes[next..]);
        Some(&bytes[..end])
    })
}

/// Whether there is an accented Latin letter in UTF-8 in a line that is not UTF-8 as a whole. Other characters prove nothing:
/// `É»` in a code page looks like one.
fn has_letters_in_utf8(line: &[u8]) -> bool {
    line.utf8_chunks()
        .any(|chunk| chunk.valid().chars().any(|c| matches!(c, '\u{c0}'..='\u{24f}') && c.is_alphabetic()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines_of(bytes: &[u8]) -> Option<(Vec<usize>, Vec<usize>)> {
        told_apart(bytes).map(|found| (found.utf8, found.other))
    }

    #[test]
    fn the_lines_of_two_encodings() {
        assert_eq!(lines_of(b"a\r\ncaf\xC3\xA9\r\nb\rcaf\xE9\n\ncaf\xE9"), Some((vec![2], vec![4, 6])));
        assert_eq!(lines_of(b"a\ncaf\xC3\xA9 caf\xE9\n"), Some((vec![], vec![2])));
        assert_eq!(lines_of(b"\xEF\xBB\xBFa\ncaf\xE9"), Some((vec![], vec![2])));
    }

    proptest! {
        #[test]
        fn each_line_is_told(lines in proptest::collection::vec(("[a-z,;]{0,3}[\u{e0}-\u{f6}]?[a-z]", any::<bool>()), 0..12), end in "\r?\n|\r") {
            let (mut bytes, mut utf8, mut other) = (vec![], vec![], vec![]);
            for (number, (line, is_utf8)) in (1..).zip(&lines) {
                if !line.is_ascii() {
                    if *is_utf8 { &mut utf8 } else { &mut other }.push(number);
                }
                let in_page: Vec<u8> = line.chars().map(|c| c as u8).collect();
                bytes.extend_from_slice(if *is_utf8 { line.as_bytes() } else { &in_page });
                bytes.extend_from_slice(end.as_bytes());
            }
            let expected = if utf8.is_empty() || other.is_empty() { None } else { Some((utf8, other)) };
            prop_assert_eq!(lines_of(&bytes), expected);
        }
    }

    #[test]
    fn one_encoding_is_not_a_mixture() {
        for bytes in [
            &b"plain"[..],
            b"caf\xC3\xA9\nna\xC3\xAFve",
            b"caf\xE9\nna\xEFve",
            b"\xEF\xBB\xBFcaf\xC3\xA9",
            b"\xAB CAF\xC9\xBB",
            b"c\0a\0f\0\xE9\0",
            b"",
        ] {
            assert_eq!(mixture(bytes), None, "{bytes:?}");
        }
    }
}
