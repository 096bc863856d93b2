use std::path::PathBuf;

use clap::Args;

use super::rows::{NewRow, add};
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::lists::{Column, InputList};
use crate::values::Source;

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
        for number in self.accession_numbers {
            if number.trim().is_empty() {
                return Err(Error::usage("an accession number is empty", "leave it out"));
            }
            rows.push(NewRow::new(Source::AccessionNumber(number.trim().to_owned()), None));
        }
        if let Some(file) = &self.input_file {
            let path = context.folder.join(file);
            let list = InputList::read(&path, Column::AccessionNumber)?;
            console.note(format_args!("Read {} rows from '{}'", list.rows.len(), file.display()));
            rows.extend(list.rows.into_iter().filter_map(|row| {
                let source = Source::AccessionNumber(row.accession_number?);
                Some(NewRow::new(source, row.pseudo_name))
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
