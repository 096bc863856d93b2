mod add;
mod delete;
mod edit;
pub mod status;

use std::path::PathBuf;

use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::selection::FILE_NAME;
use crate::storage;

group!(Select {
    Add(add::Add),
    Delete(delete::Delete),
    Edit(edit::Edit),
    Status(status::Status),
});

/// The selection file of the working folder.
fn selection_path(context: &Context) -> Result<PathBuf> {
    let path = context.folder.join(FILE_NAME);
    if storage::exists(&path)? { Ok(path) } else { Err(Error::NoSelection(context.folder.clone())) }
}
