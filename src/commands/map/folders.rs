//! The folders that `map add-study-folders` is given: typed, piped in, or in a list.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::commands::console::{Console, Item};
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::folders::{FolderId, as_on_disk, expand};
use crate::lists::InputList;
use crate::mapping::Mapping;
use crate::problem::{Place, Problem, Problems};
use crate::unc::{Shares, UncPath, local_form};
use crate::values::{DataPath, Pseudonym, Source};

/// A folder as it was typed, or as a wildcard found it.
pub struct NamedFolder {
    pub id: FolderId,
    pub folder: PathBuf,
    pub pseudo_name: Option<String>,
    /// Where in a list or on standard input.
    place: Option<Place>,
}

impl NamedFolder {
    fn new(
        context: &Context,
        folder: PathBuf,
        pseudo_name: Option<String>,
        place: Option<Place>,
    ) -> Result<NamedFolder> {
        Ok(NamedFolder { id: FolderId::of(&context.folder.join(&folder))?, folder, pseudo_name, place })
    }
}

/// All folders that were named, each once.
///
/// # Errors
/// When there is no such folder, or when one would get two pseudonyms.
pub fn named(
    context: &Context,
    typed: &[String],
    list: Option<(PathBuf, InputList<DataPath>)>,
) -> Result<Vec<NamedFolder>> {
    let mut named = vec![];
    for pattern in typed {
        if pattern == "-" {
            named.extend(piped(context)?);
            continue;
        }
        for folder in expand(pattern, &context.folder)? {
            named.push(NamedFolder::new(context, folder, None, None)?);
        }
    }
    let Some((file, list)) = list else { return each_once(&context.console, Path::new(""), named) };
    named.extend(listed(context, &file, &list)?);
    each_once(&context.console, &file, named)
}

/// The folders on standard input, or those that patterns there find.
fn piped(context: &Context) -> Result<Vec<NamedFolder>> {
    let read = |item: &Item| -> Result<Vec<NamedFolder>> {
        let found = expand(&local_form(&item.text).to_string_lossy(), &context.folder)?.into_iter();
        found.map(|folder| NamedFolder::new(context, folder, None, Some(Place::Line(item.line)))).collect()
    };
    let problem = |item: &Item, error: Error| item.problem(error.to_string()).hint(error.hint().unwrap_or_default());
    let named = context.console.parsed_items(|item| read(item).map_err(|error| problem(item, error)))?;
    Ok(named.into_iter().flatten().collect())
}

/// The folders in an input list, or everything that is wrong with them at once.
fn listed(context: &Context, file: &Path, list: &InputList<DataPath>) -> Result<Vec<NamedFolder>> {
    let (mut named, mut problems) = (vec![], vec![]);
    for row in &list.rows {
        let name = row.value.as_str();
        // A name can begin with a space, or a person has typed it; Windows copies paths with quotes around them.
        let spellings = [name, name.trim(), name.trim().trim_matches(['"', '\''])].into_iter();
        let mut folders = spellings.map(|name| as_on_disk(&local_form(name), &context.folder));
        match folders.find(|folder| context.folder.join(folder).is_dir()) {
            Some(folder) => {
                let pseudo_name = row.pseudonym.as_ref().map(Pseudonym::to_string);
                named.push(NamedFolder::new(context, folder, pseudo_name, Some(list.place(row)))?);
            }
            None => {
                let message = format!("there is no folder '{}'", name.escape_debug());
                let hint = "check the name, and the folder that you are in";
                problems.push(Problem::new(list.place(row), message).hint(hint));
            }
        }
    }
    Problems::none_or(file, problems)?;
    Ok(named)
}

/// Each folder once, however often and in whatever spelling it is named. Two pseudonyms for one are a problem in the list in
/// `file`.
fn each_once(console: &Console, file: &Path, named: Vec<NamedFolder>) -> Result<Vec<NamedFolder>> {
    let mut folders: Vec<NamedFolder> = vec![];
    let mut known = HashMap::new();
    let mut problems = vec![];
    for next in named {
        let at = *known.entry(next.id.clone()).or_insert(folders.len());
        let Some(first) = folders.get_mut(at) else {
            folders.push(next);
            continue;
        };
        let (this, that) = (next.folder.display(), first.folder.display());
        let same = match next.folder == first.folder {
            true => format!("'{this}' is named twice"),
            false => format!("'{this}' is the same folder as '{that}'"),
        };
        if next.place.is_some() || next.folder != first.folder {
            console.note(format_args!("{same}: it gets one row"));
        }
        match (&first.pseudo_name, next.pseudo_name) {
            (Some(one), Some(other)) if *one != other => {
                let hint = "a folder gets one pseudonym: remove one of the two rows";
                let place = next.place.unwrap_or(Place::Whole);
                problems.push(Problem::new(place, format!("{same}, with another pseudonym")).hint(hint));
            }
            (None, pseudo_name) => first.pseudo_name = pseudo_name,
            _ => {}
        }
    }
    Problems::none_or(file, problems)?;
    Ok(folders)
}

/// The folders that have a row in the mapping.
pub fn with_a_row(context: &Context, mapping: &Mapping) -> HashSet<FolderId> {
    let shares = Shares::of_this_computer();
    let local = |path: &str| match UncPath::parse(path) {
        Some(path) => shares.find(&path),
        None => Some(context.folder.join(local_form(path))),
    };
    let folder = |source: &Source| match source {
        Source::Folder(path) => local(path.as_str()),
        Source::FileSelection(path) => Some(local(path.as_str())?.parent()?.to_owned()),
        _ => None,
    };
    mapping.rows.iter().filter_map(|row| FolderId::of(&folder(row.source()?)?).ok()).collect()
}
