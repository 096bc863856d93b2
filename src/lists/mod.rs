//! Input lists as Excel, editors and colleagues leave them.
//!
//! An input list is a table of accession numbers or folders, with or without a pseudonym for each, in a text file or a
//! workbook. [`InputList::read`] finds the columns by their names, wherever they are; all else in the file is ignored.

use std::path::Path;

use crate::error::Result;
use crate::problem::{Place, Problems};
use crate::storage::{self, Cap};
use crate::text::encoding::decode;

mod cells;
mod list;
mod ole;
mod text_list;
mod workbook;
mod xls;
mod xls_strings;
mod xlsx;

#[cfg(test)]
mod tests;

pub use crate::values::Column;

const CAP: Cap = Cap::new(256, "table of patients");

/// A list of accession numbers or folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputList {
    /// The rows that say something, in the order of the file.
    pub rows: Vec<InputRow>,
}

/// A row of an [`InputList`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRow {
    /// Where the value that was asked for is.
    pub place: Place,
    /// The accession number, if those were asked for.
    pub accession_number: Option<String>,
    /// The path of a folder, if those were asked for.
    pub path: Option<String>,
    /// The pseudonym, if the list has a column of them.
    pub pseudo_name: Option<String>,
}

impl InputList {
    /// Reads a list that must have the column `required`, and may have a column of pseudonyms.
    ///
    /// What the file is, is told by what it holds and not by its name: text in any encoding with commas, semicolons or tabs,
    /// or the first sheet of a workbook (.xlsx or .xls).
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read; [`Error::Contents`] with all that is wrong in it: no such column, rows with only
    /// some of their values, no table at all.
    pub fn read(path: &Path, required: Column) -> Result<InputList> {
        InputList::from_bytes(path, &storage::read(path, CAP)?, required)
    }

    /// As [`InputList::read`], from the bytes of a file. `path` is for errors only.
    ///
    /// # Errors
    /// [`Error::Contents`] with all that is wrong.
    pub fn from_bytes(path: &Path, bytes: &[u8], required: Column) -> Result<InputList> {
        let rows = match workbook::read(bytes, required) {
            Some(rows) => rows,
            None => {
                let table = decode(bytes).map_err(|error| error.in_file(path))?;
                text_list::read(&table.text, required)
            }
        };
        rows.map(|rows| InputList { rows }).map_err(|problems| Problems::new(path, problems).into())
    }
}
