use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;
use crate::storage::{self, Lock};

/// Delete the active mapping
#[derive(Args)]
#[command(after_help = "Examples:
  anon map delete")]
pub struct Delete {}

impl Delete {
    pub fn run(self, context: &Context) -> Result<()> {
        let path = context.mapping_path()?;
        let _lock = Lock::of(&path)?;
        storage::delete(&path)?;
        context.console.print(format_args!("Removed mapping at {}", path.display()));
        Ok(())
    }
}
