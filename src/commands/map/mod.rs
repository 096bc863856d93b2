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

use crate::context::Context;
use crate::error::{Problem, Result};
use crate::mapping::Document;

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
pub fn open_mapping(context: &Context) -> Result<(PathBuf, Document)> {
    let path = context.mapping_path()?;
    let document = Document::read(&path)?;
    for Problem { place, message, hint } in &document.mapping().warnings {
        let hint = hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        context.console.warn(format_args!("{}{place}: {message}{hint}", path.display()));
    }
    Ok((path, document))
}
