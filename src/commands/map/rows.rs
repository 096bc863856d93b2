//! Adding rows to the active mapping, whatever they are made of.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Component, Path};

use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::mapping::{Document, Mapping};
use crate::problem::Problem;
use crate::storage::{Lock, refuse_if_edited};
use crate::unc::UncPath;
use crate::values::{Kind, Parameters, Source};

/// A row that is to be added: its source, and what is known of its other parameters.
pub struct NewRow {
    pub source: Source,
    pub own: Parameters,
}

impl NewRow {
    /// A row with the pseudonym that the user has given, if any.
    pub fn new(source: Source, pseudo_name: Option<String>) -> NewRow {
        NewRow { source, own: Parameters::from_pairs(pseudo_name.map(|name| (Kind::PseudoName, name))) }
    }
}

/// Adds rows to the active mapping as it is on disk at this moment. What a row lacks is generated.
///
/// # Errors
/// When the mapping cannot be read or written; it then stays as it was.
pub fn add(context: &Context, rows: Vec<NewRow>) -> Result<()> {
    let path = context.mapping_path()?;
    let _lock = Lock::of(&path)?;
    refuse_if_edited(&path)?;
    let mut document = Document::read(&path)?;
    let description = chrono::Local::now().format("generated_%B_%d_%Y").to_string();
    let mut pseudonyms = Pseudonyms::of(document.mapping());
    let complete = |row: NewRow| {
        let mut parameters = Parameters::from_pairs([(Kind::Source, row.source.to_string())]);
        if row.own.get(Kind::PseudoName).is_none() {
            parameters.set(Kind::PseudoName, pseudonyms.next());
        }
        parameters.set(Kind::Description, description.clone());
        row.own.over(&parameters)
    };
    let rows: Vec<Parameters> = rows.into_iter().map(complete).collect();
    let earlier = document.mapping().warnings.clone();
    document.add_rows(&rows)?;
    document.save(&path)?;
    let earlier: HashSet<&Problem> = earlier.iter().collect();
    let new = document.mapping().warnings.iter().filter(|warning| !earlier.contains(warning)).cloned();
    context.console.warn_of(&path, &new.collect::<Vec<_>>());
    Ok(())
}

/// Random pseudonyms that the mapping does not use yet.
struct Pseudonyms {
    taken: HashSet<String>,
}

impl Pseudonyms {
    fn of(mapping: &Mapping) -> Pseudonyms {
        let names = mapping.rows.iter().flat_map(|row| {
            [Kind::PseudoName, Kind::PseudoId]
                .into_iter()
                .filter_map(|kind| row.parameters.get(kind).map(str::to_owned))
        });
        Pseudonyms { taken: names.collect() }
    }

    /// Eight characters of `A-Z0-9`.
    fn next(&mut self) -> String {
        const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        loop {
            let name: String = (0..8).map(|_| ALPHABET[fastrand::usize(..ALPHABET.len())] as char).collect();
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// How a mapping names a file or folder: relative to the working folder, which is the root of the data, or by its UNC path.
///
/// # Errors
/// When it is neither below the working folder (or beside it) nor on a share that is known.
pub fn relative(context: &Context, path: &Path) -> Result<String> {
    // On Windows, `\data` and `C:data` are no absolute paths, and not relative to the working folder either.
    let rooted = matches!(path.components().next(), Some(Component::Prefix(_) | Component::RootDir));
    if !rooted {
        return joined(path);
    }
    let full = std::path::absolute(context.folder.join(path)).map_err(Error::io("find", path))?;
    if let Some(relative) = below(&full, &context.folder) {
        return joined(relative);
    }
    if let (Some(folder), Some(name)) =
        (full.parent().and_then(UncPath::of_folder), full.file_name().and_then(|name| name.to_str()))
    {
        return Ok(folder.join(name).to_string());
    }
    Err(Error::refused(
        format!("'{}' is outside the working folder, so the mapping cannot name it", path.display()),
        "go to the folder that holds all your data (the one that root_source_path stands for) and try again",
    ))
}

/// What is left of a path in a folder, names being compared as the system compares them.
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
                let hint = "rename it: a mapping can hold only names that are Unicode text";
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

    #[test]
    fn pseudonyms_have_eight_characters_and_do_not_repeat() {
        let mut pseudonyms = Pseudonyms { taken: HashSet::new() };
        let names: HashSet<String> = (0..1000).map(|_| pseudonyms.next()).collect();
        assert_eq!(names.len(), 1000);
        assert!(
            names
                .iter()
                .all(|name| name.len() == 8 && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
        );
    }
}
