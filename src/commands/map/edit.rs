use clap::Args;

use crate::commands::console::open_in_editor;
use crate::commands::context::Context;
use crate::error::Result;

/// Open the active mapping in an editor
///
/// The editor is the one in VISUAL or EDITOR, otherwise the computer's program for csv files. Close it before you run commands
/// that add to the mapping, and save as csv.
#[derive(Args)]
#[command(after_help = "Examples:
  anon map edit")]
pub struct Edit {}

impl Edit {
    pub fn run(self, context: &Context) -> Result<()> {
        open_in_editor(&context.mapping_path()?)
    }
}
