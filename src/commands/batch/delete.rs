use clap::Args;

use crate::context::Context;
use crate::error::Result;

/// Remove the batch of this folder; its jobs stay on the server
///
/// Example: anon batch delete
#[derive(Args)]
pub struct Delete {}

impl Delete {
    pub fn run(self, context: &Context) -> Result<()> {
        context.batch().delete()?;
        context.console.print("Removed batch in current dir");
        Ok(())
    }
}
