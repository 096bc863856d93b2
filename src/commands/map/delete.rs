use clap::Args;

use crate::context::Context;
use crate::error::Result;
use crate::storage::{self, Lock};

/// Delete the active mapping
///
/// Example: anon map delete
#[derive(Args)]
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
