//! Input lists in workbooks: which kind of workbook it is, and which of its sheets is the list.

use std::fmt::Display;
use std::io::{Read, Seek};
use std::ops::ControlFlow;

use calamine::{Reader, SheetType, SheetVisible};

use super::cells::{Cell, Sheet};
use super::columns::{self, Columns};
use super::rows::Rows;
use super::{Choice, InputList, Listed, archive, ods, place, xls, xlsb, xlsx};
use crate::problem::{Place, Problem};
use crate::values::Fit;

/// Why a file is not read as a workbook: what it is, and what to do about it.
pub(super) fn unreadable(found: impl Into<String>, hint: &str) -> Problem {
    Problem::new(Place::Whole, found).hint(hint)
}

pub(super) fn damaged(detail: impl Display) -> Problem {
    let hint = "open it in a spreadsheet program and save it again as .xlsx";
    unreadable(format!("this workbook is damaged ({detail})"), hint)
}

pub(super) fn protected() -> Problem {
    unreadable("this workbook is protected by a password", "save a copy without a password")
}

/// More than a list of patients holds: `what` names the cap.
pub(super) fn too_large(what: impl Display) -> Problem {
    let found = format!("this workbook contains {what}, far more than a list of patients needs");
    unreadable(found, "copy the columns you need to a new workbook")
}

/// A worksheet, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tab {
    pub name: String,
    pub hidden: bool,
}

/// The worksheets of a workbook that calamine reads.
pub(super) fn tabs<R: Read + Seek>(values: &impl Reader<R>) -> Vec<Tab> {
    let sheets = values.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    sheets.map(|sheet| Tab { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible }).collect()
}

/// Reads the worksheet of this name.
pub(super) type ReadSheet<'a> = dyn FnMut(&str) -> Result<Sheet, Problem> + 'a;

/// A workbook that is open.
pub(super) struct Book<'a> {
    /// The worksheets, in their order.
    pub tabs: Vec<Tab>,
    pub read: Box<ReadSheet<'a>>,
    /// Whether what is hidden can be seen, and how numbers are shown.
    pub sees_all: bool,
}

/// A sheet that has the columns.
struct Candidate {
    tab: usize,
    columns: Columns,
    /// The first row below the header, in the rows of the sheet.
    below: usize,
    sheet: Sheet,
}

/// The list, if the bytes are those of a workbook: what a file is called does not matter.
pub(super) fn read<T: Listed>(bytes: &[u8], choice: &Choice) -> Option<Result<InputList<T>, Vec<Problem>>> {
    Some(open(bytes)?.map_err(|problem| vec![problem]).and_then(|book| list(book, choice)))
}

/// The workbook that the bytes are, if they are one.
pub(super) fn open(bytes: &[u8]) -> Option<Result<Book<'_>, Problem>> {
    if bytes.starts_with(b"PK") {
        return Some(archive::open(bytes).and_then(|(kind, archive)| match kind {
            archive::BookKind::Xlsx => xlsx::open(bytes, archive),
            archive::BookKind::Xlsb => xlsb::open(bytes),
            archive::BookKind::Ods => ods::open(archive),
        }));
    }
    xls::is_xls(bytes).then(|| xls::open(bytes))
}

fn list<T: Listed>(mut book: Book<'_>, choice: &Choice) -> Result<InputList<T>, Vec<Problem>> {
    if choice.visible_only && !book.sees_all {
        let hint = "save it as .xlsx, or leave out '--visible-only'";
        return Err(vec![unreadable("anon cannot see what is hidden in a binary workbook (.xlsb)", hint)]);
    }
    let (candidate, others) = choose::<T>(&book.tabs, &mut book.read, choice)?;
    let name = book.tabs[candidate.tab].name.as_str();
    let mut rows = Rows::new(candidate.columns, Some(name), choice.decimal_comma);
    let mut hidden = 0;
    for (row, cells) in &candidate.sheet.rows[candidate.below..] {
        let is_hidden = candidate.sheet.hidden.binary_search(row).is_ok();
        if is_hidden && choice.visible_only {
            continue;
        }
        let cell = |column: usize| match cells.binary_search_by_key(&column, |(at, _)| *at as usize) {
            Ok(index) => &cells[index].1,
            Err(_) => &Cell::Empty,
        };
        let (value, pseudonym) = (rows.columns().value.index, rows.columns().pseudonym_index());
        match rows.push(*row as usize, cell(value), pseudonym.map_or(&Cell::Empty, cell)) {
            ControlFlow::Continue(added) => hidden += added * usize::from(is_hidden),
            ControlFlow::Break(()) => break,
        }
    }
    for note in notes(&book.tabs, candidate.tab, &others, hidden, book.sees_all) {
        rows.note(note);
    }
    rows.finish()
}

/// The sheet that is the list: of those that have the columns the first, visible ones before hidden ones. With it come the
/// numbers of the others that have them.
fn choose<T: Listed>(
    tabs: &[Tab],
    read: &mut ReadSheet<'_>,
    choice: &Choice,
) -> Result<(Candidate, Vec<usize>), Vec<Problem>> {
    let mut order: Vec<usize> = (0..tabs.len()).collect();
    order.retain(|tab| match &choice.sheet {
        Some(name) => name.trim().eq_ignore_ascii_case(tabs[*tab].name.trim()),
        None => !(choice.visible_only && tabs[*tab].hidden),
    });
    order.sort_by_key(|tab| tabs[*tab].hidden);
    if order.is_empty() {
        return Err(vec![no_sheet(tabs, choice)]);
    }
    let (mut found, mut others): (Option<Candidate>, Vec<usize>) = (None, vec![]);
    let mut perhaps = None;
    for tab in order {
        let sheet = match read(&tabs[tab].name) {
            Ok(sheet) => sheet,
            // A sheet of figures next to the list may be of any size.
            Err(_) if found.is_some() => continue,
            Err(problem) => return Err(vec![problem]),
        };
        let name = &tabs[tab].name;
        match header::<T>(&sheet, name, choice) {
            Ok(Some((columns, below))) => {
                let new = Candidate { tab, columns, below, sheet };
                let is_better = found.as_ref().is_none_or(|old| {
                    new.columns.fit < old.columns.fit && tabs[new.tab].hidden == tabs[old.tab].hidden
                });
                let other = if is_better { found.replace(new) } else { Some(new) };
                others.extend(other.map(|other| other.tab));
            }
            Ok(None) => perhaps = perhaps.or_else(|| nearly::<T>(&sheet, name)),
            Err(problems) if found.is_none() => return Err(problems),
            Err(_) => others.push(tab),
        }
    }
    others.sort_unstable();
    found.map(|found| (found, others)).ok_or_else(|| vec![columns::no_header(T::COLUMN, choice, perhaps)])
}

/// The columns of a sheet, and the number of the first row below their header.
fn header<T: Listed>(sheet: &Sheet, name: &str, choice: &Choice) -> Result<Option<(Columns, usize)>, Vec<Problem>> {
    let mut found: Option<(Columns, usize)> = None;
    for (index, (row, cells)) in sheet.rows.iter().enumerate() {
        match columns::header(texts(cells), T::COLUMN, choice, Some(name), *row as usize) {
            Some(Ok(columns)) if columns.fit == Fit::Exact => return Ok(Some((columns, index + 1))),
            Some(Ok(columns)) => found = found.or(Some((columns, index + 1))),
            Some(Err(unclear)) if found.is_none() => return Err(unclear),
            Some(Err(_)) | None => {}
        }
    }
    Ok(found)
}

fn texts(cells: &[(u32, Cell)]) -> impl Iterator<Item = (usize, &str)> {
    cells.iter().filter_map(|(column, cell)| match cell {
        Cell::Text(text) => Some((*column as usize, text.as_str())),
        _ => None,
    })
}

/// A cell that could be meant for the header of the column.
fn nearly<T: Listed>(sheet: &Sheet, name: &str) -> Option<(Place, String)> {
    sheet.rows.iter().find_map(|(row, cells)| {
        let (column, found) = columns::perhaps(texts(cells), T::COLUMN)?;
        Some((place(Some(name), *row as usize, column), found))
    })
}

fn no_sheet(tabs: &[Tab], choice: &Choice) -> Problem {
    let names: Vec<String> = tabs.iter().map(|tab| format!("'{}'", tab.name)).collect();
    match &choice.sheet {
        Some(name) => {
            unreadable(format!("there is no sheet '{name}'"), &format!("its sheets are {}", names.join(", ")))
        }
        None if tabs.is_empty() => unreadable("this workbook has no worksheet", "put the list on the first sheet"),
        None => unreadable(
            "every sheet of this workbook is hidden",
            "show the sheet with the list, or leave out '--visible-only'",
        ),
    }
}

/// What the user should know about the sheet that was read.
fn notes(tabs: &[Tab], read: usize, others: &[usize], hidden: usize, sees_all: bool) -> Vec<Problem> {
    let name = &tabs[read].name;
    let mut notes = vec![];
    let mut note = |message: String, hint: &str| notes.push(unreadable(message, hint));
    if hidden > 0 {
        let (rows, them) = if hidden == 1 { ("row is", "it") } else { ("rows are", "them") };
        note(
            format!("{hidden} hidden {rows} included, in sheet '{name}'"),
            &format!("'--visible-only' leaves {them} out"),
        );
    }
    if tabs[read].hidden {
        note(format!("the sheet '{name}', which was read, is hidden"), "'--sheet NAME' chooses another one");
    }
    if !others.is_empty() {
        let names: Vec<String> = others
            .iter()
            .map(|other| format!("'{}'{}", tabs[*other].name, if tabs[*other].hidden { " (hidden)" } else { "" }))
            .collect();
        let message = format!("the sheet '{name}' was read; there is also such a list on {}", names.join(", "));
        note(message, "'--sheet NAME' chooses another one");
    }
    if !sees_all {
        let message = "anon cannot see hidden rows and number formats in a binary workbook (.xlsb)";
        note(message.to_owned(), "save it as .xlsx if leading zeros or hidden rows matter");
    }
    notes
}
