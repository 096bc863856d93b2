use clap::Args;

use super::check;
use crate::commands::console::{Editing, open_in_editor};
use crate::commands::context::Context;
use crate::commands::inspected::LookingInto;
use crate::error::Result;

/// Open the mapping in an editor, and check it afterwards
///
/// The editor is the one in VISUAL or EDITOR, otherwise the default program for CSV files, otherwise nano, vi or Notepad. Save
/// the mapping as CSV, and close the editor before you run commands that add to it.
#[derive(Args)]
#[command(after_help = "Examples:
  anon map edit")]
pub struct Edit {}

impl Edit {
    pub fn run(self, context: &Context) -> Result<()> {
        let path = context.mapping_path()?;
        match open_in_editor(&context.console, &path)? {
            // Findings are printed; the editing itself succeeded.
            Editing::Ended => check::report(context, &path, &LookingInto::default()).map(drop),
            Editing::GoesOn => Ok(()),
        }
    }
}
