use std::path::PathBuf;

use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;
use crate::lists::{Choice, InputList, Listed, Pseudonyms};
use crate::text::counted;
use crate::text::locale::decimal_comma;

/// An input list, and what to read from it.
#[derive(Args)]
pub struct ListOptions {
    /// Add everything in this list (csv, txt, xlsx, xls, ods), with pseudonyms if it has a column 'pseudonym'
    #[arg(short = 'f', long, value_name = "FILE")]
    input_file: Option<PathBuf>,
    /// Header of the column to read, if its name is unusual
    #[arg(long, value_name = "NAME", requires = "input_file")]
    column: Option<String>,
    /// Header of the column to read pseudonyms from
    #[arg(long, value_name = "NAME", requires = "input_file")]
    pseudonym_column: Option<String>,
    /// Ignore pseudonyms in the list, and generate them
    #[arg(long, requires = "input_file", conflicts_with = "pseudonym_column")]
    no_pseudonym_column: bool,
    /// Sheet of the workbook to read [default: the first one with such a column]
    #[arg(long, value_name = "NAME", requires = "input_file")]
    sheet: Option<String>,
    /// Leave out rows and sheets that are hidden in the workbook
    #[arg(long, requires = "input_file")]
    visible_only: bool,
}

impl ListOptions {
    /// Reads the list, if there is one, and says what was read.
    pub fn read<T: Listed>(&self, context: &Context) -> Result<Option<(PathBuf, InputList<T>)>> {
        let Some(file) = self.input_file.clone() else { return Ok(None) };
        let choice = Choice {
            column: self.column.clone(),
            pseudonyms: match &self.pseudonym_column {
                Some(name) => Pseudonyms::In(name.clone()),
                None if self.no_pseudonym_column => Pseudonyms::Nowhere,
                None => Pseudonyms::Found,
            },
            sheet: self.sheet.clone(),
            visible_only: self.visible_only,
            decimal_comma: decimal_comma(),
        };
        let path = context.folder.join(&file);
        let list = InputList::<T>::read(&path, &choice)?;
        let sheet = list.sheet.as_ref().map(|sheet| format!(", sheet '{sheet}'")).unwrap_or_default();
        let console = &context.console;
        let rows = counted(list.rows.len(), "row");
        console.note(format_args!("Read {rows} from '{}'{sheet}: {}", file.display(), list.columns()));
        console.warn_of(&path, &list.doubts);
        Ok(Some((path, list)))
    }
}
