//! The folders that a command names: wildcards (Windows shells expand nothing), and which spellings mean the same folder.

use std::ffi::OsStr;
use std::fs;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

use crate::error::{Error, Result};
use crate::scan::Pattern;
use crate::text::composed;

/// The folders that `pattern` names: one that exists, or all that match its wildcards.
///
/// Only a pattern with `*` has wildcards (then `?` and `[…]` count as well): `folder[1]` is a name. `**` stands for any folders,
/// also none, and does not enter linked folders. Relative patterns start at `base`, and yield paths relative to it, in the order
/// of their names.
///
/// # Errors
/// [`Error::Usage`] if there is no such folder, or nothing matches; [`Error::Io`] if a folder cannot be listed.
pub fn expand(pattern: &str, base: &Path) -> Result<Vec<PathBuf>> {
    // Quotes that a Windows shell left are not part of the name, unless a folder is called so.
    let typed = if base.join(pattern).is_dir() { pattern } else { unquoted(pattern) };
    if !typed.contains('*') {
        return literal(typed, base).map(|folder| vec![folder]);
    }
    let is_wild = |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    let parts: Vec<Component<'_>> = Path::new(typed).components().filter(|part| *part != Component::CurDir).collect();
    let fixed = parts.iter().position(is_wild).unwrap_or(parts.len());
    let start = as_on_disk(&parts[..fixed].iter().collect::<PathBuf>(), base);
    let wild: PathBuf = parts[fixed..].iter().collect();
    let mut walk =
        Walk { root: &base.join(&start), pattern: Pattern::of_folders(&wild.to_string_lossy())?, found: vec![] };
    if walk.root.is_dir() {
        if wild.iter().all(|part| part == "**") {
            walk.found.push(PathBuf::new());
        }
        walk.search(Path::new(""), 1)?;
    }
    for folder in &mut walk.found {
        // Without the separator that an empty path would leave at the end.
        *folder = start.components().chain(folder.components()).collect();
        if folder.as_os_str().is_empty() {
            *folder = ".".into();
        }
    }
    walk.found.sort();
    if walk.found.is_empty() { Err(missing(typed, "no folder matches")) } else { Ok(walk.found) }
}

/// A search for folders. It lists none that need not be searched, not even one that matches: on a share, each listing takes time.
struct Walk<'a> {
    root: &'a Path,
    pattern: Pattern,
    /// Relative to `root`.
    found: Vec<PathBuf>,
}

impl Walk<'_> {
    /// Searches a folder, relative to `root`, whose entries are at this depth.
    fn search(&mut self, folder: &Path, depth: usize) -> Result<()> {
        let place = self.root.join(folder);
        for entry in fs::read_dir(&place).map_err(Error::io("list", &place))? {
            let entry = entry.map_err(Error::io("list", &place))?;
            if !self.pattern.leads_on(depth, &entry.file_name()) {
                continue;
            }
            let kind = entry.file_type().map_err(Error::io("list", &entry.path()))?;
            let is_folder = kind.is_dir() || kind.is_symlink() && entry.path().is_dir();
            if !is_folder {
                continue;
            }
            let next = folder.join(entry.file_name());
            if self.pattern.matches(&next.to_string_lossy().replace(MAIN_SEPARATOR, "/")) {
                self.found.push(next.clone());
            }
            // Links can lead round in a circle.
            if self.pattern.depth().map_or(!kind.is_symlink(), |deepest| depth < deepest) {
                self.search(&next, depth + 1)?;
            }
        }
        Ok(())
    }
}

/// A path as the disk has it: what is typed as `é` can be an `e` and an accent there, or the other way round. As it was typed if
/// there is no such thing. Relative paths start at `base`, and stay relative.
pub fn as_on_disk(path: &Path, base: &Path) -> PathBuf {
    let is_there = |path: &Path| fs::symlink_metadata(base.join(path)).is_ok();
    let mut found = PathBuf::new();
    for part in path {
        let typed = found.join(part);
        found = if part.is_ascii() || is_there(&typed) { typed } else { alike(&found, part, base).unwrap_or(typed) };
    }
    found
}

/// The entry of a folder that has the same name except for how its accents are encoded.
fn alike(folder: &Path, name: &OsStr, base: &Path) -> Option<PathBuf> {
    let wanted = composed(name.to_str()?);
    let mut names = fs::read_dir(base.join(folder)).ok()?.filter_map(|entry| Some(entry.ok()?.file_name()));
    let found = names.find(|name| name.to_str().is_some_and(|name| composed(name) == wanted))?;
    Some(folder.join(found))
}

/// An identity that is the same for all spellings of one folder: `a`, `./a`, `b/../a`, a link to it, on Windows `A` and its UNC path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FolderId(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl FolderId {
    /// Looks a folder up.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be found.
    pub fn of(folder: &Path) -> Result<FolderId> {
        #[cfg(unix)]
        let id = fs::metadata(folder).map(|found| {
            use std::os::unix::fs::MetadataExt;
            (found.dev(), found.ino())
        });
        // Some drives of encryption programs and RAM disks have no such name.
        #[cfg(not(unix))]
        let id = fs::canonicalize(folder).or_else(|_| {
            let path = std::path::absolute(folder)?;
            Ok(PathBuf::from(path.to_string_lossy().to_lowercase()))
        });
        id.map(FolderId).map_err(Error::io("find", folder))
    }
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
    let mut folder: PathBuf = Path::new(typed).components().filter(|part| *part != Component::CurDir).collect();
    if folder.as_os_str().is_empty() && !typed.is_empty() {
        folder.push(".");
    }
    if typed.is_empty() {
        return Err(missing(typed, "there is no folder"));
    }
    let folder = as_on_disk(&folder, base);
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
    Error::usage(format!("{what} '{}'", typed.escape_debug()), "check the name and the folder you are in")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let base = tempfile::tempdir().unwrap();
        for folder in [
            "A/raw/raw",
            "A/x/raw",
            "C/raw",
            "raw",
            "folderA1",
            "folderB1",
            "folderB2",
            ".hid/raw",
            "we[1]rd",
            "sp ace/raw",
        ] {
            fs::create_dir_all(base.path().join(folder)).unwrap();
        }
        fs::write(base.path().join("A/filex"), "").unwrap();
        fs::write(base.path().join("folder.txt"), "").unwrap();
        base
    }

    /// With `/`, sorted: the order of a listing differs between file systems.
    fn named(base: &Path, pattern: &str) -> Vec<String> {
        let mut folders: Vec<String> =
            expand(pattern, base).unwrap().iter().map(|path| path.to_string_lossy().replace('\\', "/")).collect();
        folders.sort();
        folders
    }

    /// What AnonAPI found in the same folders.
    #[test]
    fn wildcards_name_folders_as_in_anonapi() {
        let tree = tree();
        let base = tree.path();
        assert_eq!(named(base, "folder*"), ["folderA1", "folderB1", "folderB2"]);
        assert_eq!(named(base, "folder*1"), ["folderA1", "folderB1"]);
        assert_eq!(named(base, "*").len(), 9);
        assert_eq!(named(base, "*/"), named(base, "*"));
        assert_eq!(named(base, "./*"), named(base, "*"));
        let raws = [".hid/raw", "A/raw", "A/raw/raw", "A/x/raw", "C/raw", "raw", "sp ace/raw"];
        assert_eq!(named(base, "**/raw"), raws);
        assert_eq!(named(base, "**/raw/"), raws);
        assert_eq!(named(base, "**/**/raw"), raws);
        assert_eq!(named(base, "*/raw"), [".hid/raw", "A/raw", "C/raw", "sp ace/raw"]);
        assert_eq!(named(base, "A/*"), ["A/raw", "A/x"]);
        assert_eq!(named(base, "A/**/raw"), ["A/raw", "A/raw/raw", "A/x/raw"]);
        assert_eq!(named(base, "**").len(), 17);
        assert_eq!(named(base, "folder[AB]*1"), ["folderA1", "folderB1"]);
        assert_eq!(named(base, "A/../C/*"), ["A/../C/raw"]);
        let whole = base.join("folder*1");
        assert_eq!(expand(whole.to_str().unwrap(), Path::new("/")).unwrap().len(), 2);
    }

    #[test]
    fn a_folder_comes_before_what_is_in_it() {
        let tree = tree();
        let folders = expand("**", tree.path()).unwrap();
        assert_eq!(folders[0], Path::new("."));
        let at = |path: &str| folders.iter().position(|folder| folder == Path::new(path)).unwrap();
        assert!(at("A") < at("A/raw") && at("A/raw") < at("A/raw/raw"));
        assert_eq!(at("A/raw/raw"), at("A/raw") + 1);
    }

    #[test]
    fn names_without_a_star_are_names() {
        let tree = tree();
        let base = tree.path();
        for (typed, folder) in [
            ("folderA1/", "folderA1"),
            ("./A//raw", "A/raw"),
            ("we[1]rd", "we[1]rd"),
            ("\"sp ace\"", "sp ace"),
            (".", "."),
            ("'A/raw/'", "A/raw"),
        ] {
            assert_eq!(named(base, typed), [folder], "{typed}");
        }
        let whole = base.join("A");
        assert_eq!(expand(whole.to_str().unwrap(), base).unwrap(), [whole]);
    }

    #[test]
    fn a_pattern_without_folders_is_an_error() {
        let tree = tree();
        for typed in ["missing", "missing*", "A/filex", "folder.txt*", "folder[AB]1", "", "A/missing/*"] {
            let error = expand(typed, tree.path()).unwrap_err();
            assert!(matches!(error, Error::Usage { .. }), "{typed}");
            assert!(error.to_string().contains(&format!("'{typed}'")), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn linked_folders_are_named_but_not_searched() {
        let tree = tree();
        let base = tree.path();
        std::os::unix::fs::symlink("A", base.join("linkA")).unwrap();
        std::os::unix::fs::symlink("..", base.join("C/up")).unwrap();
        assert_eq!(named(base, "link*"), ["linkA"]);
        assert_eq!(named(base, "linkA/*"), ["linkA/raw", "linkA/x"]);
        assert_eq!(named(base, "**/x"), ["A/x"]);
        assert!(named(base, "**/*").contains(&"C/up".to_owned()));
    }
}
