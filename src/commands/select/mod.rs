mod add;
mod delete;
mod edit;
pub mod status;

use std::path::PathBuf;

use clap::Subcommand;

use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::selection::FILE_NAME;
use crate::storage;

#[derive(Subcommand)]
pub enum Select {
    Add(add::Add),
    Delete(delete::Delete),
    Edit(edit::Edit),
    Status(status::Status),
}

impl Select {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            Select::Add(command) => command.run(context),
            Select::Delete(command) => command.run(context),
            Select::Edit(command) => command.run(context),
            Select::Status(command) => command.run(context),
        }
    }
}

/// The selection file of the working folder.
fn selection_path(context: &Context) -> Result<PathBuf> {
    let path = context.folder.join(FILE_NAME);
    if storage::exists(&path)? { Ok(path) } else { Err(Error::NoSelection(context.folder.clone())) }
}
