use clap::Args;

use crate::commands::console::Table;
use crate::commands::context::Context;
use crate::error::Result;
use crate::mapping::Document;
use crate::problem::{Problem, grouped};
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
        let told: Vec<Problem> =
            [&mapping.problems, &mapping.warnings, &mapping.doubts].into_iter().flatten().cloned().collect();
        console.warn_of(&path, &grouped(&told));
        console.print(format_args!("Mapping at {}", path.display()));
        console.print_lines(&mapping.description);
        console.print(format_args!("Parameter grid with {} rows (showing at most {SHOWN}):\n", mapping.rows.len()));
        let mut table = Table::new(["source", "pseudo_name"]);
        for row in mapping.rows.iter().take(SHOWN) {
            let value = |kind| row.parameters.get(kind);
            let pseudonym = value(Kind::PseudoName).or(value(Kind::PseudoId)).unwrap_or_default();
            table.row([value(Kind::Source).unwrap_or_default(), pseudonym]);
        }
        console.print_table(&table);
        Ok(())
    }
}
