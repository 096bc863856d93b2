//! From the cells of a table to the rows of an input list.

use crate::problem::{Place, Problem};

use super::InputRow;
use crate::values::Column;

/// Where the columns are that an input list needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    required: Column,
    value: usize,
    pseudonym: Option<usize>,
    row: usize,
}

/// A cell: what it says without spaces around, or what is wrong with it.
pub(super) type Cell = Result<String, String>;

/// A row of a table, wherever it is from.
pub(super) trait Line {
    /// The number of the row, as the place of a cell is made of it.
    fn row(&self) -> usize;
    /// The cell in a column, from 0. `None` for an empty one.
    fn cell(&self, column: usize) -> Option<Cell>;
}

/// Finds the columns in what could be the header row; `None` if the required one is not in it.
pub(super) fn header<'a>(
    cells: impl Iterator<Item = (usize, &'a str)>,
    required: Column,
    row: usize,
    place: &dyn Fn(usize, usize) -> Place,
) -> Option<Result<Header, Vec<Problem>>> {
    let (mut values, mut pseudonyms) = (Vec::new(), Vec::new());
    for (column, name) in cells {
        if required.is_called(name) {
            values.push((column, name));
        } else if Column::PseudoName.is_called(name) {
            pseudonyms.push((column, name));
        }
    }
    let value = values.first()?.0;
    let pseudonym = pseudonyms.first().map(|(column, _)| *column);
    let doubled = [(required, &values), (Column::PseudoName, &pseudonyms)];
    let problems: Vec<Problem> = doubled
        .into_iter()
        .filter(|(_, found)| found.len() > 1)
        .map(|(column, found)| {
            let names: Vec<String> = found.iter().map(|(_, name)| format!("'{}'", name.trim())).collect();
            let message = format!("more than one column could hold the {}s: {}", column.noun(), names.join(", "));
            Problem::new(place(row, found[1].0), message).hint("rename or remove all but one of them")
        })
        .collect();
    Some(if problems.is_empty() { Ok(Header { required, value, pseudonym, row }) } else { Err(problems) })
}

/// The problem of a table in which no header row was found, with a name that was nearly right.
pub(super) fn no_header(required: Column, nearly: Option<(Place, &str)>) -> Problem {
    let names: Vec<String> = required.names().iter().map(|name| format!("'{name}'")).collect();
    let message = format!("there is no column of {}s: looked for {}", required.noun(), names.join(", "));
    match nearly {
        Some((place, name)) => Problem::new(place, message).hint(format!("is '{}' meant?", name.trim())),
        None => Problem::new(Place::Whole, message).hint(
            "give the column one of these names, on the row above its values; see 'anon help concepts input file'",
        ),
    }
}

/// The rows below the header that say something.
///
/// # Errors
/// Each row that has only some of its values.
pub(super) fn rows<L: Line>(
    header: Header,
    lines: impl Iterator<Item = L>,
    place: &dyn Fn(usize, usize) -> Place,
) -> Result<Vec<InputRow>, Vec<Problem>> {
    let (mut rows, mut problems, mut without) = (Vec::new(), Vec::new(), 0);
    for line in lines {
        let at = |column| place(line.row(), column);
        let value = value(&line, header.value, &at).and_then(|value| match header.required {
            Column::Path => Ok(value),
            _ => whole(value, at(header.value)),
        });
        let name = header
            .pseudonym
            .map_or(Ok(None), |column| self::value(&line, column, &at).and_then(|name| whole(name, at(column))));
        match (value, name) {
            (Ok(Some(value)), Ok(name)) if name.is_some() || header.pseudonym.is_none() => {
                rows.push(input_row(header.required, at(header.value), value, name));
            }
            (Ok(Some(_)), Ok(_)) => {
                let lacking = at(header.pseudonym.unwrap_or_default());
                problems.push(half_filled(lacking, header.required, Column::PseudoName));
                without += 1;
            }
            (Ok(None), Ok(Some(_))) => {
                problems.push(half_filled(at(header.value), Column::PseudoName, header.required));
            }
            (Ok(None), Ok(None)) => {}
            (value, name) => problems.extend(value.err().into_iter().chain(name.err())),
        }
    }
    let nameless = rows.is_empty() && without > 1 && without == problems.len();
    if let Some(column) = header.pseudonym.filter(|_| nameless) {
        let message = "there is a column of pseudonyms, but nothing in it";
        let problem = Problem::new(place(header.row, column), message).hint("fill it in, or remove its header");
        return Err(vec![problem]);
    }
    if rows.is_empty() && problems.is_empty() {
        let message = format!("there is no {} below this header", header.required.noun());
        problems.push(Problem::new(place(header.row, header.value), message).hint("fill in the list and save it"));
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

fn value(line: &impl Line, column: usize, at: &dyn Fn(usize) -> Place) -> Result<Option<String>, Problem> {
    match line.cell(column) {
        Some(Ok(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(Err(error)) => Err(Problem::new(at(column), error)),
        None => Ok(None),
    }
}

/// Refuses what a spreadsheet has made of a number or name, when it saved it as text.
fn whole(value: Option<String>, place: Place) -> Result<Option<String>, Problem> {
    let Some(text) = &value else { return Ok(None) };
    let problem = |message: &str, hint: &str| Err(Problem::new(place, message).hint(hint));
    if ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"].contains(&text.as_str()) {
        return problem("this cell shows an error of the spreadsheet", "correct it there and save the list again");
    }
    if is_shortened(text) {
        let hint = "format the column as text, enter the value again and save the list";
        return problem("a spreadsheet has shortened this number, and its last digits are lost", hint);
    }
    if text.contains(['\r', '\n']) {
        return problem("this cell has more than one line", "write one value in each row");
    }
    Ok(value)
}

/// `1.23457E+15`, or `1,23457E+15`.
fn is_shortened(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once("E+").is_some_and(|(number, power)| {
        let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
        whole.len() == 1 && digits(whole) && digits(fraction) && digits(power)
    })
}

fn half_filled(place: Place, has: Column, lacks: Column) -> Problem {
    Problem::new(place, format!("this row has {} but no {}", has.one(), lacks.noun()))
        .hint("fill it in, or empty the row")
}

fn input_row(required: Column, place: Place, value: String, pseudo_name: Option<String>) -> InputRow {
    let (accession_number, path) = match required {
        Column::AccessionNumber => (Some(value), None),
        Column::Path => (None, Some(value)),
        Column::PseudoName => return InputRow { place, accession_number: None, path: None, pseudo_name: Some(value) },
    };
    InputRow { place, accession_number, path, pseudo_name }
}
