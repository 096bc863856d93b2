use clap::Args;

use super::require_selection;
use crate::commands::context::Context;
use crate::error::Result;
use crate::selection::FILE_NAME;
use crate::storage::{self, Lock};

/// Remove the selection of this folder; the files stay
#[derive(Args)]
#[command(after_help = "Examples:
  anon select delete")]
pub struct Delete {}

impl Delete {
    pub fn run(self, context: &Context) -> Result<()> {
        let path = context.folder.join(FILE_NAME);
        let _lock = Lock::of(&path)?;
        // Another anon may have deleted it while this one waited.
        require_selection(&path, context)?;
        storage::delete(&path)?;
        context.console.report("Removed file selection in current folder");
        Ok(())
    }
}
