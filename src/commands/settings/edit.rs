use clap::Args;

use crate::commands::console::open_in_editor;
use crate::commands::context::Context;
use crate::error::Result;
use crate::storage;

/// Open the settings file in an editor
#[derive(Args)]
#[command(after_help = "Examples:
  anon settings edit")]
pub struct Edit {}

impl Edit {
    pub fn run(self, context: &Context) -> Result<()> {
        let path = context.settings_file().path();
        // Settings that cannot be read any more must still open, to be corrected.
        if !storage::exists(path)? {
            context.settings()?;
        }
        open_in_editor(&context.console, path).map(drop)
    }
}
