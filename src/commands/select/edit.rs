use clap::Args;

use super::selection_path;
use crate::console::open_in_editor;
use crate::context::Context;
use crate::error::Result;

/// Open the selection of this folder in an editor
///
/// Example: anon select edit
#[derive(Args)]
pub struct Edit {}

impl Edit {
    pub fn run(self, context: &Context) -> Result<()> {
        open_in_editor(&selection_path(context)?)
    }
}
