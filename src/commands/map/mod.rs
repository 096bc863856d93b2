mod activate;
mod add_accession_numbers;
mod add_selection;
mod add_study_folders;
mod check;
mod delete;
mod edit;
mod init;
mod rows;
mod status;

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::context::Context;
use crate::error::{Problem, Problems, Result};
use crate::mapping::{Document, Mapping};
use crate::plan::{Plan, plan};

/// What the mapping of a folder is called.
pub const FILE_NAME: &str = "anon_mapping.csv";

#[derive(Subcommand)]
pub enum Map {
    Activate(activate::Activate),
    AddAccessionNumbers(add_accession_numbers::AddAccessionNumbers),
    AddSelection(add_selection::AddSelection),
    AddStudyFolders(add_study_folders::AddStudyFolders),
    Check(check::Check),
    Delete(delete::Delete),
    Edit(edit::Edit),
    Init(init::Init),
    Status(status::Status),
}

impl Map {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            Map::Activate(command) => command.run(context),
            Map::AddAccessionNumbers(command) => command.run(context),
            Map::AddSelection(command) => command.run(context),
            Map::AddStudyFolders(command) => command.run(context),
            Map::Check(command) => command.run(context),
            Map::Delete(command) => command.run(context),
            Map::Edit(command) => command.run(context),
            Map::Init(command) => command.run(context),
            Map::Status(command) => command.run(context),
        }
    }
}

/// Reads the active mapping, and warns of what is allowed but probably not meant.
fn open_mapping(context: &Context) -> Result<(PathBuf, Document)> {
    let path = context.mapping_path()?;
    let document = Document::read(&path)?;
    warn(context, &path, document.mapping());
    Ok((path, document))
}

/// Plans a job for each row of the active mapping.
///
/// # Errors
/// [`crate::Error::Contents`] with all that is wrong, with the file itself and with the jobs that it asks for.
pub fn planned(context: &Context) -> Result<(PathBuf, Plan)> {
    let path = context.mapping_path()?;
    let (mapping, mut problems) = Document::inspect(&path)?;
    warn(context, &path, &mapping);
    let mut plan = plan(&mapping, &context.settings()?.job_default_parameters);
    // Without a single row that can be read, the file's own problems say all there is to say.
    if problems.is_empty() || !mapping.rows.is_empty() {
        problems.append(&mut plan.problems);
    }
    problems.sort_by(|one, other| one.place.cmp(&other.place));
    if problems.is_empty() { Ok((path, plan)) } else { Err(Problems { path, list: problems }.into()) }
}

fn warn(context: &Context, path: &Path, mapping: &Mapping) {
    warn_of(context, path, mapping.warnings.iter());
}

/// Warns of the first few, and says how many more there are.
fn warn_of<'a>(context: &Context, path: &Path, warnings: impl Iterator<Item = &'a Problem>) {
    const SHOWN: usize = 10;
    let warnings: Vec<&Problem> = warnings.collect();
    for Problem { place, message, hint } in warnings.iter().take(SHOWN) {
        let hint = hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        context.console.warn(format_args!("{}{place}: {message}{hint}", path.display()));
    }
    if warnings.len() > SHOWN {
        context.console.warn(format_args!("{}: {} more like these", path.display(), warnings.len() - SHOWN));
    }
}
