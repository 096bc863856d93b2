use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{ArgAction, Args};

use super::rows::{NewRow, add, relative};
use crate::commands::context::Context;
use crate::commands::scanning::{Checking, Watched, one_patient, report};
use crate::error::{Error, Result};
use crate::lists::{Column, InputList};
use crate::mapping::Document;
use crate::problem::{Problem, Problems};
use crate::scan::{Check, Found, Scan, expand};
use crate::selection::{FILE_NAME, Selection};
use crate::storage::Lock;
use crate::values::{DataPath, Source};

/// Add all DICOM files in folders to the active mapping, a row for each folder
///
/// Folders are searched with all that is below them. Names can hold wildcards, which work on Windows too.
#[derive(Args)]
#[command(after_help = r#"Examples:
  anon map add-study-folders patient1 patient2
  anon map add-study-folders "patient*"
  anon map add-study-folders "**/raw"
  anon map add-study-folders -f folders.xlsx"#)]
pub struct AddStudyFolders {
    /// Folders, or patterns for folders (patient*, **/raw); repeatable
    paths: Vec<String>,
    /// Add all folders in the column 'folder' of this csv, txt, xlsx or xls file, with the pseudonyms in its column 'pseudonym'
    /// if it has one
    #[arg(short = 'f', long, value_name = "FILE")]
    input_file: Option<PathBuf>,
    #[command(flatten)]
    checking: Checking,
    /// Refuse a folder that holds files of more than one patient, instead of warning
    #[arg(long, action = ArgAction::SetTrue)]
    one_patient: bool,
    /// Open at most so many files at the same time [default: 64]
    #[arg(long, value_name = "N")]
    concurrency: Option<NonZeroUsize>,
}

/// A folder that is to become a row.
struct Study {
    /// As it was typed, or as the wildcard found it.
    folder: PathBuf,
    pseudo_name: Option<String>,
    source: Source,
}

impl AddStudyFolders {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        // A mapping that cannot be read is better known before the long scan than after it.
        Document::read(&context.mapping_path()?)?;
        let studies = self.studies(context)?;
        if studies.is_empty() {
            console.print("No folders given");
            return Ok(());
        }
        console.print(format_args!("Adding {} paths to mapping", studies.len()));
        let folders: Vec<PathBuf> = studies.iter().map(|study| context.folder.join(&study.folder)).collect();
        let watched = Watched::start(console);
        let check = if self.checking.is_on() { Check::Open } else { Check::ByName };
        let scan = Scan { check, concurrency: self.concurrency, stop: Some(watched.stop()), ..Scan::default() };
        let results = scan.run_each(&folders, &watched.progress(), &|index, mut found| {
            if self.one_patient {
                one_patient(&studies[index].folder, &found)?;
            }
            let selected = save(&folders[index], &mut found)?;
            Ok((found, selected))
        });
        drop(watched);
        finish(context, studies, results, check == Check::Open)
    }

    fn studies(&self, context: &Context) -> Result<Vec<Study>> {
        let (mut folders, mut known) = (vec![], HashSet::new());
        for pattern in &self.paths {
            // A folder that two patterns find is one all the same.
            let new = expand(pattern, &context.folder)?.into_iter().filter(|folder| known.insert(folder.clone()));
            folders.extend(new.map(|folder| (folder, None)));
        }
        if let Some(file) = &self.input_file {
            let list = InputList::read(&context.folder.join(file), Column::Path)?;
            context.console.note(format_args!("Read {} rows from '{}'", list.rows.len(), file.display()));
            folders.extend(listed(context, &context.folder.join(file), list)?);
        }
        let study = |(folder, pseudo_name): (PathBuf, Option<String>)| {
            let source = Source::FileSelection(DataPath::of(relative(context, &folder.join(FILE_NAME))?));
            Ok(Study { folder, pseudo_name, source })
        };
        folders.into_iter().map(study).collect()
    }
}

/// The folders of an input list, all that is wrong with them in one go.
fn listed(context: &Context, file: &Path, list: InputList) -> Result<Vec<(PathBuf, Option<String>)>> {
    let mut folders = vec![];
    let mut problems = vec![];
    for row in list.rows {
        let Some(path) = row.path else { continue };
        // A list made on Windows names folders with backslashes.
        let folder: PathBuf = if cfg!(windows) { path.into() } else { path.replace('\\', "/").into() };
        if context.folder.join(&folder).is_dir() {
            folders.push((folder, row.pseudo_name));
        } else {
            let hint = "check the name, and the folder that you are in";
            problems.push(Problem::new(row.place, format!("there is no folder '{}'", folder.display())).hint(hint));
        }
    }
    Problems::none_or(file, problems)?;
    Ok(folders)
}

/// Writes the selection of one folder: what it holds now, in place of what an earlier scan found, and of nothing else that may
/// have this name. Returns how many files.
fn save(folder: &Path, found: &mut Found) -> Result<usize> {
    let path = folder.join(FILE_NAME);
    let _lock = Lock::of(&path)?;
    Selection::read_if_present(&path)?;
    let mut selection = Selection::new(folder);
    selection.selected_paths = std::mem::take(&mut found.paths);
    selection.save_soon(&path)?;
    Ok(selection.selected_paths.len())
}

/// Adds a row for each folder that was scanned, and tells what became of every one.
fn finish(context: &Context, studies: Vec<Study>, results: Vec<Result<(Found, usize)>>, checks: bool) -> Result<()> {
    let console = &context.console;
    let mut rows = vec![];
    let mut names = vec![];
    let mut failures = vec![];
    for (study, result) in studies.into_iter().zip(results) {
        let name = study.folder.display().to_string();
        match result {
            Ok((found, selected)) => {
                console.print(format_args!("Adding '{name}' to mapping"));
                console.print(format_args!("Finding all files in {name}"));
                let next = if checks { ". Finding out which ones are DICOM" } else { "" };
                console.print(format_args!("Found {} files{next}", found.seen));
                console.print(format_args!("Found {selected} DICOM files\n"));
                report(console, &name, &found, selected);
                rows.push(NewRow::new(study.source, study.pseudo_name));
                names.push(format!("'{name}'"));
            }
            Err(Error::Interrupted(_)) => {
                return Err(Error::Interrupted("nothing was added to the mapping".to_owned()));
            }
            Err(error) => failures.push((name, error)),
        }
    }
    let added = rows.len();
    if added > 0 {
        add(context, rows)?;
        console.print(format_args!("Done. Added [{}] to mapping", names.join(", ")));
    }
    match failures.len() {
        0 => Ok(()),
        1 if added == 0 => Err(failures.remove(0).1),
        failed => {
            failures.iter().for_each(|(_, error)| console.error(error));
            Err(Error::Partly { summary: format!("{added} folders added, {failed} not"), hint: None })
        }
    }
}
