//! Which files and folders a command names.

use std::ffi::OsStr;

use glob::MatchOptions;

use crate::error::{Error, Result};
use crate::text::composed;

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
    /// What the names on the way have to match. None if any folder may lead to a match.
    names: Option<Vec<glob::Pattern>>,
}

impl Pattern {
    /// Reads a pattern for files. A recursive one also applies in every subfolder.
    ///
    /// # Errors
    /// [`Error::Usage`] for a pattern that cannot match below the folder: an empty or absolute one, or one with `..`.
    pub fn new(text: &str, recurse: bool) -> Result<Pattern> {
        let mut parts = parts(text)?;
        if parts.last().is_some_and(|last| last == "**") {
            parts.push("*".to_owned());
        }
        if recurse {
            parts.insert(0, "**".to_owned());
        }
        Pattern::of_parts(parts, text)
    }

    /// Reads a pattern for folders.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn of_folders(text: &str) -> Result<Pattern> {
        Pattern::of_parts(parts(text)?, text)
    }

    fn of_parts(mut parts: Vec<String>, typed: &str) -> Result<Pattern> {
        parts.dedup_by(|next, last| next == "**" && last == "**");
        let whole = compiled(&parts.join("/"), typed)?;
        let names = if parts.iter().any(|part| part == "**") { None } else { Some(parts.iter()) };
        let names = names.map(|names| names.map(|name| compiled(name, typed)).collect()).transpose()?;
        Ok(Pattern { whole, names })
    }

    /// How many levels below the scanned folder (0) it can match; none if there is no limit.
    pub fn depth(&self) -> Option<usize> {
        Some(self.names.as_ref()?.len())
    }

    /// Whether something of this name, at this depth, matches or leads to a match.
    pub fn leads_on(&self, depth: usize, name: &OsStr) -> bool {
        let Some(names) = &self.names else { return true };
        names.get(depth - 1).is_some_and(|pattern| pattern.matches_with(&composed(&name.to_string_lossy()), NAMES))
    }

    /// Whether a path from the scanned folder matches.
    pub fn matches(&self, relative: &str) -> bool {
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
        compiled(&plain(with_slashes(text).trim_start_matches("./")), text).map(Exclusion)
    }

    pub(super) fn matches(&self, relative: &str) -> bool {
        self.0.matches_with(&composed(relative), NAMES)
    }
}

fn with_slashes(text: &str) -> String {
    if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() }
}

/// The parts of a pattern: at least one.
fn parts(text: &str) -> Result<Vec<String>> {
    let path = with_slashes(text);
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let why = match parts.as_slice() {
        _ if path.starts_with('/') || cfg!(windows) && path.get(1..2) == Some(":") => "is an absolute path",
        parts if parts.contains(&"..") => "leaves the folder",
        [] => "names no file",
        parts => {
            return Ok(parts.iter().map(|part| if *part == "**" { "**".to_owned() } else { plain(part) }).collect());
        }
    };
    let hint = "give a pattern relative to the current folder, such as '*' or 'study2/*.dcm'";
    Err(Error::usage(format!("the pattern '{}' {why}", text.escape_debug()), hint))
}

/// As shells read it: several `*` are one, and brackets that do not fit stand for themselves.
fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    while text.contains("**") {
        text = text.replace("**", "*");
    }
    if glob::Pattern::new(&text).is_ok() { text } else { text.replace('[', "[[]") }
}

fn compiled(pattern: &str, typed: &str) -> Result<glob::Pattern> {
    glob::Pattern::new(&composed(pattern)).map_err(|error| {
        let message = format!("the pattern '{}' cannot be understood: {}", typed.escape_debug(), error.msg);
        Error::usage(message, "use '*' for any text and '?' for any character")
    })
}
