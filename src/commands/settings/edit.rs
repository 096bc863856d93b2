use clap::Args;

use crate::console::open_in_editor;
use crate::context::Context;
use crate::error::Result;

/// Open the settings file in an editor
///
/// Example: anon settings edit
#[derive(Args)]
pub struct Edit {}

impl Edit {
    pub fn run(self, context: &Context) -> Result<()> {
        let path = context.settings_file().path();
        // Settings that cannot be read any more must still open, to be corrected.
        if !path.exists() {
            context.settings()?;
        }
        open_in_editor(path)
    }
}
