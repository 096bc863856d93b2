use clap::Args;

use super::list_options::ListOptions;
use super::rows::add;
use crate::commands::console::Console;
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::mapping::NewRow;
use crate::text::counted;
use crate::values::{AccessionNumber, Parsed, Source};

/// Add accession numbers to the active mapping
#[derive(Args)]
#[command(after_help = "Examples:
  anon map add-accession-numbers 1234567.12345678
  anon map add-accession-numbers -f numbers.xlsx
  anon map add-accession-numbers -f numbers.xlsx --sheet Included --pseudonym-column \"Anon ID\"
  anon map add-accession-numbers - < numbers.txt")]
pub struct AddAccessionNumbers {
    /// Accession numbers; repeatable; '-' reads them from standard input, one per line
    accession_numbers: Vec<String>,
    #[command(flatten)]
    list: ListOptions,
}

impl AddAccessionNumbers {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        context.mapping_path()?;
        let mut rows = vec![];
        for typed in &self.accession_numbers {
            if typed == "-" {
                rows.extend(piped(console)?);
                continue;
            }
            let parsed = AccessionNumber::parse_typed(typed)
                .map_err(|spoilt| Error::usage(spoilt.to_string(), spoilt.hint()))?;
            rows.push(row(console, parsed));
        }
        if let Some((_, list)) = self.list.read::<AccessionNumber>(context)? {
            rows.extend(list.rows.into_iter().map(|row| {
                let pseudonym = row.pseudonym.map(|name| name.to_string());
                NewRow::new(Source::AccessionNumber(row.value), pseudonym)
            }));
        }
        if rows.is_empty() {
            let hint = "name them: anon map add-accession-numbers 1234567.12345678, or '-f FILE'";
            return Err(Error::refused("no accession numbers given", hint));
        }
        let names: Vec<String> = rows.iter().map(|row| row.source.to_string()).collect();
        add(context, rows)?;
        for name in &names {
            console.report(format_args!("Adding {name}"));
        }
        console.report(format_args!("Done. Added {}", counted(names.len(), "accession number")));
        Ok(())
    }
}

/// The row of an accession number; prints its doubts.
fn row(console: &Console, parsed: Parsed<AccessionNumber>) -> NewRow {
    for doubt in &parsed.doubts {
        console.warn(format_args!("accession number '{}': {doubt}", parsed.value));
    }
    NewRow::new(Source::AccessionNumber(parsed.value), None)
}

/// The numbers on standard input, or everything that is wrong with them at once.
fn piped(console: &Console) -> Result<Vec<NewRow>> {
    console.parsed_items(|item| match AccessionNumber::parse_typed(item.without_comment()) {
        Ok(parsed) => Ok(row(console, parsed)),
        Err(spoilt) => Err(item.problem(spoilt.to_string()).hint(spoilt.hint())),
    })
}
