use std::path::Path;

use clap::Args;

use crate::commands::context::Context;
use crate::error::{Error, Result};

/// Make the mapping of this folder the active one
#[derive(Args)]
#[command(after_help = "Examples:
  anon map activate")]
pub struct Activate {}

impl Activate {
    pub fn run(self, context: &Context) -> Result<()> {
        let path = context.mapping_here();
        if !path.is_file() {
            return Err(Error::NoMapping(path));
        }
        activate(context, &path)
    }
}

/// Makes a mapping the active one, and says so.
pub fn activate(context: &Context, path: &Path) -> Result<()> {
    if path.to_str().is_none() {
        let message = format!("the name of the folder '{}' is not Unicode text", path.display());
        return Err(Error::refused(
            message,
            "rename it, or work in another folder: the settings can only contain Unicode text",
        ));
    }
    context.change_settings(|settings| {
        settings.active_mapping_file = Some(path.to_owned());
        Ok(())
    })?;
    context.console.report(format_args!("Activated mapping at {}", path.display()));
    Ok(())
}
