use clap::Args;

use super::selection_path;
use crate::commands::console::open_in_editor;
use crate::commands::context::Context;
use crate::error::Result;

/// Open the selection of this folder in an editor
#[derive(Args)]
#[command(after_help = "Examples:
  anon select edit")]
pub struct Edit {}

impl Edit {
    pub fn run(self, context: &Context) -> Result<()> {
        open_in_editor(&context.console, &selection_path(context)?).map(drop)
    }
}
