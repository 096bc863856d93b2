use clap::Args;

use super::rows::still;
use crate::commands::context::Context;
use crate::error::Result;
use crate::mapping::{CAP, Document};
use crate::storage;
use crate::text::counted;

/// Delete the mapping
#[derive(Args)]
#[command(after_help = "Examples:
  anon map delete
  anon map delete --yes")]
pub struct Delete {}

impl Delete {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let path = context.mapping_path()?;
        let asked_about = storage::read(&path, CAP)?;
        let what = match Document::from_bytes(&path, asked_about.clone()) {
            Ok(document) => {
                let rows = document.mapping().rows.iter().filter(|row| !row.is_example()).count();
                format!("with {}", if rows == 0 { "no rows".to_owned() } else { counted(rows, "row") })
            }
            Err(_) => "which cannot be read as a mapping".to_owned(),
        };
        let question = format!("This will delete '{}', {what}. Are you sure?", path.display());
        if !console.confirm(question)? {
            console.note("Cancelled: the mapping stays as it is");
            return Ok(());
        }
        let _lock = still(&path, &Some(asked_about), "deleted")?;
        storage::delete(&path)?;
        console.report(format_args!("Removed mapping at {}", path.display()));
        Ok(())
    }
}
