use std::path::Path;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::selection_path;
use crate::commands::console::View;
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
        let path = selection_path(context)?;
        let selection = Selection::read(&path)?;
        context.console.show(&SelectionView::of(&path, &selection), |console| {
            let files = counted(selection.selected_paths.len(), "file");
            console.print(format_args!("Selection containing {files}:"));
            console.print(format_args!("Description: {}", selection.description));
        });
        Ok(())
    }
}

/// A file selection.
#[derive(Serialize, JsonSchema)]
pub struct SelectionView {
    /// Its path.
    selection: String,
    /// The UUID that tells it from others.
    id: String,
    /// For people.
    description: String,
    /// The selected files, relative to the folder of the selection, joined with `/`.
    files: Vec<String>,
}

impl SelectionView {
    fn of(path: &Path, selection: &Selection) -> SelectionView {
        SelectionView {
            selection: path.display().to_string(),
            id: selection.id.clone(),
            description: selection.description.clone(),
            files: selection.selected_paths.clone(),
        }
    }
}

impl View for SelectionView {
    const COLUMNS: &'static [&'static str] = &["file"];

    fn rows(&self) -> Vec<Vec<String>> {
        self.files.iter().map(|file| vec![file.clone()]).collect()
    }
}
