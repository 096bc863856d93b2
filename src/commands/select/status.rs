use std::path::Path;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::selection_path;
use crate::commands::console::{RowsIn, View};
use crate::commands::context::Context;
use crate::commands::inspected::{self, FilesView, LookingInto, RiskView};
use crate::error::{Error, Result};
use crate::inspection::{Files, inspect};
use crate::selection::{FILE_NAME, Selection};
use crate::text::counted;

/// Show the selection of this folder
#[derive(Args)]
#[command(after_help = "Examples:
  anon select status
  anon select status --files")]
pub struct Status {
    #[command(flatten)]
    looking: LookingInto,
}

impl Status {
    pub fn run(self, context: &Context) -> Result<()> {
        let path = selection_path(context)?;
        let selection = Selection::read(&path)?;
        if self.looking.files {
            return self.files(context, &path, &selection);
        }
        context.console.show(&SelectionView::of(&path, &selection), |console| {
            let files = counted(selection.selected_paths.len(), "file");
            console.print(format_args!("Selection containing {files}:"));
            console.print(format_args!("Description: {}", selection.description));
        });
        Ok(())
    }

    fn files(&self, context: &Context, path: &Path, selection: &Selection) -> Result<()> {
        let files = [Files::Selection(path.to_owned())];
        let mut found = self.looking.watched(&context.console, |looking| inspect(&files, looking, &|_, _| ()));
        let nothing = || Err(Error::Interrupted("the files were not looked at".to_owned()));
        let found = found.pop().unwrap_or_else(nothing)?;
        let risks = inspected::risks([(None, &found)]);
        let view = SelectionFilesView {
            selection: path.display().to_string(),
            description: selection.description.clone(),
            inspected: FilesView::of(None, FILE_NAME.to_owned(), &found),
            risks,
        };
        context.console.show(&view, |console| {
            console.print(format_args!("Selection containing {}:", counted(selection.selected_paths.len(), "file")));
            console.print(format_args!("Description: {}", selection.description));
            console.print_table(&inspected::table([(None, FILE_NAME.to_owned(), &found)]));
            inspected::explain(console, &view.risks);
        });
        Ok(())
    }
}

/// A file selection, and what is in its files.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SelectionFilesView {
    /// The path of the selection.
    selection: String,
    /// For people.
    description: String,
    /// What is in the files.
    inspected: FilesView,
    /// What may go wrong with them on the server.
    risks: Vec<RiskView>,
}

impl View for SelectionFilesView {
    const COLUMNS: &'static [&'static str] = FilesView::COLUMNS;
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["inspected"])];
}

/// A file selection.
#[derive(Serialize, JsonSchema)]
pub struct SelectionView {
    /// Its path.
    selection: String,
    /// The UUID that identifies it.
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
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["files"])];
}
