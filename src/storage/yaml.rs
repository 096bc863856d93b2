//! YAML, written as PyYAML writes it and read by either program.
//!
//! The text is pure ASCII (AnonAPI opens its files in the locale's encoding) and quotes what YAML 1.1 would take for something
//! else than a string (`on`, `12:30`, `1_000`), which the YAML 1.2 writers do not.

use std::path::Path;

use serde_yaml::{Mapping, Value};

use crate::problem::{Place, Problem, Problems};

/// The text of a YAML file: UTF-8, with or without a byte order mark.
///
/// # Errors
/// The line of the first byte that is no UTF-8.
pub fn text<'a>(bytes: &'a [u8], path: &Path, hint: &str) -> Result<&'a str, Problems> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Problems::new(path, vec![Problem::new(Place::Line(line), "holds a character that is not UTF-8").hint(hint)])
    })
}

/// What the YAML reader found wrong, with its line and without a value of the file: it may hold a token.
pub fn problem(path: &Path, error: &serde_yaml::Error, hint: &str) -> Problems {
    let place = error.location().map_or(Place::Whole, |at| Place::Line(at.line()));
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    let message = match text.find("invalid type: string \"") {
        Some(at) => format!("{}found a text where something else was expected", &text[..at]),
        None => text.to_owned(),
    };
    Problems::new(path, vec![Problem::new(place, message).hint(hint)])
}

/// Writes a value as a YAML document.
pub fn emit(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

/// Writes one string as a scalar: plain where that is safe, otherwise quoted.
pub fn scalar(text: &str) -> String {
    if text.chars().any(|c| !(' '..='~').contains(&c)) {
        return escaped(text);
    }
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// Keeps what a file holds under a key that is not known here, to write it back.
///
/// # Errors
/// When a list, a mapping, or what has a tag is a key in it, which AnonAPI cannot read and [`emit`] cannot write.
pub fn keep<E: serde::de::Error>(other: &mut Mapping, key: Value, value: Value) -> Result<(), E> {
    if !is_plain_key(&key) || !has_plain_keys(&value) {
        return Err(E::custom("what has a tag, a list or a mapping cannot be a key"));
    }
    other.insert(key, value);
    Ok(())
}

fn has_plain_keys(value: &Value) -> bool {
    match untagged(value) {
        Value::Sequence(items) => items.iter().all(has_plain_keys),
        Value::Mapping(entries) => entries.iter().all(|(key, value)| is_plain_key(key) && has_plain_keys(value)),
        _ => true,
    }
}

fn is_plain_key(key: &Value) -> bool {
    !matches!(key, Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_))
}

/// A value without its tag: AnonAPI's reader refuses tags, and none of ours has a meaning.
fn untagged(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) => untagged(&tagged.value),
        other => other,
    }
}

/// Longer keys are written with a question mark, as PyYAML does; readers refuse simple ones of more than 1024 characters.
const LONGEST_SIMPLE_KEY: usize = 128;

fn block(value: &Value, indent: usize, out: &mut String) {
    match untagged(value) {
        Value::Mapping(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                pad(indent, out);
                let key = inline(key);
                if key.len() > LONGEST_SIMPLE_KEY {
                    out.extend(["? ", &key, "\n"]);
                    pad(indent, out);
                } else {
                    out.push_str(&key);
                }
                out.push(':');
                nested(value, indent, out);
            }
        }
        Value::Sequence(items) if !items.is_empty() => {
            for item in items {
                pad(indent, out);
                out.push('-');
                nested_item(item, indent, out);
            }
        }
        other => {
            out.push_str(&inline(other));
            out.push('\n');
        }
    }
}

/// What follows `key:`. A list is not indented below its key.
fn nested(value: &Value, indent: usize, out: &mut String) {
    match untagged(value) {
        Value::Mapping(entries) if !entries.is_empty() => {
            out.push('\n');
            block(value, indent + 2, out);
        }
        Value::Sequence(items) if !items.is_empty() => {
            out.push('\n');
            block(value, indent, out);
        }
        other => {
            out.push(' ');
            out.push_str(&inline(other));
            out.push('\n');
        }
    }
}

fn nested_item(item: &Value, indent: usize, out: &mut String) {
    match untagged(item) {
        Value::Mapping(entries) if !entries.is_empty() => {
            let mut inner = String::new();
            block(item, indent + 2, &mut inner);
            out.push(' ');
            out.push_str(inner.trim_start_matches(' '));
        }
        Value::Sequence(items) if !items.is_empty() => {
            let mut inner = String::new();
            block(item, indent + 2, &mut inner);
            out.push(' ');
            out.push_str(inner.trim_start_matches(' '));
        }
        other => {
            out.push(' ');
            out.push_str(&inline(other));
            out.push('\n');
        }
    }
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn inline(value: &Value) -> String {
    match untagged(value) {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(text) => scalar(text),
        Value::Sequence(_) => "[]".to_owned(),
        Value::Mapping(_) => "{}".to_owned(),
        // Unpacked already.
        Value::Tagged(_) => "null".to_owned(),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02X}", c as u32)),
            c if (c as u32) < 0x1_0000 => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push_str(&format!("\\U{:08X}", c as u32)),
        }
    }
    out.push('"');
    out
}

/// Whether YAML 1.1 and 1.2 both read the bare text as that same string.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let safe_start = first.is_ascii_alphabetic() || matches!(first, '/' | '\\' | '_' | '$' | '(');
    let numeric = first.is_ascii_digit() || matches!(first, '.' | '+' | '-');
    if !(safe_start || numeric && is_safe_numeric_start(text)) {
        return false;
    }
    let word = text.to_ascii_lowercase();
    if matches!(word.as_str(), "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "none") {
        return false;
    }
    !(text.ends_with(' ') || text.ends_with(':') || text.contains(": ") || text.contains(" #"))
        && text.chars().all(|c| !matches!(c, '\n' | '\t' | '"' | '\'' | '`'))
}

/// `1.2.840.113619` and `1.dcm` are strings to every reader; `1.5`, `1e5`, `1_0`, `12:30`, `2012-01-01` are not.
fn is_safe_numeric_start(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let parts: Vec<&str> = text.split('.').collect();
    let dotted = parts.len() > 2 && parts.iter().all(|part| part.chars().all(|c| c.is_ascii_digit()));
    let has_word = text.chars().any(|c| c == '/' || (c.is_ascii_alphabetic() && !"abcdefoxtzABCDEFOXTZ".contains(c)));
    dotted || has_word
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_that_yaml_takes_for_values_are_quoted() {
        for text in [
            "on",
            "No",
            "null",
            "~",
            "12:30",
            "1_000",
            "2012-01-01",
            "1e5",
            "0o17",
            "=",
            "<<",
            "-",
            "",
            " x",
            "x ",
            "a: b",
            "#",
        ] {
            assert!(scalar(text).starts_with(['\'', '"']), "{text:?} is written as {}", scalar(text));
        }
        for text in
            [r"\\server\share\out", "https://idis.example.org/p01", "1.2.840.113619", "1.dcm", "raw/1.dcm", "z123456"]
        {
            assert_eq!(scalar(text), text);
        }
    }

    #[test]
    fn what_a_tag_holds_is_kept() {
        let value: Value = serde_yaml::from_str("a: !c [1, {b: !d [x]}]\n").unwrap();
        assert_eq!(emit(&value), "a:\n- 1\n- b:\n  - x\n");
    }

    #[test]
    fn what_is_not_ascii_is_escaped() {
        assert_eq!(scalar("Patiënt\n漢\u{1f600}"), r#""Pati\xEBnt\n\u6F22\U0001F600""#);
    }

    #[test]
    fn a_long_key_can_be_read() {
        let key = |letters: usize| Value::from("é".repeat(letters));
        let list: Vec<Value> = [key(2000), Value::from(vec![key(1)])].into();
        let inner: Mapping = [(key(400), Value::from(list)), (key(30), key(1))].into_iter().collect();
        let whole: Mapping =
            [(key(300), Value::Mapping(inner)), (key(31), Value::Null), (key(2), key(3))].into_iter().collect();
        for value in [Value::Mapping(whole.clone()), Value::Sequence(vec![Value::Mapping(whole)])] {
            let emitted = emit(&value);
            assert_eq!(serde_yaml::from_str::<Value>(&emitted).unwrap(), value, "{emitted}");
        }
    }

    proptest! {
        #[test]
        fn every_string_goes_round(texts in proptest::collection::vec("\\PC{0,12}|[-+0-9_.:xeE ]{0,8}|.{0,12}", 0..6)) {
            let list = Value::Sequence(texts.iter().map(|text| Value::from(text.as_str())).collect());
            let emitted = emit(&list);
            prop_assert!(emitted.is_ascii());
            prop_assert_eq!(serde_yaml::from_str::<Vec<String>>(&emitted).unwrap(), texts);
        }
    }
}
