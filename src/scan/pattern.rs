//! Which files a command names.

use std::borrow::Cow;

use glob::MatchOptions;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::error::{Error, Result};

/// Names are compared as the system compares them.
const NAMES: MatchOptions = MatchOptions {
    case_sensitive: !cfg!(windows),
    require_literal_separator: false,
    require_literal_leading_dot: false,
};
const PATHS: MatchOptions = MatchOptions { require_literal_separator: true, ..NAMES };

/// Which files to select: `*`, `*.dcm`, `study2/*`, `**/raw/*`.
///
/// Each part between slashes matches one name: `*` any text, `?` any character, `[a-c]` and `[!a-c]` one of these or none of
/// these. `**` stands for any folders, also none.
#[derive(Debug, Clone)]
pub struct Pattern {
    whole: glob::Pattern,
    /// What the names of the folders on the way have to match, and last that of the file. None if any folder may lead there.
    names: Option<Vec<glob::Pattern>>,
}

impl Pattern {
    /// Reads a pattern. One that recurses is looked for in every subfolder, too.
    ///
    /// # Errors
    /// [`Error::Usage`] for a pattern that cannot match below the folder: an empty or absolute one, or one with `..`.
    pub fn new(text: &str, recurse: bool) -> Result<Pattern> {
        let text = with_slashes(text);
        let refuse = |why: &str| {
            Err(Error::usage(
                format!("the pattern '{}' {why}", text.escape_debug()),
                "give a pattern relative to the current folder, such as '*' or 'study2/*.dcm'",
            ))
        };
        if text.starts_with('/') || (cfg!(windows) && text.get(1..2) == Some(":")) {
            return refuse("is an absolute path");
        }
        let mut parts: Vec<Cow<'_, str>> = if recurse { vec!["**".into()] } else { vec![] };
        let given = parts.len();
        for part in text.split('/').filter(|part| !matches!(*part, "" | ".")) {
            match part {
                ".." => return refuse("leaves the folder"),
                "**" if parts.last().is_some_and(|last| last == "**") => {}
                "**" => parts.push("**".into()),
                part => parts.push(escaped(part).into()),
            }
        }
        if parts.len() == given && !text.contains("**") {
            return refuse("names no file");
        }
        if parts.last().is_some_and(|last| last == "**") {
            parts.push("*".into());
        }
        let names = if parts.iter().any(|part| part == "**") { None } else { Some(parts.iter()) };
        let names = names.map(|parts| parts.map(|part| compiled(part, &text)).collect()).transpose()?;
        Ok(Pattern { whole: compiled(&parts.join("/"), &text)?, names })
    }

    /// The pattern for a file that is there, whatever characters are in its name.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn of_file(path: &str, recurse: bool) -> Result<Pattern> {
        Pattern::new(&glob::Pattern::escape(path), recurse)
    }

    /// Whether there can be a match in a folder of this name, so many folders below the scanned one (that one being 0).
    pub(super) fn enters(&self, depth: usize, name: &str) -> bool {
        let Some(names) = &self.names else { return true };
        depth < names.len() && names[depth - 1].matches_with(&composed(name), NAMES)
    }

    /// Whether a file matches, by its path from the scanned folder.
    pub(super) fn matches(&self, relative: &str) -> bool {
        self.whole.matches_with(&composed(relative), PATHS)
    }
}

/// Which files to leave out: a pattern for the whole path from the scanned folder, where `*` also matches slashes. `*.raw`
/// leaves out every `.raw` file, `study1/*` all that is below `study1`.
#[derive(Debug, Clone)]
pub struct Exclusion(glob::Pattern);

impl Exclusion {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`Error::Usage`] for a pattern that cannot be understood.
    pub fn new(text: &str) -> Result<Exclusion> {
        let path = with_slashes(text);
        compiled(&escaped(path.trim_start_matches("./")), text).map(Exclusion)
    }

    pub(super) fn matches(&self, relative: &str) -> bool {
        self.0.matches_with(&composed(relative), NAMES)
    }
}

/// A pattern for one name.
pub(super) struct NamePattern(glob::Pattern);

impl NamePattern {
    pub(super) fn new(text: &str) -> Result<NamePattern> {
        compiled(&escaped(text), text).map(NamePattern)
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        self.0.matches_with(&composed(name), NAMES)
    }
}

/// Text in which an accent is part of its letter (NFC). Disks have names in either form, and some programs change it.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    }
}

fn with_slashes(text: &str) -> String {
    if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() }
}

fn compiled(pattern: &str, typed: &str) -> Result<glob::Pattern> {
    glob::Pattern::new(&composed(pattern)).map_err(|error| {
        Error::usage(
            format!("the pattern '{}' cannot be understood: {}", typed.escape_debug(), error.msg),
            "use '*' for any text and '?' for any character",
        )
    })
}

/// A pattern by the rules of shells: several `*` are one, and a `[` without `]` stands for itself.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let class = if c == '[' { class_length(rest) } else { None };
        let length = match (c, class) {
            ('[', None) => {
                pattern.push_str("[[]");
                1
            }
            ('*', _) => {
                pattern.push('*');
                rest.len() - rest.trim_start_matches('*').len()
            }
            (c, class) => {
                let length = class.unwrap_or(c.len_utf8());
                pattern.push_str(&rest[..length]);
                length
            }
        };
        rest = &rest[length..];
    }
    pattern
}

/// How long the class is that starts here, with its brackets.
fn class_length(text: &str) -> Option<usize> {
    let inside = text[1..].strip_prefix('!').unwrap_or(&text[1..]);
    // A bracket that closes at once is a member of the class.
    let skipped = usize::from(inside.starts_with(']'));
    let end = inside.get(skipped..)?.find(']')? + skipped;
    Some(text.len() - inside.len() + end + 1)
}
