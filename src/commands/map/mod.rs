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

use std::path::PathBuf;

use clap::Subcommand;

use crate::commands::context::Context;
use crate::error::Result;
use crate::mapping::Document;
use crate::plan::{Plan, plan};
use crate::problem::Problems;

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
    context.console.warn_of(&path, &document.mapping().warnings);
    Ok((path, document))
}

/// Plans a job for each row of the active mapping.
///
/// # Errors
/// [`crate::Error::Contents`] with all that is wrong, with the file itself and with the jobs that it asks for.
pub fn planned(context: &Context) -> Result<(PathBuf, Plan)> {
    let path = context.mapping_path()?;
    let (mapping, mut problems) = Document::inspect(&path)?;
    context.console.warn_of(&path, &mapping.warnings);
    let mut plan = plan(&mapping, &context.settings()?.job_default_parameters);
    // Without a single row that can be read, the file's own problems say all there is to say.
    if problems.is_empty() || !mapping.rows.is_empty() {
        problems.append(&mut plan.problems);
    }
    Problems::none_or(&path, problems)?;
    Ok((path, plan))
}
