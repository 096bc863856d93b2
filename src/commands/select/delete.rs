use clap::Args;

use super::selection_path;
use crate::commands::context::Context;
use crate::error::Result;
use crate::storage::{self, Lock};

/// Remove the selection of this folder; the files stay
#[derive(Args)]
#[command(after_help = "Examples:
  anon select delete")]
pub struct Delete {}

impl Delete {
    pub fn run(self, context: &Context) -> Result<()> {
        let path = selection_path(context)?;
        let _lock = Lock::of(&path)?;
        storage::delete(&path)?;
        context.console.print("Removed file selection in current folder");
        Ok(())
    }
}
