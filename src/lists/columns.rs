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
    /// No column of pseudonyms was found, and one of the others may be one.
    pub may_have_pseudonyms: bool,
    /// Invisible characters that were in the headers.
    pub invisible: bool,
}

impl Columns {
    pub fn pseudonym_index(&self) -> Option<usize> {
        self.pseudonym.as_ref().map(|column| column.index)
    }
}

/// Reads a row as the header; `None` if the column that is sought is not in it, an error if it is not clear which columns are
/// meant.
pub(super) fn header<'a>(
    cells: impl Iterator<Item = (usize, &'a str)>,
    sought: Column,
    choice: &Choice,
    sheet: Option<&str>,
    row: usize,
) -> Option<Result<Columns, Vec<Problem>>> {
    let at = |column: &Named| place(sheet, row, column.index);
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
        unclear.push(doubled(sought, &values, &at));
    }
    let value = values.swap_remove(0);
    let pseudonyms = pseudonyms(&cells, &value, choice, &at).unwrap_or_else(|problem| {
        unclear.push(problem);
        None
    });
    if !unclear.is_empty() {
        return Some(Err(unclear));
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
        may_have_pseudonyms: pseudonyms.is_none() && choice.pseudonyms == Pseudonyms::Found && cells.len() > 1,
        invisible: cells.iter().any(|named| is_used(&named) && invisible.contains(&named.index)),
        value,
        pseudonym: pseudonyms,
    }))
}

fn pseudonyms(
    cells: &[Named],
    value: &Named,
    choice: &Choice,
    at: &dyn Fn(&Named) -> Place,
) -> Result<Option<Named>, Problem> {
    let column = Column::PseudoName;
    let mut found = match &choice.pseudonyms {
        Pseudonyms::Nowhere => return Ok(None),
        Pseudonyms::In(chosen) => {
            let found = called(cells, chosen);
            if found.is_empty() {
                let message = format!("there is no column '{chosen}' next to '{}'", value.name);
                return Err(Problem::new(at(value), message).hint(format!("the columns here are {}", quoted(cells))));
            }
            found
        }
        Pseudonyms::Found => match best(cells, column) {
            None => return Ok(None),
            Some((Fit::Perhaps, perhaps)) => {
                let name = &perhaps[0].name;
                let hint = format!(
                    "read the pseudonyms from it with '--pseudonym-column \"{name}\"', or have them made up with \
                     '--no-pseudonym-column'"
                );
                let message = format!("'{name}' may or may not be a column of pseudonyms");
                return Err(Problem::new(at(&perhaps[0]), message).hint(hint));
            }
            Some((_, found)) => found,
        },
    };
    if found.len() > 1 {
        return Err(doubled(column, &found, at));
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

fn doubled(column: Column, found: &[Named], at: &dyn Fn(&Named) -> Place) -> Problem {
    let message = format!("more than one column could hold the {}s: {}", column.noun(), quoted(found));
    let hint = format!("choose one with '{} NAME', or rename or remove all but one of them", option(column));
    Problem::new(at(&found[1]), message).hint(hint)
}

/// The option that chooses the column by hand.
pub(super) fn option(column: Column) -> &'static str {
    if column == Column::PseudoName { "--pseudonym-column" } else { "--column" }
}

fn quoted(columns: &[Named]) -> String {
    let names: Vec<String> = columns.iter().map(|named| format!("'{}'", named.name)).collect();
    names.join(", ")
}

/// The problem of a table in which no header row was found, with a name that could be meant.
pub(super) fn no_header(sought: Column, choice: &Choice, perhaps: Option<(Place, String)>) -> Problem {
    if let Some(chosen) = &choice.column {
        let problem = Problem::new(Place::Whole, format!("there is no column '{chosen}'"));
        return problem.hint("'--column' takes the name of a column as it is in the header");
    }
    let names: Vec<String> = sought.names().iter().map(|name| format!("'{name}'")).collect();
    let message = format!("there is no column of {}s: looked for {}", sought.noun(), names.join(", "));
    match perhaps {
        Some((place, name)) => {
            Problem::new(place, message).hint(format!("if you mean '{name}', add '--column \"{name}\"', or rename it"))
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
