//! From the cells below the header to values, and to everything that is wrong.

use std::ops::ControlFlow;

use super::cells::{Cell, CellFault};
use super::columns::{Columns, option};
use super::doubts::{Doubts, NAMED, others};
use super::{InputList, InputRow, Listed, MOST_ROWS, place};
use crate::problem::{Place, Problem};
use crate::values::{Column, Parsed, Pseudonym, Spoilt, same_header};

/// Reading a list stops after this many problems.
const MOST_PROBLEMS: usize = 1000;
/// So many numbers that end in 0 where a spreadsheet cuts them can be chance; if there are more and all do, it is none: of
/// intact lists, one in 10,000 has four such numbers and no others.
const CHANCE: usize = 3;

/// Takes the rows of a list, one after the other.
pub(super) struct Rows<'a, T> {
    columns: Columns,
    sheet: Option<&'a str>,
    decimal_comma: bool,
    rows: Vec<InputRow<T>>,
    problems: Vec<Problem>,
    /// Rows that have a value and no pseudonym.
    nameless: usize,
    doubts: Doubts,
    values: Shape,
    pseudonyms: Shape,
}

/// What the values of a whole column look like.
#[derive(Default)]
struct Shape {
    /// Numbers of more digits than a spreadsheet keeps, and how many of them end in 0 from there on.
    long: usize,
    cut: usize,
    first_cut: Vec<usize>,
    /// Numbers that end in `.0`.
    decimal: usize,
    first_decimal: Option<usize>,
    /// All values.
    all: usize,
}

impl<'a, T: Listed> Rows<'a, T> {
    pub fn new(columns: Columns, sheet: Option<&'a str>, decimal_comma: bool) -> Rows<'a, T> {
        let mut doubts = Doubts::default();
        let row = columns.row;
        if columns.invisible {
            let at = place(sheet, row, columns.value.index);
            doubts.about(Problem::new(at, "invisible characters were removed from the header"));
        }
        for (column, unused) in &columns.unused {
            let message = format!("the column '{}' is not read", unused.name);
            let hint = format!("to read it, choose it with '{} \"{}\"'", option(*column), unused.name);
            doubts.about(Problem::new(place(sheet, row, unused.index), message).hint(hint));
        }
        Rows {
            columns,
            sheet,
            decimal_comma,
            rows: vec![],
            problems: vec![],
            nameless: 0,
            doubts,
            values: Shape::default(),
            pseudonyms: Shape::default(),
        }
    }

    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// A problem with a row, or anything else that stands in the way.
    pub fn refuse(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Something that the user should know about the list as a whole.
    pub fn note(&mut self, problem: Problem) {
        self.doubts.about(problem);
    }

    /// Takes a row, of which these are the cells that count: how many values it has added (none or one), or `Break` if it is no
    /// use to go on.
    pub fn push(&mut self, row: usize, value: &Cell, pseudonym: &Cell) -> ControlFlow<(), usize> {
        let before = self.rows.len();
        if self.is_header(value, pseudonym) {
            self.refuse_header(row);
        } else {
            self.take(row, value, pseudonym);
        }
        if self.rows.len() > MOST_ROWS {
            let message = format!("there are more than {MOST_ROWS} rows, too many for a list of patients");
            self.problems = vec![Problem::new(Place::Whole, message).hint("check that this is the right file")];
            return ControlFlow::Break(());
        }
        if self.problems.len() >= MOST_PROBLEMS {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(self.rows.len() - before)
    }

    fn take(&mut self, row: usize, value: &Cell, name: &Cell) {
        let index = self.columns.value.index;
        let decimal_comma = self.decimal_comma;
        let value = self.parse(row, index, T::COLUMN, value, |text| T::parse(text, decimal_comma));
        let has_names = self.columns.pseudonym.is_some();
        let name_index = self.columns.pseudonym_index().unwrap_or(index);
        let name = self.parse(row, name_index, Column::PseudoName, name, Pseudonym::parse);
        match (value, name) {
            (Ok(Some(value)), Ok(pseudonym)) if pseudonym.is_some() || !has_names => {
                self.values.add(value.text(), row);
                if let Some(name) = &pseudonym {
                    self.pseudonyms.add(name.as_str(), row);
                }
                self.rows.push(InputRow { row: u32::try_from(row).unwrap_or(u32::MAX), value, pseudonym });
            }
            (Ok(Some(_)), Ok(_)) => {
                self.nameless += 1;
                self.half_filled(row, name_index, T::COLUMN, Column::PseudoName);
            }
            (Ok(None), Ok(Some(_))) => self.half_filled(row, index, Column::PseudoName, T::COLUMN),
            (Ok(None), Ok(None)) => {}
            (value, name) => self.problems.extend(value.err().into_iter().chain(name.err())),
        }
    }

    /// A cell's value; none if the cell is empty.
    fn parse<V>(
        &mut self,
        row: usize,
        index: usize,
        column: Column,
        cell: &Cell,
        parse: impl FnOnce(&str) -> Result<Parsed<V>, Spoilt>,
    ) -> Result<Option<V>, Problem> {
        let text = match cell {
            Cell::Empty => return Ok(None),
            Cell::Text(text) => text,
            Cell::Date(text) if column == Column::Path => text,
            Cell::Date(_) => return Err(CellFault::DATE.at(place(self.sheet, row, index))),
            Cell::Faulty(fault) => return Err(fault.at(place(self.sheet, row, index))),
        };
        match parse(text) {
            Ok(Parsed { value, doubts }) => {
                for doubt in doubts {
                    self.doubts.of(column, doubt, text.trim(), row, index);
                }
                Ok(Some(value))
            }
            Err(Spoilt::Empty) => Ok(None),
            Err(spoilt) => Err(Problem::new(place(self.sheet, row, index), spoilt.to_string()).hint(spoilt.hint())),
        }
    }

    /// Whether a row is a header again: another list pasted below, or a header on each printed page.
    fn is_header(&self, value: &Cell, name: &Cell) -> bool {
        let is_known = |text: &str| {
            same_header(text, &self.columns.value.name)
                || self.columns.pseudonym.as_ref().is_some_and(|column| same_header(text, &column.name))
                || Column::of_name(text).is_some()
        };
        let filled = |cell: &Cell| match cell {
            Cell::Text(text) => Some(is_known(text)),
            Cell::Empty => None,
            _ => Some(false),
        };
        filled(value) == Some(true) && filled(name) != Some(false)
    }

    fn refuse_header(&mut self, row: usize) {
        let hint = match T::COLUMN {
            Column::Path => "remove the line, or make two lists of it; a folder of that name is './NAME'",
            _ => "remove the line, or make two lists of it",
        };
        let at = place(self.sheet, row, self.columns.value.index);
        self.refuse(Problem::new(at, "this is the header again").hint(hint));
    }

    fn half_filled(&mut self, row: usize, index: usize, has: Column, lacks: Column) {
        let message = format!("this row has {} but no {}", has.one(), lacks.noun());
        let problem = Problem::new(place(self.sheet, row, index), message);
        self.refuse(problem.hint("fill it in, or clear the row"));
    }

    /// The list, if nothing is wrong with it.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn finish(mut self) -> Result<InputList<T>, Vec<Problem>> {
        let header = |index| place(self.sheet, self.columns.row, index);
        if let Some(column) = &self.columns.pseudonym
            && self.rows.is_empty()
            && self.nameless > 1
            && self.nameless == self.problems.len()
        {
            let problem = Problem::new(header(column.index), "there is a column of pseudonyms, but nothing in it");
            return Err(vec![problem.hint("fill it in, or have them made up with '--no-pseudonym-column'")]);
        }
        if self.rows.is_empty() && self.problems.is_empty() {
            let message = format!("there is no {} below this header", T::COLUMN.noun());
            let problem = Problem::new(header(self.columns.value.index), message);
            return Err(vec![problem.hint("fill in the list and save it")]);
        }
        let pseudonym_index = self.columns.pseudonym_index();
        for (column, index, shape) in [
            (T::COLUMN, Some(self.columns.value.index), std::mem::take(&mut self.values)),
            (Column::PseudoName, pseudonym_index, std::mem::take(&mut self.pseudonyms)),
        ] {
            // Anything in a column of folders is looked for on disk.
            if let Some(index) = index.filter(|_| column != Column::Path) {
                self.judge(column, index, &shape);
            }
        }
        if self.problems.len() >= MOST_PROBLEMS {
            let message = format!("after {MOST_PROBLEMS} problems, the list was read no further");
            self.problems.push(Problem::new(Place::Whole, message));
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        self.rows.shrink_to_fit();
        Ok(InputList {
            rows: self.rows,
            value_index: self.columns.value.index,
            column: self.columns.value.name,
            may_have_pseudonyms: self.columns.may_have_pseudonyms,
            pseudonym_column: self.columns.pseudonym.map(|column| column.name),
            sheet: self.sheet.map(str::to_owned),
            doubts: self.doubts.lines(self.sheet),
        })
    }

    /// What the values of a column, looked at together, say of the program that has written them.
    fn judge(&mut self, column: Column, index: usize, shape: &Shape) {
        if shape.long > CHANCE && shape.cut == shape.long {
            let more = others(self.sheet, &shape.first_cut[1..], index, shape.cut - 1);
            let message = format!(
                "all {} {}s of more than 15 digits end in 0{more}: a spreadsheet has truncated them",
                shape.cut,
                column.noun(),
            );
            let hint = Spoilt::CutAfter15Digits(String::new()).hint();
            self.refuse(Problem::new(place(self.sheet, shape.first_cut[0], index), message).hint(hint));
        }
        if let Some(first) = shape.first_decimal.filter(|_| shape.decimal == shape.all) {
            let message = format!("all {}s end in '.0': a program may have added that", column.noun());
            self.doubts.about(Problem::new(place(self.sheet, first, index), message));
        }
    }
}

impl Shape {
    fn add(&mut self, text: &str, row: usize) {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        self.all += 1;
        if text.strip_suffix(".0").is_some_and(digits) {
            self.decimal += 1;
            self.first_decimal.get_or_insert(row);
        }
        if text.len() > 15 && digits(text) {
            self.long += 1;
            if text.bytes().skip(15).all(|byte| byte == b'0') {
                self.cut += 1;
                if self.first_cut.len() <= NAMED {
                    self.first_cut.push(row);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_column() {
        let mut shape = Shape::default();
        for (row, text) in ["1234567890123450", "1234567890123451", "12.0", "x", "x.0"].into_iter().enumerate() {
            shape.add(text, row);
        }
        assert_eq!((shape.long, shape.cut, shape.decimal), (2, 1, 1));
        assert_eq!((shape.first_cut, shape.first_decimal, shape.all), (vec![0], Some(2), 5));
    }
}
