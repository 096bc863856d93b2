//! Wildcards for folders: Windows shells expand nothing.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use super::pattern::{name_matches, name_pattern};

/// The folders that `pattern` names: one that exists, or all that match its wildcards.
///
/// Only a pattern with `*` has wildcards (then `?` and `[…]` count as well): `folder[1]` is a name. `**` stands for any folders,
/// also none, and does not enter linked folders. Relative patterns start at `base`, and yield paths relative to it. The order is
/// that of the folders' own listings, a folder before what is in it.
///
/// # Errors
/// [`Error::Usage`] if there is no such folder, or nothing matches; [`Error::Io`] if a folder cannot be listed.
pub fn expand(pattern: &str, base: &Path) -> Result<Vec<PathBuf>> {
    let typed = unquoted(pattern);
    if !typed.contains('*') {
        return literal(typed, base).map(|folder| vec![folder]);
    }
    let mut steps = Vec::new();
    let mut start = PathBuf::new();
    for component in Path::new(typed).components() {
        use std::path::Component;
        match component {
            Component::Prefix(_) | Component::RootDir => start.push(component),
            Component::CurDir => {}
            Component::ParentDir => steps.push(Step::Exact("..".into())),
            Component::Normal(name) => steps.push(Step::new(name)?),
        }
    }
    let mut walk = Walk { base, seen: HashSet::new(), found: Vec::new() };
    walk.follow(&start, &steps)?;
    if walk.found.is_empty() {
        return Err(missing(typed, "no folder matches"));
    }
    Ok(walk.found)
}

/// Without the quotes that a list or a Windows shell left around it.
fn unquoted(pattern: &str) -> &str {
    let inside = |quote| pattern.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    let pattern = inside('"').or_else(|| inside('\'')).unwrap_or(pattern);
    // `"C:\my data\"` comes from a Windows shell as `C:\my data"`.
    if cfg!(windows) { pattern.trim_matches('"') } else { pattern }
}

fn literal(typed: &str, base: &Path) -> Result<PathBuf> {
    // Without `.` and doubled or trailing separators.
    let mut folder: PathBuf = Path::new(typed).components().collect();
    if folder.as_os_str().is_empty() && !typed.is_empty() {
        folder.push(".");
    }
    if typed.is_empty() {
        return Err(missing(typed, "there is no folder"));
    }
    match fs::metadata(base.join(&folder)) {
        Ok(metadata) if metadata.is_dir() => Ok(folder),
        Ok(_) => Err(missing(typed, "this is a file, not a folder:")),
        Err(error) if matches!(error.kind(), std::io::ErrorKind::PermissionDenied) => {
            Err(Error::io("read", &base.join(&folder))(error))
        }
        Err(_) => Err(missing(typed, "there is no folder")),
    }
}

fn missing(typed: &str, what: &str) -> Error {
    Error::usage(format!("{what} '{}'", typed.escape_debug()), "check the name and the folder that you are in")
}

enum Step {
    AnyFolders,
    Exact(PathBuf),
    Match(glob::Pattern),
}

impl Step {
    fn new(name: &std::ffi::OsStr) -> Result<Step> {
        let text = name.to_string_lossy();
        if text == "**" {
            Ok(Step::AnyFolders)
        } else if text.contains(['*', '?', '[']) {
            name_pattern(&text).map(Step::Match)
        } else {
            Ok(Step::Exact(name.into()))
        }
    }
}

struct Walk<'a> {
    base: &'a Path,
    seen: HashSet<PathBuf>,
    found: Vec<PathBuf>,
}

impl Walk<'_> {
    fn follow(&mut self, folder: &Path, steps: &[Step]) -> Result<()> {
        let Some((step, rest)) = steps.split_first() else {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            if self.seen.insert(folder.to_owned()) {
                self.found.push(folder.to_owned());
            }
            return Ok(());
        };
        match step {
            Step::Exact(name) => {
                let next = folder.join(name);
                if self.base.join(&next).is_dir() { self.follow(&next, rest) } else { Ok(()) }
            }
            Step::Match(pattern) => {
                for (next, _) in self.subfolders(folder)? {
                    if next.file_name().is_some_and(|name| name_matches(pattern, name)) {
                        self.follow(&next, rest)?;
                    }
                }
                Ok(())
            }
            Step::AnyFolders => {
                self.follow(folder, rest)?;
                for (next, linked) in self.subfolders(folder)? {
                    if !linked {
                        self.follow(&next, steps)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// The folders in a folder, in the order of its listing, and whether each is a link.
    fn subfolders(&self, folder: &Path) -> Result<Vec<(PathBuf, bool)>> {
        let place = self.base.join(folder);
        let read = || -> std::io::Result<Vec<(PathBuf, bool)>> {
            let mut folders = Vec::new();
            for entry in fs::read_dir(&place)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() || (kind.is_symlink() && entry.path().is_dir()) {
                    folders.push((folder.join(entry.file_name()), kind.is_symlink()));
                }
            }
            Ok(folders)
        };
        read().map_err(Error::io("list", &place))
    }
}
