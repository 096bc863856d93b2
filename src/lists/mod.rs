//! Input lists as Excel, editors and colleagues leave them.
//!
//! An input list is a table of accession numbers or folders, with or without a pseudonym for each, in a text file or a
//! workbook. [`InputList::read`] finds the columns by their names, wherever they are, and takes what their cells show. What
//! it is not sure of, it reports ([`InputList::doubts`]) or refuses.
//!
//! | module | what it is for |
//! |---|---|
//! | `columns` | which columns a header row names |
//! | `rows` | from the cells below the header to values, and to everything that is wrong |
//! | `doubts` | doubts about many values, in a line for each kind |
//! | `text_list` | lists in text files: their delimiter, their quotes |
//! | `foreign` | files that are not lists: web pages, SYLK and the like |
//! | `workbook` | which sheet of a workbook |
//! | `cells`, `format` | what cells show, by their values and number formats |
//! | `xlsx`, `sheet_xml`, `archive` | workbooks since Excel 2007: values, hidden rows, the archive around them |
//! | `ods`, `xlsb` | those of LibreOffice, and Excel's binary ones |
//! | `xls`, `biff` | those of Excel 5 to 2003: values; number formats and hidden rows |

use std::path::Path;

use crate::error::Result;
use crate::problem::{Place, Problem, Problems};
use crate::storage::{self, Cap};
use crate::text::encoding::decode_owned;
use crate::text::mixture::mixture;
use crate::values::{AccessionNumber, Column, DataPath, Parsed, Pseudonym, Spoilt};

mod archive;
mod biff;
mod cells;
mod columns;
mod doubts;
mod foreign;
mod format;
mod guard;
mod ods;
mod rows;
mod sheet_xml;
mod text_list;
mod workbook;
mod xls;
mod xlsb;
mod xlsx;

#[cfg(test)]
mod tests;

/// The most rows that a list may have: as many as a sheet of Excel. Tests need not write that many.
const MOST_ROWS: usize = if cfg!(test) { 10_000 } else { 1_048_576 };

/// A value that lists hold in a column of their own.
pub trait Listed: Sized {
    /// The column.
    const COLUMN: Column;

    /// Reads a cell of the column.
    ///
    /// # Errors
    /// Why it is not taken for a value.
    fn parse(text: &str, decimal_comma: bool) -> Result<Parsed<Self>, Spoilt>;

    /// The value, to name it.
    fn text(&self) -> &str;
}

impl Listed for AccessionNumber {
    const COLUMN: Column = Column::AccessionNumber;

    fn parse(text: &str, decimal_comma: bool) -> Result<Parsed<Self>, Spoilt> {
        AccessionNumber::parse_listed(text, decimal_comma)
    }

    fn text(&self) -> &str {
        self.as_str()
    }
}

impl Listed for DataPath {
    const COLUMN: Column = Column::Path;

    fn parse(text: &str, _: bool) -> Result<Parsed<Self>, Spoilt> {
        DataPath::parse(text)
    }

    fn text(&self) -> &str {
        self.as_str()
    }
}

/// Where the pseudonyms of a list are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Pseudonyms {
    /// In the column with one of these names, if there is one.
    #[default]
    Found,
    /// In the column of this name.
    In(String),
    /// Nowhere: the list has none.
    Nowhere,
}

/// What of a list to read, where its user chooses by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The column of the values.
    pub column: Option<String>,
    /// The column of the pseudonyms.
    pub pseudonyms: Pseudonyms,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Leave out hidden rows, and hidden sheets.
    pub visible_only: bool,
    /// Whether the user writes 1,5 for one and a half.
    pub decimal_comma: bool,
}

const CAP: Cap = Cap::new(256, "table of patients");

/// A list of accession numbers or folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputList<T> {
    /// The rows that say something, in the order of the file; at least one.
    pub rows: Vec<InputRow<T>>,
    /// The header of the column that the values are from.
    pub column: String,
    /// The header of the column that the pseudonyms are from.
    pub pseudonym_column: Option<String>,
    /// The sheet that was read, of a workbook.
    pub sheet: Option<String>,
    /// What its user should look at: a line for each kind.
    pub doubts: Vec<Problem>,
    value_index: usize,
    may_have_pseudonyms: bool,
}

/// A row of an [`InputList`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRow<T> {
    row: u32,
    /// The accession number or folder.
    pub value: T,
    /// The pseudonym, if the list has a column of them.
    pub pseudonym: Option<Pseudonym>,
}

impl<T: Listed> InputList<T> {
    /// Reads a list.
    ///
    /// What it holds decides what kind of file it is, not its name: text in any encoding with commas, semicolons, tabs or
    /// bars, or a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods).
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read; [`Error::Contents`] with all that is wrong in it: no such column, rows with only
    /// some of their values, values that a spreadsheet has spoilt, no table at all.
    ///
    /// [`Error::Io`]: crate::Error::Io
    /// [`Error::Contents`]: crate::Error::Contents
    pub fn read(path: &Path, choice: &Choice) -> Result<InputList<T>> {
        InputList::from_bytes(path, storage::read(path, CAP)?, choice)
    }

    /// As [`InputList::read`], from the bytes of a file. `path` is for errors only.
    ///
    /// # Errors
    /// [`Error::Contents`](crate::Error::Contents) with everything that is wrong.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>, choice: &Choice) -> Result<InputList<T>> {
        let list = match workbook::read(&bytes, choice) {
            Some(list) => list,
            None if choice.sheet.is_some() => {
                Err(vec![workbook::unreadable("this is a text file, which has no sheets", "leave out '--sheet'")])
            }
            None => match foreign::found(&bytes) {
                Some(foreign) => Err(vec![foreign]),
                None => {
                    Problems::none_or(path, mixture(&bytes).into_iter().collect())?;
                    let table = decode_owned(bytes).map_err(|error| error.in_file(path))?;
                    text_list::read(&table.text, choice)
                }
            },
        };
        list.map_err(|problems| Problems::new(path, problems).into())
    }

    /// Where a row has its value.
    pub fn place(&self, row: &InputRow<T>) -> Place {
        place(self.sheet.as_deref(), row.row as usize, self.value_index)
    }

    /// Which columns were read, and how many pseudonyms have to be made up: "folders from 'folder', pseudonyms from 'name'".
    pub fn columns(&self) -> String {
        let values = format!("{}s from '{}'", T::COLUMN.noun(), self.column);
        let made_up = format!("{values}, no pseudonym column: made up {}", self.rows.len());
        match &self.pseudonym_column {
            Some(name) => format!("{values}, pseudonyms from '{name}'"),
            None if self.may_have_pseudonyms => {
                format!(
                    "{made_up}; if one of the other columns has pseudonyms, choose it with '--pseudonym-column NAME'"
                )
            }
            None => made_up,
        }
    }
}

/// A line of a text (from 1), or a cell of a sheet (from 0).
fn place(sheet: Option<&str>, row: usize, column: usize) -> Place {
    match sheet {
        Some(sheet) => Place::Cell { sheet: sheet.to_owned(), cell: cells::a1(row, column) },
        None => Place::Line(row),
    }
}
