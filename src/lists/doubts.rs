//! Doubts about many values: a line for each kind, with how many there are and where the first ones are.

use std::mem::discriminant;

use super::{cells, place};
use crate::problem::{Place, Problem};
use crate::values::{Column, Doubt};

/// How many places a line names.
pub(super) const NAMED: usize = 4;

/// Collects doubts by their kind.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    kinds: Vec<SameDoubt>,
    problems: Vec<Problem>,
}

#[derive(Debug)]
struct SameDoubt {
    column: Column,
    doubt: Doubt,
    /// The first value of the kind.
    value: String,
    index: usize,
    /// The first rows.
    rows: Vec<usize>,
    count: usize,
}

impl Doubts {
    /// A doubt about a value in this cell.
    pub fn of(&mut self, column: Column, doubt: Doubt, value: &str, row: usize, index: usize) {
        let same = |kind: &&mut SameDoubt| kind.column == column && discriminant(&kind.doubt) == discriminant(&doubt);
        match self.kinds.iter_mut().find(same) {
            Some(kind) => {
                kind.count += 1;
                if kind.rows.len() <= NAMED {
                    kind.rows.push(row);
                }
            }
            None => {
                self.kinds.push(SameDoubt { column, doubt, value: value.to_owned(), index, rows: vec![row], count: 1 });
            }
        }
    }

    /// A doubt about the list as a whole, or one place of it.
    pub fn about(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// A line for each doubt about the list, and for each kind of doubt about values.
    pub fn lines(self, sheet: Option<&str>) -> Vec<Problem> {
        let kinds = self.kinds.into_iter().map(|kind| {
            let what = format!("{} '{}': {}", kind.column.noun(), kind.value, kind.doubt);
            let first = place(sheet, kind.rows[0], kind.index);
            Problem::new(first, format!("{what}{}", others(sheet, &kind.rows[1..], kind.index, kind.count - 1)))
        });
        self.problems.into_iter().chain(kinds).collect()
    }
}

/// ` (and 12 more: lines 4, 5, 7, 8, ...)`
pub(super) fn others(sheet: Option<&str>, rows: &[usize], index: usize, count: usize) -> String {
    if count == 0 {
        return String::new();
    }
    let named: Vec<String> = rows
        .iter()
        .take(NAMED)
        .map(|row| match place(sheet, *row, index) {
            Place::Line(line) => line.to_string(),
            _ => cells::a1(*row, index),
        })
        .collect();
    let what = match (sheet, named.len()) {
        (Some(_), _) => "",
        (None, 1) => "line ",
        (None, _) => "lines ",
    };
    let dots = if count > named.len() { ", ..." } else { "" };
    format!(" (and {count} more: {what}{}{dots})", named.join(", "))
}
