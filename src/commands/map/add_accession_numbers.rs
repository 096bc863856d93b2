use std::path::PathBuf;

use clap::Args;

use super::rows::{NewRow, add};
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::lists::{Column, InputList};
use crate::problem::{Problem, Problems};
use crate::values::{AccessionNumber, Source};

/// Add accession numbers to the active mapping
#[derive(Args)]
#[command(after_help = "Examples:
  anon map add-accession-numbers 1234567.12345678
  anon map add-accession-numbers -f numbers.xlsx")]
pub struct AddAccessionNumbers {
    /// Accession numbers; repeatable
    accession_numbers: Vec<String>,
    /// Add all numbers in the column 'accession_number' of this csv, txt, xlsx or xls file, with the pseudonyms in its column
    /// 'pseudonym' if it has one
    #[arg(short = 'f', long, value_name = "FILE")]
    input_file: Option<PathBuf>,
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
        if let Some(file) = &self.input_file {
            let path = context.folder.join(file);
            let list = InputList::read(&path, Column::AccessionNumber)?;
            console.note(format_args!("Read {} rows from '{}'", list.rows.len(), file.display()));
            let mut problems = vec![];
            for row in list.rows {
                match AccessionNumber::parse(&row.accession_number.unwrap_or_default()) {
                    Ok(parsed) => rows.push(NewRow::new(Source::AccessionNumber(parsed.value), row.pseudo_name)),
                    Err(spoilt) => problems.push(Problem::new(row.place, spoilt.to_string()).hint(spoilt.hint())),
                }
            }
            Problems::none_or(file, problems)?;
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
