//! The header line and the rows of the mapping section.

use std::borrow::Cow;
use std::ops::Range;

use crate::problem::{Place, Problem};
use crate::text::nearest;
use crate::text::records::{DELIMITERS, Field, Line, Record, Records, without_trailing_delimiters};
use crate::values::{Kind, Parameters, Source, without_invisible};

use super::options::unterminated;

/// The header line as it is in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Its number, from 1.
    pub line: usize,
    pub at: Line,
    pub cells: Vec<Name>,
    pub delimiter: char,
}

/// A cell of the header line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Where it is in the text, without the delimiters around it.
    pub span: Range<usize>,
    /// What it names, if that is known.
    pub kind: Option<Kind>,
    /// Spreadsheets leave empty cells after the last name.
    pub is_empty: bool,
    /// What an unknown name perhaps stands for.
    pub meant: Option<Kind>,
}

/// What every mapping section should begin with.
const EXPECTED: &str = "source,pseudo_name,description";

/// Reads the header line. Its own delimiter is the one that gives the most columns with a known name. `None` if it cannot be
/// used; a problem says why.
pub(super) fn header(
    records: &mut Records<'_>,
    fallback: char,
    has_general_source: bool,
    problems: &mut Vec<Problem>,
) -> Option<Header> {
    let delimiter = header_delimiter(records).unwrap_or(fallback);
    let record = records.next(delimiter)?;
    let line = record.line;
    if record.unterminated {
        problems.push(unterminated(line));
        return None;
    }
    let name = |cell: &Field<'_>| {
        let name = named(&cell.value);
        let kind = Kind::from_name(&name);
        let meant = if kind.is_none() { nearest(&name, Kind::ALL.map(Kind::name)) } else { None };
        let meant = meant.and_then(Kind::from_name);
        Name { span: cell.span.clone(), kind, is_empty: name.is_empty(), meant }
    };
    let cells: Vec<Name> = record.fields.iter().map(name).collect();
    let names: Vec<Cow<'_, str>> = record.fields.iter().map(|cell| named(&cell.value)).collect();
    let found: Vec<&str> = names.iter().map(Cow::as_ref).filter(|name| !name.is_empty()).collect();
    if !found.iter().any(|name| Kind::from_name(name).is_some()) {
        problems.push(no_header(line, &found));
        return None;
    }
    for name in found.iter().filter(|name| Kind::from_name(name).is_none()) {
        problems.push(Problem::new(Place::Line(line), format!("there is no column '{name}'")).hint(Kind::hint(name)));
    }
    problems.extend(repeated(line, &cells));
    let has_source = cells.iter().any(|cell| cell.kind == Some(Kind::Source));
    let meant_source = cells.iter().any(|cell| cell.meant == Some(Kind::Source));
    if !has_source && !meant_source && !has_general_source {
        let message = format!("there is no column 'source'; the columns are {}", found.join(", "));
        problems.push(Problem::new(Place::Line(line), message).hint("each row needs a source: add the column"));
    }
    let usable = has_source || has_general_source;
    usable.then_some(Header { line, at: record.at, cells, delimiter })
}

/// The name in a cell of the header line: a spreadsheet with the other delimiter leaves `description;;;`, and a web page
/// invisible characters.
fn named(cell: &str) -> Cow<'_, str> {
    match without_invisible(without_trailing_delimiters(cell)).text {
        Cow::Borrowed(name) => Cow::Borrowed(name.trim()),
        Cow::Owned(name) => Cow::Owned(name.trim().to_owned()),
    }
}

/// The delimiter that gives the most columns with a known name; of equally good ones, the first. None if none splits.
fn header_delimiter(records: &Records<'_>) -> Option<char> {
    let known = |delimiter: char| {
        let record = records.peek(delimiter).filter(|record| record.fields.len() > 1)?;
        Some(record.fields.iter().filter(|cell| Kind::from_name(&named(&cell.value)).is_some()).count())
    };
    let splitting = DELIMITERS.into_iter().filter_map(|delimiter| Some((known(delimiter)?, delimiter)));
    // `max_by_key` gives the last of equals.
    splitting.rev().max_by_key(|(known, _)| *known).map(|(_, delimiter)| delimiter)
}

/// What is wrong with a first line that is not a header. A row is not quoted: it contains patient data.
fn no_header(line: usize, found: &[&str]) -> Problem {
    let is_row = found.iter().any(|cell| Source::parse(cell).is_ok());
    let message = match (is_row, found) {
        (true, _) => "the header line is missing: this is a row already".to_owned(),
        (false, [name]) => format!("'{name}' is not a header line: it contains no column names"),
        (false, _) => "this is not a header line: it contains no column names".to_owned(),
    };
    Problem::new(Place::Line(line), message).hint(format!("put '{EXPECTED}' on the line above the first row"))
}

fn repeated(line: usize, cells: &[Name]) -> Vec<Problem> {
    let twice = |kind: &Kind| cells.iter().filter(|cell| cell.kind == Some(*kind)).count() > 1;
    let problem = |kind: Kind| {
        Problem::new(Place::Line(line), format!("column '{kind}' is given twice (old names count)"))
            .hint("keep one of them")
    };
    Kind::ALL.into_iter().filter(twice).map(problem).collect()
}

/// Which delimiter a row is split at. Returns the record and whether it is the other one than the header's.
///
/// A row typed by a colleague may hold the other delimiter. It is believed only when it comes first and gives a cell for each
/// column, and the header's gives too few.
pub(super) fn split<'a>(records: &Records<'a>, delimiter: char, columns: usize) -> Option<(Record<'a>, char)> {
    let record = records.peek(delimiter)?;
    if record.fields.len() >= columns {
        return Some((record, delimiter));
    }
    let other = match delimiter {
        ',' => ';',
        ';' => ',',
        _ => return Some((record, delimiter)),
    };
    let Some(differently) = records.peek(other) else { return Some((record, delimiter)) };
    let comes_first = differently.fields[0].span.end < record.fields[0].span.end;
    if comes_first && differently.fields.len() == columns {
        return Some((differently, other));
    }
    Some((record, delimiter))
}

/// The parameters of a row: its cells that are not empty; and the cells that have a value and no column. `None` if the row
/// cannot be read at all.
pub(super) fn parameters(
    record: &Record<'_>,
    header: &Header,
    problems: &mut Vec<Problem>,
) -> Option<(Parameters, Vec<usize>)> {
    if record.unterminated {
        problems.push(unterminated(record.line));
        return None;
    }
    let mut pairs = Vec::with_capacity(header.cells.len());
    let mut nameless = vec![];
    for (index, cell) in record.fields.iter().enumerate().filter(|(_, cell)| !cell.value.is_empty()) {
        match header.cells.get(index) {
            Some(Name { kind: Some(kind), .. }) => pairs.push((*kind, cell.value.to_string())),
            Some(Name { is_empty: false, .. }) => {}
            _ => nameless.push(index),
        }
    }
    problems.extend(nameless.first().map(|index| no_column(record.line, index + 1, header)));
    Some((Parameters::from_pairs(pairs), nameless))
}

fn no_column(line: usize, position: usize, header: &Header) -> Problem {
    let message = format!("cell {position} of this row has a value, but that column has no name in the header line");
    Problem::new(Place::Line(line), message).hint(format!(
        "name the column in the header line, or put quotes (\") around a value that contains a '{}'",
        header.delimiter
    ))
}
