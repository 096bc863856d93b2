use clap::Args;

use super::selection_path;
use crate::commands::context::Context;
use crate::error::Result;
use crate::selection::Selection;
use crate::text::counted;

/// Show the selection of this folder
#[derive(Args)]
#[command(after_help = "Examples:
  anon select status")]
pub struct Status {}

impl Status {
    pub fn run(self, context: &Context) -> Result<()> {
        let selection = Selection::read(&selection_path(context)?)?;
        let files = counted(selection.selected_paths.len(), "file");
        context.console.print(format_args!("Selection containing {files}:"));
        context.console.print(format_args!("Description: {}", selection.description));
        Ok(())
    }
}
