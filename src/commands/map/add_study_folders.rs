use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::path::{Path, PathBuf};

use clap::{ArgAction, Args, ValueHint};

use super::list_options::ListOptions;
use super::rows::{NewRow, add, ready, relative};
use crate::commands::console::stdin;
use crate::commands::context::Context;
use crate::commands::scanning::{Scanning, Watched, one_patient, report};
use crate::error::{Error, Result};
use crate::folders::{FolderId, as_on_disk, expand};
use crate::lists::InputList;
use crate::mapping::Mapping;
use crate::problem::{Place, Problem, Problems};
use crate::scan::{Check, Found};
use crate::selection::{FILE_NAME, Selection};
use crate::storage::Lock;
use crate::text::counted;
use crate::unc::{Shares, UncPath};
use crate::values::{DataPath, Doubt, Pseudonym, Source};

/// Add all DICOM files in folders to the active mapping, one row per folder
///
/// Folders are searched with all that is below them. Names can hold wildcards, which work on Windows too.
#[derive(Args)]
#[command(after_help = r#"Examples:
  anon map add-study-folders patient1 patient2
  anon map add-study-folders "patient*"
  anon map add-study-folders "**/raw"
  anon map add-study-folders --input-file folders.xlsx
  anon map add-study-folders --input-file folders.xlsx --only-missing
  anon map add-study-folders - < folders.txt"#)]
pub struct AddStudyFolders {
    /// Folders, or patterns for folders (patient*, **/raw); repeatable; '-' reads them from standard input, one a line
    #[arg(value_hint = ValueHint::DirPath)]
    paths: Vec<String>,
    #[command(flatten)]
    list: ListOptions,
    /// Skip folders that have a row in the mapping already
    #[arg(long, action = ArgAction::SetTrue)]
    only_missing: bool,
    /// Add folders without DICOM files, too
    #[arg(long, action = ArgAction::SetTrue)]
    allow_empty: bool,
    #[command(flatten)]
    scanning: Scanning,
}

/// A folder that someone named, as it was typed or as a wildcard found it.
struct Named {
    folder: PathBuf,
    pseudo_name: Option<String>,
    /// Where in the list.
    place: Option<Place>,
}

/// A folder that is to become a row.
struct Study {
    folder: PathBuf,
    pseudo_name: Option<String>,
    source: Source,
}

impl AddStudyFolders {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let document = ready(context)?;
        let studies = self.studies(context, document.mapping())?;
        if studies.is_empty() {
            return if self.only_missing {
                console.report("Nothing to add");
                Ok(())
            } else {
                let hint = "name them: anon map add-study-folders patient1 \"patient*\", or '-f FILE'";
                Err(Error::refused("no folders given", hint))
            };
        }
        console.report(format_args!("Adding {} to mapping", counted(studies.len(), "folder")));
        let folders: Vec<PathBuf> = studies.iter().map(|study| context.folder.join(&study.folder)).collect();
        let watched = Watched::start(console, folders.len());
        let scan = self.scanning.scan(Check::ByName, &watched)?;
        let results = scan.run_each(&folders, &watched.progress(), &|index, mut found| {
            if self.scanning.one_patient {
                one_patient(&studies[index].folder.display().to_string(), &found)?;
            }
            let selected = found.paths.len();
            if selected > 0 || self.allow_empty {
                save(&folders[index], &mut found)?;
            }
            Ok((found, selected))
        });
        drop(watched);
        self.finish(context, studies, results)
    }

    fn studies(&self, context: &Context, mapping: &Mapping) -> Result<Vec<Study>> {
        let mut named = vec![];
        for pattern in &self.paths {
            if pattern == "-" {
                named.extend(piped(context)?);
                continue;
            }
            let found = expand(pattern, &context.folder)?.into_iter();
            named.extend(found.map(|folder| Named { folder, pseudo_name: None, place: None }));
        }
        let list = self.list.read::<DataPath>(context)?;
        let file = list.as_ref().map_or(PathBuf::new(), |(file, _)| file.clone());
        if let Some((_, list)) = list {
            named.extend(listed(context, &file, list)?);
        }
        let mut different = different(context, &file, named)?;
        if self.only_missing {
            let all = different.len();
            let present = present(context, mapping);
            different.retain(|(id, _)| !present.contains(id));
            let skipped = counted(all - different.len(), "folder");
            context.console.note(format_args!("{skipped} with a row in the mapping already"));
        }
        let study = |(_, Named { folder, pseudo_name, .. }): (FolderId, Named)| {
            let path = relative(context, &folder.join(FILE_NAME))?;
            if DataPath::parse(&path).is_ok_and(|path| path.doubts.contains(&Doubt::WindowsName)) {
                context.console.warn(format_args!("'{}': {}", folder.display(), Doubt::WindowsName));
            }
            Ok(Study { folder, pseudo_name, source: Source::FileSelection(DataPath::of(path)) })
        };
        different.into_iter().map(study).collect()
    }

    /// Adds a row for each folder that was scanned, and tells what became of every one.
    fn finish(&self, context: &Context, studies: Vec<Study>, results: Vec<Result<(Found, usize)>>) -> Result<()> {
        let console = &context.console;
        let (mut rows, mut names, mut failures, mut interrupted) = (vec![], vec![], vec![], false);
        let all = studies.len();
        for (study, result) in studies.into_iter().zip(results) {
            let name = study.folder.display().to_string();
            match result {
                Ok((found, 0)) if !self.allow_empty => {
                    report(console, &name, &found);
                    failures.push(self.nothing_found(&name, &found));
                }
                Ok((found, selected)) => {
                    console.report(format_args!("Adding '{name}' to mapping"));
                    console.report(format_args!("Finding all files in {name}"));
                    let next = if self.scanning.opens_files() { ". Finding out which ones are DICOM" } else { "" };
                    let selected = counted(selected, "DICOM file");
                    console.report(format_args!("Found {}{next}", counted(found.seen as usize, "file")));
                    console.report(format_args!("Found {selected}"));
                    report(console, &name, &found);
                    rows.push(NewRow::new(study.source, study.pseudo_name));
                    names.push(format!("'{name}'"));
                }
                Err(Error::Interrupted(_)) => interrupted = true,
                Err(error) => failures.push(error),
            }
        }
        let added = rows.len();
        if added > 0 {
            add(context, rows)?;
            console.report(format_args!("Done. Added [{}] to mapping", names.join(", ")));
        }
        if failures.len() == 1 && all == 1 {
            return Err(failures.remove(0));
        }
        failures.iter().for_each(|error| console.error(error));
        let missing = all - added;
        let were = if missing == 1 { "was" } else { "were" };
        let summary = format!("{missing} of {} {were} not added", counted(all, "folder"));
        let hint = "run the same command again with '--only-missing' for the rest";
        match (interrupted, failures.len()) {
            (true, _) => Err(Error::Interrupted(format!("{summary}; {hint}"))),
            (false, 0) => Ok(()),
            (false, _) => Err(Error::Partly { summary, hint: Some(hint.to_owned()) }),
        }
    }

    fn nothing_found(&self, name: &str, found: &Found) -> Error {
        let what = if self.scanning.opens_files() { "no DICOM file" } else { "no file that is called like DICOM" };
        let files = counted(found.seen as usize, "file");
        Error::refused(
            format!("there is {what} in '{name}' ({files}), so it gets no row"),
            "check the folder, or add it all the same with '--allow-empty'",
        )
    }
}

/// Each folder once, however often it is named and whatever way it is spelled. Two pseudonyms for one are a problem of the list in
/// `file`.
fn different(context: &Context, file: &Path, named: Vec<Named>) -> Result<Vec<(FolderId, Named)>> {
    let mut different: Vec<(FolderId, Named)> = vec![];
    let mut known = HashMap::new();
    let mut problems = vec![];
    for next in named {
        let id = FolderId::of(&context.folder.join(&next.folder))?;
        let first = match known.entry(id.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(different.len());
                different.push((id, next));
                continue;
            }
            Entry::Occupied(entry) => &mut different[*entry.get()].1,
        };
        let (this, that) = (next.folder.display(), first.folder.display());
        let same = match next.folder == first.folder {
            true => format!("'{this}' is named twice"),
            false => format!("'{this}' is the same folder as '{that}'"),
        };
        if next.place.is_some() || next.folder != first.folder {
            context.console.note(format_args!("{same}: it gets one row"));
        }
        match (&first.pseudo_name, next.pseudo_name) {
            (Some(one), Some(other)) if *one != other => {
                let place = next.place.unwrap_or(Place::Whole);
                let hint = "a folder gets one pseudonym: remove one of the two rows";
                problems.push(Problem::new(place, format!("{same}, with another pseudonym")).hint(hint));
            }
            (None, pseudo_name) => first.pseudo_name = pseudo_name,
            _ => {}
        }
    }
    Problems::none_or(file, problems)?;
    Ok(different)
}

/// The folders that have a row in the mapping.
fn present(context: &Context, mapping: &Mapping) -> HashSet<FolderId> {
    let shares = Shares::of_this_computer();
    let local = |path: &str| match UncPath::parse(path) {
        Some(path) => shares.find(&path),
        None => Some(context.folder.join(from_windows(path))),
    };
    let folder = |source: &Source| match source {
        Source::Folder(path) => local(path.as_str()),
        Source::FileSelection(path) => Some(local(path.as_str())?.parent()?.to_owned()),
        _ => None,
    };
    mapping.rows.iter().filter_map(|row| FolderId::of(&folder(row.source()?)?).ok()).collect()
}

/// What was written on Windows names folders with backslashes.
fn from_windows(path: &str) -> PathBuf {
    if cfg!(windows) { path.into() } else { path.replace('\\', "/").into() }
}

/// The folders on standard input, or those that patterns there find.
fn piped(context: &Context) -> Result<Vec<Named>> {
    let (mut named, mut problems) = (vec![], vec![]);
    for item in context.console.items()? {
        match expand(&from_windows(&item.text).to_string_lossy(), &context.folder) {
            Ok(found) => {
                let place = || Some(Place::Line(item.line));
                named.extend(found.into_iter().map(|folder| Named { folder, pseudo_name: None, place: place() }));
            }
            Err(error) => problems.push(item.problem(error.to_string()).hint(error.hint().unwrap_or_default())),
        }
    }
    Problems::none_or(stdin(), problems)?;
    Ok(named)
}

/// The folders of an input list, all that is wrong with them in one go.
fn listed(context: &Context, file: &Path, list: InputList<DataPath>) -> Result<Vec<Named>> {
    let mut folders = vec![];
    let mut problems = vec![];
    for row in &list.rows {
        let name = row.value.as_str();
        // A name can begin with a space, or a person has typed it; Windows copies paths with quotes around them.
        let spellings = [name, name.trim(), name.trim().trim_matches(['"', '\''])].into_iter();
        let mut folders_of_it = spellings.map(|name| as_on_disk(&from_windows(name), &context.folder));
        match folders_of_it.find(|folder| context.folder.join(folder).is_dir()) {
            Some(folder) => {
                let pseudo_name = row.pseudonym.as_ref().map(Pseudonym::to_string);
                folders.push(Named { folder, pseudo_name, place: Some(list.place(row)) });
            }
            None => {
                let hint = "check the name, and the folder that you are in";
                let message = format!("there is no folder '{}'", name.escape_debug());
                problems.push(Problem::new(list.place(row), message).hint(hint));
            }
        }
    }
    Problems::none_or(file, problems)?;
    Ok(folders)
}

/// Writes the selection of one folder: what it holds now, in place of what an earlier scan found. What is no selection stays.
fn save(folder: &Path, found: &mut Found) -> Result<()> {
    let path = folder.join(FILE_NAME);
    let _lock = Lock::of(&path)?;
    let mut selection = Selection::read_if_present(&path)?.unwrap_or_else(|| Selection::new(folder));
    selection.selected_paths = std::mem::take(&mut found.paths);
    selection.save_soon(&path)
}
