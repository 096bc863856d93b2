use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use super::folders::{NamedFolder, named, with_a_row};
use super::list_options::ListOptions;
use super::rows::{add, ready};
use crate::commands::context::Context;
use crate::commands::scanning::{Scanning, one_patient, report};
use crate::error::{Error, Result};
use crate::mapping::{Mapping, NewRow, named_from};
use crate::scan::{Check, Found};
use crate::selection::{FILE_NAME, Selection};
use crate::storage::Lock;
use crate::text::counted;
use crate::values::{DataPath, Doubt, Source};

/// Add all DICOM files in folders to the active mapping, one row per folder
///
/// Subfolders are searched too. Names can hold wildcards, on Windows as well.
#[derive(Args)]
#[command(after_help = r#"Examples:
  anon map add-study-folders patient1 patient2
  anon map add-study-folders "patient*"
  anon map add-study-folders "**/raw"
  anon map add-study-folders --input-file folders.xlsx
  anon map add-study-folders --input-file folders.xlsx --only-missing
  anon map add-study-folders - < folders.txt"#)]
pub struct AddStudyFolders {
    /// Folders, or patterns for folders (patient*, **/raw); repeatable; '-' reads them from standard input, one per line
    #[arg(value_hint = ValueHint::DirPath)]
    paths: Vec<String>,
    #[command(flatten)]
    list: ListOptions,
    /// Skip folders that already have a row in the mapping
    #[arg(long)]
    only_missing: bool,
    /// Add folders without DICOM files too
    #[arg(long)]
    allow_empty: bool,
    #[command(flatten)]
    scanning: Scanning,
}

/// A folder that will become a row.
struct Study {
    folder: PathBuf,
    row: NewRow,
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
        let results = self.scanning.watched(console, folders.len(), Check::ByName, |scan, progress| {
            scan.run_each(&folders, progress, &|index, mut found| {
                if self.scanning.one_patient {
                    one_patient(&studies[index].folder.display().to_string(), &found)?;
                }
                let selected = found.paths.len();
                if selected > 0 || self.allow_empty {
                    save(&folders[index], &mut found)?;
                }
                Ok((found, selected))
            })
        })?;
        self.finish(context, studies, results)
    }

    fn studies(&self, context: &Context, mapping: &Mapping) -> Result<Vec<Study>> {
        let console = &context.console;
        let mut folders = named(context, &self.paths, self.list.read::<DataPath>(context)?)?;
        if self.only_missing {
            let all = folders.len();
            let present = with_a_row(context, mapping);
            folders.retain(|named| !present.contains(&named.id));
            let skipped = counted(all - folders.len(), "folder");
            console.note(format_args!("{skipped} already in the mapping"));
        }
        let study = |NamedFolder { folder, pseudo_name, .. }: NamedFolder| {
            let path = named_from(&context.folder, &folder.join(FILE_NAME))?;
            if DataPath::parse(&path).is_ok_and(|path| path.doubts.contains(&Doubt::WindowsName)) {
                console.warn(format_args!("'{}': {}", folder.display(), Doubt::WindowsName));
            }
            Ok(Study { folder, row: NewRow::new(Source::FileSelection(DataPath::of(path)), pseudo_name) })
        };
        folders.into_iter().map(study).collect()
    }

    /// Adds a row for each scanned folder, and says what became of each.
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
                    rows.push(study.row);
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
        let what = if self.scanning.opens_files() { "no DICOM file" } else { "no file with a DICOM name" };
        let files = counted(found.seen as usize, "file");
        Error::refused(
            format!("there is {what} in '{name}' ({files}), so it gets no row"),
            "check the folder, or add it anyway with '--allow-empty'",
        )
    }
}

/// Writes the selection of one folder: its current contents replace those of an earlier scan. A file that is not a selection stays.
fn save(folder: &Path, found: &mut Found) -> Result<()> {
    let path = folder.join(FILE_NAME);
    let _lock = Lock::of(&path)?;
    let mut selection = Selection::read_if_present(&path)?.unwrap_or_else(|| Selection::new(folder));
    selection.selected_paths = std::mem::take(&mut found.paths);
    selection.save_soon(&path)
}
