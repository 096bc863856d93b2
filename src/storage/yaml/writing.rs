use super::{Content, Node};

/// Writes a value as a YAML document.
pub fn emit(node: &Node) -> String {
    let mut out = String::new();
    block(node, 0, &mut out);
    out
}

/// Writes one string as a scalar: plain where that is safe, otherwise quoted.
pub fn scalar(text: &str) -> String {
    if text.chars().any(|c| !(' '..='~').contains(&c)) {
        return escaped(text);
    }
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// What stood bare in a file can stand so again, unless it is not ASCII, or begins something else where it
/// is written: then it is a text to every reader.
fn bare(word: &str) -> String {
    // The indicators of YAML 1.2, section 5.3, three of which are one only before a space, and the marks between documents.
    let begins_something = word.starts_with(|c| ",[]{}#&*!|>'\"%@`".contains(c))
        || word.split(' ').next().is_some_and(|first| matches!(first, "-" | "?" | ":" | "---" | "..."));
    match word {
        "" => "null".to_owned(),
        _ if begins_something => scalar(word),
        _ if word.chars().all(|c| (' '..='~').contains(&c)) => word.to_owned(),
        _ => escaped(word),
    }
}

/// Longer keys are written with a question mark, as PyYAML does; readers refuse simple ones of more than 1024 characters.
const LONGEST_SIMPLE_KEY: usize = 128;

fn block(node: &Node, indent: usize, out: &mut String) {
    match &node.content {
        Content::Mapping(entries) if !entries.is_empty() => {
            for (key, value) in &entries.0 {
                pad(indent, out);
                let key = inline(key);
                if key.len() > LONGEST_SIMPLE_KEY {
                    out.extend(["? ", &key, "\n"]);
                    pad(indent, out);
                } else {
                    out.push_str(&key);
                }
                out.push(':');
                entry(value, indent, out);
            }
        }
        Content::List(items) if !items.is_empty() => {
            for node in items {
                pad(indent, out);
                out.push('-');
                item(node, indent, out);
            }
        }
        _ => out.extend([&inline(node), "\n"]),
    }
}

/// What follows `key:`. A list is not indented below its key.
fn entry(node: &Node, indent: usize, out: &mut String) {
    let below = match &node.content {
        Content::Mapping(entries) if !entries.is_empty() => indent + 2,
        Content::List(items) if !items.is_empty() => indent,
        _ => return out.extend([" ", &inline(node), "\n"]),
    };
    out.push('\n');
    block(node, below, out);
}

/// What follows `-`: the first line of a list or a mapping stands beside it.
fn item(node: &Node, indent: usize, out: &mut String) {
    let mut inner = String::new();
    block(node, indent + 2, &mut inner);
    out.extend([" ", inner.trim_start_matches(' ')]);
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn inline(node: &Node) -> String {
    match &node.content {
        Content::Text(text) => scalar(text),
        Content::Bare(word) => bare(word),
        Content::List(_) => "[]".to_owned(),
        Content::Mapping(_) => "{}".to_owned(),
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
