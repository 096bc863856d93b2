//! Input lists in text files: which delimiter they have, and whether their rows fit their header.
//!
//! The records are those of [`records`](crate::text::records), which mappings are read with too. `csv` reads what it writes
//! the same, but does not say where a quote is closed in the middle of a cell, or never: that is how rows get lost.

use std::cmp::Reverse;

use super::cells::Cell;
use super::columns::{self, Columns};
use super::rows::Rows;
use super::{Choice, InputList, Listed};
use crate::problem::{Place, Problem};
use crate::text::records::{Field, Record, Records};
use crate::values::{Column, Doubt, Fit};

/// What may stand between two cells.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// So many rows are looked at to choose between two delimiters.
const LOOKED_AT: usize = 10_000;

/// The header of a list, and what stands between its cells.
struct ListHeader {
    columns: Columns,
    delimiters: Delimiters,
}

/// What stands between the cells of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Delimiters {
    One(char),
    /// The header is a single cell: none should stand anywhere but at the end of a row.
    None(Vec<char>),
}

/// Reads a list.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn read<T: Listed>(text: &str, choice: &Choice) -> Result<InputList<T>, Vec<Problem>> {
    let mut records = Records::new(text);
    let declared = declared_delimiter(&mut records);
    let (header, mut records) = header::<T>(records, declared, choice)?;
    let delimiters = header.delimiters;
    let decimal_comma = choice.decimal_comma || delimiters == Delimiters::One(';');
    let mut rows = Rows::new(header.columns, None, decimal_comma);
    while let Some(record) = next(&mut records, &delimiters) {
        if let Some(problem) = misfit::<T>(&record, text, rows.columns(), &delimiters) {
            rows.refuse(problem);
            continue;
        }
        let cell = |column: usize| match record.fields.get(column) {
            Some(field) => Cell::Text(value(field, text, T::COLUMN).to_owned()),
            None => Cell::Empty,
        };
        let (value, pseudonym) = (rows.columns().value.index, rows.columns().pseudonym_index());
        if rows.push(record.line, &cell(value), &pseudonym.map_or(Cell::Empty, cell)).is_break() {
            break;
        }
    }
    rows.finish()
}

/// A folder's name can begin with a space.
fn value<'a>(field: &'a Field<'_>, text: &'a str, column: Column) -> &'a str {
    if column == Column::Path && !field.quoted { &text[field.span.clone()] } else { &field.value }
}

/// `sep=;`, the line by which a file tells Excel its delimiter.
fn declared_delimiter(records: &mut Records<'_>) -> Option<char> {
    let line = records.peek_line()?.trim().trim_matches('"');
    let mut declared = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| line[4..].chars())?;
    let delimiter = declared.next().unwrap_or('\t');
    let is_one = delimiter.is_ascii() && !delimiter.is_alphanumeric() && declared.next().is_none();
    is_one.then(|| {
        records.skip_line();
        delimiter
    })
}

/// Finds the header: the first line that has the column by one of the manual's names, or else by another one. The records
/// that come with it are those of the rows.
fn header<'a, T: Listed>(
    mut lines: Records<'a>,
    declared: Option<char>,
    choice: &Choice,
) -> Result<(ListHeader, Records<'a>), Vec<Problem>> {
    let delimiters = declared.map_or(DELIMITERS.to_vec(), |declared| vec![declared]);
    let (mut other, mut perhaps) = (None, None);
    while lines.peek_line().is_some() {
        let (mut found, mut unclear, mut near) = (vec![], None, None);
        for delimiter in &delimiters {
            let Some(record) = lines.peek(*delimiter) else { continue };
            match columns::header(cells(&record), T::COLUMN, choice, None, record.line) {
                Some(Ok(columns)) => found.push((*delimiter, columns, record)),
                Some(Err(problems)) => unclear = Some(problems),
                None => {
                    // The delimiter that makes most cells of a line is not part of a name.
                    let named =
                        columns::perhaps(cells(&record), T::COLUMN).map(|(_, name)| (name, record.fields.len()));
                    near = near.into_iter().chain(named).max_by_key(|(_, fields)| *fields);
                }
            }
        }
        perhaps = perhaps.or_else(|| Some((Place::Line(lines.peek(delimiters[0])?.line), near?.0)));
        let is_exact = found.iter().any(|(_, columns, _)| columns.fit == Fit::Exact);
        match (found.is_empty(), unclear) {
            (true, Some(problems)) if other.is_none() => return Err(problems),
            (false, _) if is_exact => return Ok(chosen(found, &lines, declared, choice)),
            (false, _) if other.is_none() => other = Some(chosen(found, &lines, declared, choice)),
            _ => {}
        }
        lines.skip_line();
    }
    other.ok_or_else(|| vec![columns::no_header(T::COLUMN, choice, perhaps)])
}

fn cells<'r>(record: &'r Record<'_>) -> impl Iterator<Item = (usize, &'r str)> {
    record.fields.iter().enumerate().map(|(column, field)| (column, &*field.value))
}

/// Of the delimiters that make a line a header, the one that gives most rows the same number of cells.
fn chosen<'a>(
    mut found: Vec<(char, Columns, Record<'a>)>,
    lines: &Records<'a>,
    declared: Option<char>,
    choice: &Choice,
) -> (ListHeader, Records<'a>) {
    let below = |record: &Record<'a>| {
        let mut records = lines.clone();
        records.pass(record);
        records
    };
    if found.len() > 1 && found.iter().all(|(_, columns, record)| columns.width == 1 && record.fields.len() == 1) {
        let (_, columns, record) = found.swap_remove(0);
        // With a decimal comma, cells are not separated by commas.
        let delimiters = DELIMITERS.into_iter().filter(|delimiter| *delimiter != ',' || !choice.decimal_comma);
        let delimiters = declared.map_or_else(|| Delimiters::None(delimiters.collect()), Delimiters::One);
        return (ListHeader { columns, delimiters }, below(&record));
    }
    let fitting = |(delimiter, columns, record): &(char, Columns, Record<'a>)| {
        let mut records = below(record);
        let rows = std::iter::from_fn(|| records.next(*delimiter)).take(LOOKED_AT);
        rows.filter(|row| filled(row) == columns.width).count()
    };
    // The manual's names come first, and columns on the left.
    found.sort_by_cached_key(|candidate| (candidate.1.fit, Reverse(fitting(candidate)), candidate.1.value.index));
    let (delimiter, columns, record) = found.swap_remove(0);
    (ListHeader { columns, delimiters: Delimiters::One(delimiter) }, below(&record))
}

/// How many cells a row has, up to the last one that is filled.
fn filled(record: &Record<'_>) -> usize {
    record.fields.iter().rposition(|field| !field.value.is_empty()).map_or(0, |last| last + 1)
}

fn next<'a>(records: &mut Records<'a>, delimiters: &Delimiters) -> Option<Record<'a>> {
    match delimiters {
        Delimiters::One(delimiter) => records.next(*delimiter),
        Delimiters::None(delimiters) => {
            let split = delimiters.iter().filter_map(|delimiter| records.peek(*delimiter));
            let record = split.max_by_key(|record| record.fields.len())?;
            records.pass(&record);
            Some(record)
        }
    }
}

/// Why a row does not fit the header, or could take in others.
fn misfit<T: Listed>(record: &Record<'_>, text: &str, columns: &Columns, delimiters: &Delimiters) -> Option<Problem> {
    let problem = |message: String, hint: &str| Some(Problem::new(Place::Line(record.line), message).hint(hint));
    if record.unterminated {
        return problem("a quote (\") opens here and is never closed".to_owned(), "close it or remove it");
    }
    for (column, field) in record.fields.iter().enumerate().filter(|(_, field)| field.quoted) {
        let lines = text[field.span.clone()].lines().count();
        let is_used = column == columns.value.index || Some(column) == columns.pseudonym_index();
        if field.tail && (lines > 1 || is_used) {
            return problem(
                "a quote (\") is closed in the middle of a cell".to_owned(),
                "close it at the end, or remove it",
            );
        }
        if let Some(line) = (lines > 1).then(|| row_inside::<T>(field, text, columns, delimiters)).flatten() {
            let message =
                format!("a quote (\") opens here and takes in line {}, which looks like a row", record.line + line);
            return problem(message, "close it or remove it");
        }
    }
    let cells = filled(record);
    if cells > columns.width {
        let message = format!("this row has {cells} cells, but the header has {}", columns.width);
        return problem(message, "put a cell that contains a delimiter in quotes (\"), or give each column a header");
    }
    None
}

/// The number of a line in a quoted cell that would be a row if the quote were not there, from 0.
fn row_inside<T: Listed>(field: &Field<'_>, text: &str, columns: &Columns, delimiters: &Delimiters) -> Option<usize> {
    let Delimiters::One(delimiter) = delimiters else { return None };
    let is_row = |line: &str| {
        let Some(record) = Records::new(line).next(*delimiter) else { return false };
        let value = record.fields.get(columns.value.index).map(|field| T::parse(&field.value, true));
        let is_value = value.and_then(Result::ok).is_some_and(|parsed| {
            !parsed.doubts.iter().any(|doubt| matches!(doubt, Doubt::NoDigit | Doubt::Space | Doubt::Date))
        });
        record.fields.len() >= columns.width && columns.width > 1 && is_value
    };
    text[field.span.clone()].lines().enumerate().skip(1).find(|(_, line)| is_row(line)).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_delimiter() {
        for (line, delimiter) in [("sep=|\nx", Some('|')), ("\"SEP=;\"\n", Some(';')), ("sep=\t\nx", Some('\t'))] {
            assert_eq!(declared_delimiter(&mut Records::new(line)), delimiter);
        }
        for line in ["separate", "sep=ab", "sep=é", "sep", ""] {
            assert_eq!(declared_delimiter(&mut Records::new(line)), None);
        }
    }
}
