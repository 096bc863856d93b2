//! Which files a command names.

use std::ffi::OsStr;

use glob::MatchOptions;

use crate::error::{Error, Result};

/// Names are compared as the system compares them.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: !cfg!(windows),
    require_literal_separator: false,
    require_literal_leading_dot: false,
};

/// Which files to select: `*`, `*.dcm`, `study2/*`, `**/raw/*`.
///
/// Each part between slashes matches one name: `*` any text, `?` any character, `[a-c]` and `[!a-c]` one of these or none of
/// these. `**` stands for any folders, also none. A scan that recurses finds the pattern in every subfolder.
#[derive(Debug, Clone)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    AnyFolders,
    AnyName,
    Name(glob::Pattern),
}

/// How far a folder has come along a pattern: bit `n` is set if the first `n` parts match its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reached(u64);

impl Reached {
    /// Nothing below this folder can match.
    pub(super) fn nowhere(self) -> bool {
        self.0 == 0
    }
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`Error::Usage`] for a pattern that cannot match below the folder: an empty or absolute one, or one with `..`.
    pub fn new(text: &str) -> Result<Pattern> {
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
        let mut parts = Vec::new();
        for part in text.split('/').filter(|part| !matches!(*part, "" | ".")) {
            match part {
                ".." => return refuse("leaves the folder"),
                "**" if matches!(parts.last(), Some(Part::AnyFolders)) => {}
                "**" => parts.push(Part::AnyFolders),
                "*" => parts.push(Part::AnyName),
                part => parts.push(Part::Name(name_pattern(part)?)),
            }
        }
        if matches!(parts.last(), Some(Part::AnyFolders)) {
            parts.push(Part::AnyName);
        }
        match parts.len() {
            0 => refuse("names no file"),
            1..=60 => Ok(Pattern { parts }),
            _ => refuse("has too many parts"),
        }
    }

    /// The pattern that matches every file.
    pub(super) fn everything() -> Pattern {
        Pattern { parts: vec![Part::AnyName] }
    }

    /// The same, found in every subfolder as well.
    pub(super) fn anywhere(mut self) -> Pattern {
        if !matches!(self.parts.first(), Some(Part::AnyFolders)) {
            self.parts.insert(0, Part::AnyFolders);
        }
        self
    }

    /// Where the scanned folder itself is.
    pub(super) fn start(&self) -> Reached {
        Reached(self.and_empty(1))
    }

    /// Where a folder is, whose parent is at `parent`.
    pub(super) fn enter(&self, parent: Reached, name: &OsStr) -> Reached {
        let (mut next, mut text) = (0, None);
        for (at, part) in self.parts.iter().enumerate().filter(|(at, _)| parent.0 & (1 << at) != 0) {
            match part {
                Part::AnyFolders => next |= 1 << at,
                Part::AnyName => next |= 1 << (at + 1),
                Part::Name(pattern) => {
                    let text = text.get_or_insert_with(|| name.to_string_lossy());
                    next |= u64::from(pattern.matches_with(text, OPTIONS)) << (at + 1);
                }
            }
        }
        // A folder that the whole pattern matches is no file.
        Reached(self.and_empty(next & !(1 << self.parts.len())))
    }

    /// Whether a file matches, whose folder is at `parent`.
    pub(super) fn matches(&self, parent: Reached, name: &OsStr) -> bool {
        let last = self.parts.len() - 1;
        parent.0 & (1 << last) != 0
            && match &self.parts[last] {
                Part::AnyFolders | Part::AnyName => true,
                Part::Name(pattern) => pattern.matches_with(&name.to_string_lossy(), OPTIONS),
            }
    }

    /// `**` may stand for no folder at all.
    fn and_empty(&self, reached: u64) -> u64 {
        let any = |at: &usize| reached & (1 << at) != 0 && matches!(self.parts.get(*at), Some(Part::AnyFolders));
        (0..self.parts.len()).filter(any).fold(reached, |all, at| all | 1 << (at + 1))
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
        let text = with_slashes(text);
        name_pattern(text.trim_start_matches("./")).map(Exclusion)
    }

    pub(super) fn matches(&self, relative: &str) -> bool {
        self.0.matches_with(relative, OPTIONS)
    }
}

fn with_slashes(text: &str) -> String {
    if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() }
}

/// Whether a name matches a pattern for one name.
pub(super) fn name_matches(pattern: &glob::Pattern, name: &OsStr) -> bool {
    pattern.matches_with(&name.to_string_lossy(), OPTIONS)
}

/// A pattern for one name, by the rules of shells: several `*` are one, and a `[` without `]` stands for itself.
pub(super) fn name_pattern(text: &str) -> Result<glob::Pattern> {
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
    glob::Pattern::new(&pattern).map_err(|error| {
        Error::usage(
            format!("the pattern '{}' cannot be understood: {}", text.escape_debug(), error.msg),
            "use '*' for any text and '?' for any character",
        )
    })
}

/// How long the class is that starts here, with its brackets.
fn class_length(text: &str) -> Option<usize> {
    let inside = text[1..].strip_prefix('!').unwrap_or(&text[1..]);
    // A bracket that closes at once is a member of the class.
    let skipped = usize::from(inside.starts_with(']'));
    let end = inside.get(skipped..)?.find(']')? + skipped;
    Some(text.len() - inside.len() + end + 1)
}
