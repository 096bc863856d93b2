//! Input lists in text files: comma, semicolon or tab, as the header row has it.

use crate::problem::{Place, Problem};

use super::InputRow;
use super::list::{self, Cell, Header, Line};
use crate::text::records::{DELIMITERS, Record, Records};
use crate::values::Column;

/// The rows of the list.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn read(text: &str, required: Column) -> Result<Vec<InputRow>, Vec<Problem>> {
    if is_markup(text) {
        let problem = Problem::new(Place::Whole, "this is a web page or another XML file, not a table");
        return Err(vec![problem.hint("open it in a spreadsheet program and save it as .xlsx or as CSV")]);
    }
    let mut records = Records::new(text);
    let (header, delimiter) = find_header(&mut records, required)?;
    let mut unterminated = Vec::new();
    let lines = std::iter::from_fn(|| records.next(delimiter)).filter(|record| {
        if record.unterminated {
            let problem = Problem::new(Place::Line(record.line), "a quote (\") opens here and is never closed");
            unterminated.push(problem.hint("close it or remove it"));
        }
        !record.unterminated
    });
    let rows = list::rows(header, lines, &place);
    match (rows, unterminated.is_empty()) {
        (rows, true) => rows,
        (Ok(_), false) => Err(unterminated),
        (Err(mut problems), false) => {
            problems.append(&mut unterminated);
            Err(problems)
        }
    }
}

fn place(row: usize, _column: usize) -> Place {
    Place::Line(row)
}

impl Line for Record<'_> {
    fn row(&self) -> usize {
        self.line
    }

    fn cell(&self, column: usize) -> Option<Cell> {
        self.fields.get(column).map(|field| Ok(field.value.to_string()))
    }
}

/// Goes past the first line that, split at one of the delimiters, has the required column.
fn find_header(records: &mut Records<'_>, required: Column) -> Result<(Header, char), Vec<Problem>> {
    let mut nearly = None;
    while records.peek_line().is_some() {
        for delimiter in DELIMITERS {
            let Some(record) = records.peek(delimiter) else { continue };
            let cells = record.fields.iter().enumerate().map(|(column, field)| (column, &*field.value));
            if let Some(header) = list::header(cells, required, record.line, &place) {
                records.pass(&record);
                return header.map(|header| (header, delimiter));
            }
            if nearly.is_none() {
                let near = record.fields.iter().find(|field| required.is_nearly_called(&field.value));
                nearly = near.map(|field| (Place::Line(record.line), field.value.to_string()));
            }
        }
        records.skip_line();
    }
    let nearly = nearly.as_ref().map(|(place, name)| (place.clone(), name.as_str()));
    Err(vec![list::no_header(required, nearly)])
}

/// Programs that export "Excel" often write a web page, whatever the name of the file says.
fn is_markup(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(9).collect::<String>().to_ascii_lowercase();
    ["<!doctype", "<html", "<?xml", "<table", "<meta", "<head", "<style"].iter().any(|tag| start.starts_with(tag))
}
