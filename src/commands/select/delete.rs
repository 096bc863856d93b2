use clap::Args;

use super::selection_path;
use crate::commands::context::Context;
use crate::error::Result;
use crate::selection::FILE_NAME;
use crate::storage::{self, Lock};

/// Delete the selection of this folder, not the files in it
#[derive(Args)]
#[command(after_help = "Examples:
  anon select delete")]
pub struct Delete {}

impl Delete {
    pub fn run(self, context: &Context) -> Result<()> {
        let _lock = Lock::of(&context.folder.join(FILE_NAME))?;
        storage::delete(&selection_path(context)?)?;
        context.console.report("Removed file selection in current folder");
        Ok(())
    }
}
