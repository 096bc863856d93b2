use std::path::Path;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::console::{Console, RowsIn, Table, View};
use crate::commands::context::Context;
use crate::commands::create::show_defaults::{Parameter, parameters};
use crate::error::Result;
use crate::mapping::{Document, Mapping, Row};
use crate::text::counted;
use crate::values::Kind;

/// How many rows are shown: enough to see that they are right.
const SHOWN: usize = 5;

/// Show the active mapping: its description and its first rows
#[derive(Args)]
#[command(after_help = "Examples:
  anon map status")]
pub struct Status {}

impl Status {
    pub fn run(self, context: &Context) -> Result<()> {
        let path = context.mapping_path()?;
        let document = Document::read(&path)?;
        let (console, mapping) = (&context.console, document.mapping());
        console.warn_of(&path, [&mapping.problems, &mapping.warnings, &mapping.doubts].into_iter().flatten());
        console.show(&MappingView::of(&path, mapping), |console| print(console, &path, mapping));
        Ok(())
    }
}

fn print(console: &Console, path: &Path, mapping: &Mapping) {
    console.print(format_args!("Mapping at {}", path.display()));
    console.print_lines(&mapping.description);
    let rows = counted(mapping.rows.len(), "row");
    console.print(format_args!("Parameter grid with {rows} (showing at most {SHOWN}):\n"));
    let mut table = Table::new(["source", "pseudo_name"]);
    for row in mapping.rows.iter().take(SHOWN) {
        table.row([row.parameters.get(Kind::Source).unwrap_or_default(), pseudonym(row).unwrap_or_default()]);
    }
    console.print_table(&table);
}

fn pseudonym(row: &Row) -> Option<&str> {
    row.parameters.get(Kind::PseudoName).or(row.parameters.get(Kind::PseudoId))
}

/// The contents of a mapping, as written.
#[derive(Serialize, JsonSchema)]
pub struct MappingView {
    /// Its path.
    mapping: String,
    /// What it is about.
    description: String,
    /// What applies to all rows.
    options: Vec<Parameter>,
    /// All its rows, one per job.
    rows: Vec<MappingRow>,
}

/// A row of a mapping.
#[derive(Serialize, JsonSchema)]
struct MappingRow {
    /// The line of the file on which it begins, from 1.
    line: usize,
    /// Where the data comes from: `folder:patient1`.
    source: Option<String>,
    /// The pseudonym in place of the patient's name, or else of the ID.
    pseudonym: Option<String>,
    /// Free text.
    description: Option<String>,
}

impl MappingView {
    fn of(path: &Path, mapping: &Mapping) -> MappingView {
        let row = |row: &Row| MappingRow {
            line: row.line,
            source: row.parameters.get(Kind::Source).map(str::to_owned),
            pseudonym: pseudonym(row).map(str::to_owned),
            description: row.parameters.get(Kind::Description).map(str::to_owned),
        };
        MappingView {
            mapping: path.display().to_string(),
            description: mapping.description.clone(),
            options: parameters(&mapping.options),
            rows: mapping.rows.iter().map(row).collect(),
        }
    }
}

impl View for MappingView {
    const COLUMNS: &'static [&'static str] = &["line", "source", "pseudonym", "description"];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["rows"])];
}
