//! Which columns a header row names.

use super::{Choice, Pseudonyms, place};
use crate::problem::{Place, Problem};
use crate::values::{Column, Fit, clean, same_header};

/// A column of a table: where it is, and what its header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub index: usize,
    pub name: String,
}

/// The columns that an input list needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    /// The row of the header, as the place of a cell is made of it.
    pub row: usize,
    /// How the column of the values was found.
    pub fit: Fit,
    pub value: Named,
    pub pseudonym: Option<Named>,
    /// Columns that could be meant as well, and are not read.
    pub unused: Vec<(Column, Named)>,
    /// How many columns have a header, gaps included.
    pub width: usize,
    /// Invisible characters that were in the headers.
    pub invisible: bool,
}

/// Why a row that has the column of the values is no header that can be used: which cell, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unclear(Vec<(usize, String, String)>);

impl Unclear {
    /// The problems, of a header in this row.
    pub fn problems(self, sheet: Option<&str>, row: usize) -> Vec<Problem> {
        let problem = |(index, message, hint): (usize, String, String)| {
            Problem::new(place(sheet, row, index), message).hint(hint)
        };
        self.0.into_iter().map(problem).collect()
    }
}

/// Reads a row as the header; `None` if the column that is sought is not in it.
pub(super) fn header<'a>(
    cells: impl Iterator<Item = (usize, &'a str)>,
    sought: Column,
    choice: &Choice,
    row: usize,
) -> Option<Result<Columns, Unclear>> {
    let mut invisible = vec![];
    let cells: Vec<Named> = cells
        .filter(|(_, name)| !name.trim().is_empty())
        .map(|(index, name)| {
            let cleaned = clean(name);
            invisible.extend((!cleaned.removed.is_empty()).then_some(index));
            Named { index, name: cleaned.text.into_owned() }
        })
        .collect();
    let (fit, mut values) = match &choice.column {
        Some(chosen) => (Fit::Exact, called(&cells, chosen)),
        None => best(&cells, sought)?,
    };
    if values.is_empty() || fit == Fit::Perhaps {
        return None;
    }
    let mut unclear = vec![];
    if values.len() > 1 {
        unclear.push(doubled(sought, &values));
    }
    let value = values.swap_remove(0);
    let pseudonyms = pseudonyms(&cells, &value, choice).unwrap_or_else(|problem| {
        unclear.push(problem);
        None
    });
    if !unclear.is_empty() {
        return Some(Err(Unclear(unclear)));
    }
    let is_used = |named: &&Named| **named == value || pseudonyms.as_ref() == Some(*named);
    let meant = |named: &Named| {
        let asked = [(sought, choice.column.is_none()), (Column::PseudoName, choice.pseudonyms == Pseudonyms::Found)];
        asked.into_iter().find(|(column, open)| *open && column.fit(&named.name).is_some()).map(|(column, _)| column)
    };
    let unused = cells.iter().filter(|named| !is_used(named));
    Some(Ok(Columns {
        row,
        fit,
        unused: unused.filter_map(|named| Some((meant(named)?, named.clone()))).collect(),
        width: cells.iter().map(|named| named.index + 1).max().unwrap_or_default(),
        invisible: cells.iter().any(|named| is_used(&named) && invisible.contains(&named.index)),
        value,
        pseudonym: pseudonyms,
    }))
}

fn pseudonyms(cells: &[Named], value: &Named, choice: &Choice) -> Result<Option<Named>, (usize, String, String)> {
    let column = Column::PseudoName;
    let mut found = match &choice.pseudonyms {
        Pseudonyms::Nowhere => return Ok(None),
        Pseudonyms::In(chosen) => {
            let found = called(cells, chosen);
            if found.is_empty() {
                let names: Vec<String> = cells.iter().map(|named| format!("'{}'", named.name)).collect();
                let message = format!("there is no column '{chosen}' beside '{}'", value.name);
                return Err((value.index, message, format!("the columns here are {}", names.join(", "))));
            }
            found
        }
        Pseudonyms::Found => match best(cells, column) {
            None => return Ok(None),
            Some((Fit::Perhaps, perhaps)) => {
                let name = &perhaps[0].name;
                let hint = format!(
                    "read the pseudonyms from it with '--pseudonym-column \"{name}\"', or let them be made up with \
                     '--no-pseudonym-column'"
                );
                return Err((perhaps[0].index, format!("'{name}' could be a column of pseudonyms, or not"), hint));
            }
            Some((_, found)) => found,
        },
    };
    if found.len() > 1 {
        return Err(doubled(column, &found));
    }
    Ok(found.pop())
}

/// The cells that mean a column, as surely as any of them does.
fn best(cells: &[Named], column: Column) -> Option<(Fit, Vec<Named>)> {
    let fits: Vec<(Fit, &Named)> = cells.iter().filter_map(|named| Some((column.fit(&named.name)?, named))).collect();
    let best = fits.iter().map(|(fit, _)| *fit).min()?;
    Some((best, fits.into_iter().filter(|(fit, _)| *fit == best).map(|(_, named)| named.clone()).collect()))
}

fn called(cells: &[Named], name: &str) -> Vec<Named> {
    cells.iter().filter(|named| same_header(&named.name, name)).cloned().collect()
}

fn doubled(column: Column, found: &[Named]) -> (usize, String, String) {
    let names: Vec<String> = found.iter().map(|named| format!("'{}'", named.name)).collect();
    let message = format!("more than one column could hold the {}s: {}", column.noun(), names.join(", "));
    let option = if column == Column::PseudoName { "--pseudonym-column" } else { "--column" };
    (found[1].index, message, format!("choose one with '{option} NAME', or rename or remove all but one of them"))
}

/// The problem of a table in which no header row was found, with a name that could be meant.
pub(super) fn no_header(sought: Column, choice: &Choice, perhaps: Option<(Place, String)>) -> Problem {
    if let Some(chosen) = &choice.column {
        let problem = Problem::new(Place::Whole, format!("there is no column '{chosen}'"));
        return problem.hint("'--column' takes the name of a column as its header has it");
    }
    let names: Vec<String> = sought.names().iter().map(|name| format!("'{name}'")).collect();
    let message = format!("there is no column of {}s: looked for {}", sought.noun(), names.join(", "));
    match perhaps {
        Some((place, name)) => {
            Problem::new(place, message).hint(format!("if '{name}' is meant, add '--column \"{name}\"', or rename it"))
        }
        None => Problem::new(Place::Whole, message)
            .hint("give the column one of these names, or choose it with '--column NAME'; see 'anon help concepts input file'"),
    }
}

/// The first cell of a row that could be meant for the column.
pub(super) fn perhaps<'a>(cells: impl Iterator<Item = (usize, &'a str)>, sought: Column) -> Option<(usize, String)> {
    let mut cells = cells.map(|(index, name)| (index, clean(name).text.into_owned()));
    cells.find(|(_, name)| sought.fit(name).is_some())
}
