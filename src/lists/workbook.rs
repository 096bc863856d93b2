//! Input lists in workbooks: the first worksheet, wherever its table is.

use crate::problem::{Place, Problem};

use super::cells::{Sheet, a1};
use super::list::{self, Cell, Line};
use crate::values::Column;

use super::{InputRow, ole, xls, xlsx};

/// Why a file is not read as a workbook: what it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub found: String,
    pub hint: &'static str,
}

impl Unreadable {
    pub fn new(found: impl Into<String>, hint: &'static str) -> Unreadable {
        Unreadable { found: found.into(), hint }
    }

    pub fn damaged(detail: impl std::fmt::Display) -> Unreadable {
        Unreadable::new(
            format!("this workbook is damaged ({detail})"),
            "open it in a spreadsheet program and save it again as .xlsx",
        )
    }

    pub fn password() -> Unreadable {
        Unreadable::new("this workbook is protected by a password", "save a copy without a password")
    }

    pub fn too_large() -> Unreadable {
        Unreadable::new(
            "this workbook holds far more than a list of patients does",
            "copy the columns that matter to a new workbook",
        )
    }
}

/// The rows of the list, if the bytes are those of a workbook: what a file is called does not matter.
pub(super) fn read(bytes: &[u8], required: Column) -> Option<Result<Vec<InputRow>, Vec<Problem>>> {
    let sheet = if bytes.starts_with(b"PK") {
        xlsx::read(bytes)
    } else if bytes.starts_with(ole::MAGIC) {
        xls::read(bytes)
    } else {
        return None;
    };
    Some(match sheet {
        Ok(sheet) => rows(&sheet, required),
        Err(unreadable) => Err(vec![Problem::new(Place::Whole, unreadable.found).hint(unreadable.hint)]),
    })
}

impl Line for &(u32, Vec<(u32, Cell)>) {
    fn row(&self) -> usize {
        self.0 as usize
    }

    fn cell(&self, column: usize) -> Option<Cell> {
        let index = self.1.binary_search_by_key(&column, |(column, _)| *column as usize).ok()?;
        Some(self.1[index].1.clone())
    }
}

fn rows(sheet: &Sheet, required: Column) -> Result<Vec<InputRow>, Vec<Problem>> {
    let place = |row: usize, column: usize| Place::Cell {
        sheet: sheet.name.clone(),
        cell: a1(u32::try_from(row).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX)),
    };
    let mut nearly = None;
    for (index, (row, cells)) in sheet.rows.iter().enumerate() {
        let texts = || cells.iter().filter_map(|(column, cell)| Some((*column as usize, cell.as_deref().ok()?)));
        if let Some(header) = list::header(texts(), required, *row as usize, &place) {
            return list::rows(header?, sheet.rows[index + 1..].iter(), &place);
        }
        let near = || texts().find(|(_, name)| required.is_nearly_called(name));
        nearly = nearly.or_else(|| near().map(|(column, name)| (place(*row as usize, column), name)));
    }
    if sheet.rows.is_empty() {
        let message = format!("the first sheet, '{}', is empty", sheet.name);
        return Err(vec![Problem::new(Place::Whole, message).hint("put the list on the first sheet")]);
    }
    Err(vec![list::no_header(required, nearly)])
}
