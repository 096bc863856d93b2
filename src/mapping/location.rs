//! Where data is, and how a mapping names it.

use std::ffi::OsStr;
use std::path::{Component, Path};

use crate::error::{Error, Result};
use crate::unc::UncPath;

use super::spelling::folded;

/// Where a mapping says that a folder or file is, in a spelling that makes two names of one place the same: full
/// where the root is known, parts joined by backslashes, without `.` and `..`, capitals and accents folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Location {
    text: String,
    leaves_root: bool,
}

impl Location {
    /// The place of a path that a source names.
    pub fn of(path: &str, root: Option<&UncPath>) -> Location {
        let full = UncPath::parse(path);
        // `\\server\share` is four parts, and nothing is above it.
        let base = full.as_ref().or(root).map_or("", UncPath::as_str);
        let mut parts: Vec<&str> = if base.is_empty() { vec![] } else { base.split('\\').collect() };
        let floor = parts.len().min(4);
        let below = match full {
            Some(_) => parts.split_off(floor),
            None => path.split(['/', '\\']).collect(),
        };
        let top = parts.len();
        let mut leaves_root = false;
        for part in below {
            match part {
                "" | "." => {}
                ".." if parts.len() > floor && parts.last() != Some(&"..") => {
                    parts.pop();
                    leaves_root |= parts.len() < top;
                }
                ".." => {
                    leaves_root = true;
                    // Above a root that is not known there may be another folder.
                    if floor == 0 {
                        parts.push("..");
                    }
                }
                name => parts.push(name),
            }
        }
        let folded: Vec<_> =
            parts.iter().map(|part| if *part == ".." { (*part).into() } else { folded(part) }).collect();
        Location { text: folded.join("\\"), leaves_root }
    }

    /// The folder that this is in.
    #[must_use]
    pub fn parent(mut self) -> Location {
        self.text.truncate(self.text.rfind('\\').unwrap_or(0));
        self
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The folders that this is in, the nearest first. A root that is not known is the empty text.
    pub fn ancestors(&self) -> impl Iterator<Item = &str> {
        let mut rest = Some(self.text.as_str()).filter(|text| !text.is_empty());
        std::iter::from_fn(move || {
            let text = rest?;
            let above = text.rfind('\\').map_or("", |end| &text[..end]);
            rest = Some(above).filter(|above| !above.is_empty());
            Some(above)
        })
    }

    /// Whether `..` leads out of the root.
    pub fn leaves_root(&self) -> bool {
        self.leaves_root
    }
}

/// How a mapping names a file or folder that was typed in `folder`: relative to that, which is taken for the root of the data,
/// or by its UNC path.
///
/// # Errors
/// When it is neither below the folder (or beside it) nor on a share that is known, or its name is not Unicode text.
pub fn named_from(folder: &Path, path: &Path) -> Result<String> {
    // On Windows, `\data` and `C:data` are neither absolute nor relative to the working folder.
    let rooted = matches!(path.components().next(), Some(Component::Prefix(_) | Component::RootDir));
    if !rooted {
        return joined(path);
    }
    let full = std::path::absolute(folder.join(path)).map_err(Error::io("find", path))?;
    if let Some(relative) = below(&full, folder) {
        return joined(relative);
    }
    if let (Some(folder), Some(name)) =
        (full.parent().and_then(UncPath::of_folder), full.file_name().and_then(|name| name.to_str()))
    {
        return Ok(folder.join(name).to_string());
    }
    Err(Error::refused(
        format!("'{}' is outside the working folder, so the mapping cannot name it", path.display()),
        "go to the folder that contains all your data (the one that root_source_path stands for) and try again",
    ))
}

/// The rest of a path below a folder, comparing names as the system does.
fn below<'a>(path: &'a Path, folder: &Path) -> Option<&'a Path> {
    let same = |a: &OsStr, b: &OsStr| {
        a == b || cfg!(windows) && a.to_string_lossy().to_lowercase() == b.to_string_lossy().to_lowercase()
    };
    let mut parts = path.components();
    let inside =
        folder.components().all(|part| parts.next().is_some_and(|next| same(next.as_os_str(), part.as_os_str())));
    inside.then_some(parts.as_path())
}

/// The parts with `/` between, on every system.
fn joined(path: &Path) -> Result<String> {
    let mut parts = vec![];
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => parts.push(".."),
            other => parts.push(other.as_os_str().to_str().ok_or_else(|| {
                let hint = "rename it: a mapping can only contain names that are Unicode text";
                Error::refused(format!("the name '{}' is not Unicode text", path.display()), hint)
            })?),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_in_several_spellings() {
        let root = UncPath::parse(r"\\server\share\data");
        let place = |path: &str| Location::of(path, root.as_ref()).text;
        assert_eq!(place("A/b"), r"\\server\share\data\a\b");
        for path in [r"a\b\", "./a//c/../b", r"\\Server\share\DATA\a\b", "a/b.", r"..\data\a\b"] {
            assert_eq!(place(path), place("a/b"), "{path}");
        }
        assert_eq!(Location::of("a/../../b", None).text, r"..\b");
        assert_eq!(Location::of(".", None).text, "");
        assert_eq!(Location::of("a/b.txt", None).parent().text, "a");
    }

    #[test]
    fn what_leaves_the_root() {
        let root = UncPath::parse(r"\\server\share\data");
        for (path, leaves) in [("a", false), ("a/../b", false), ("..", true), ("a/../../b", true), (r"\\s\x\y", false)]
        {
            assert_eq!(Location::of(path, root.as_ref()).leaves_root, leaves, "{path}");
            assert_eq!(Location::of(path, None).leaves_root, leaves, "{path}");
        }
    }

    #[test]
    fn ancestors_end_at_the_root() {
        let location = Location::of("a/b/c", None);
        assert_eq!(location.ancestors().collect::<Vec<_>>(), [r"a\b", "a", ""]);
        assert_eq!(Location::of(".", None).ancestors().count(), 0);
    }

    #[test]
    fn paths_are_written_with_slashes_and_without_dots() {
        assert_eq!(joined(Path::new("./a//b/")).unwrap(), "a/b");
        assert_eq!(joined(Path::new("../a/./b")).unwrap(), "../a/b");
    }

    #[test]
    fn what_is_left_of_a_path_in_a_folder() {
        let left =
            |path: &str, folder: &str| below(Path::new(path), Path::new(folder)).map(|path| joined(path).unwrap());
        assert_eq!(left("/data/a/b", "/data").as_deref(), Some("a/b"));
        assert_eq!(left("/data", "/data/a"), None);
        assert_eq!(left("/database/a", "/data"), None);
        if cfg!(windows) {
            assert_eq!(left(r"c:\DATA\A\b", r"C:\data").as_deref(), Some("A/b"));
            assert_eq!(left(r"D:\data\b", r"C:\data"), None);
            assert_eq!(left(r"\\Server\share\data\b", r"\\server\Share\data").as_deref(), Some("b"));
        } else {
            assert_eq!(left("/DATA/a", "/data"), None);
        }
    }
}
