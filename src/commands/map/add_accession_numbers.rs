use clap::Args;

use super::list_options::ListOptions;
use super::rows::{NewRow, add};
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::values::{AccessionNumber, Source};

/// Add accession numbers to the active mapping
#[derive(Args)]
#[command(after_help = "Examples:
  anon map add-accession-numbers 1234567.12345678
  anon map add-accession-numbers -f numbers.xlsx
  anon map add-accession-numbers -f numbers.xlsx --sheet Included --pseudonym-column \"Anon ID\"")]
pub struct AddAccessionNumbers {
    /// Accession numbers; repeatable
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
            let parsed = AccessionNumber::parse_typed(typed)
                .map_err(|spoilt| Error::usage(spoilt.to_string(), spoilt.hint()))?;
            for doubt in &parsed.doubts {
                console.warn(format_args!("accession number '{}': {doubt}", parsed.value));
            }
            rows.push(NewRow::new(Source::AccessionNumber(parsed.value), None));
        }
        if let Some((_, list)) = self.list.read::<AccessionNumber>(context)? {
            rows.extend(list.rows.into_iter().map(|row| {
                let pseudonym = row.pseudonym.map(|name| name.to_string());
                NewRow::new(Source::AccessionNumber(row.value), pseudonym)
            }));
        }
        if rows.is_empty() {
            console.print("No accession numbers given");
            return Ok(());
        }
        let names: Vec<String> = rows.iter().map(|row| row.source.to_string()).collect();
        add(context, rows)?;
        for name in &names {
            console.print(format_args!("Adding {name}"));
        }
        console.print(format_args!("Done. Added {} accession numbers", names.len()));
        Ok(())
    }
}
