//! What is allowed in a mapping, but probably not meant.

use std::collections::HashMap;

use crate::error::{Place, Problem};
use crate::parameters::{Kind, Source};

use super::Row;

/// Names the lines of rows that share a pseudonym or a source, never the values.
pub(super) fn warnings(rows: &[Row]) -> Vec<Problem> {
    let rows: Vec<&Row> = rows.iter().filter(|row| !row.is_example()).collect();
    let ids = shared(&rows, |row| row.parameters.get(Kind::PseudoId).map(str::to_owned));
    let names = shared(&rows, |row| row.parameters.get(Kind::PseudoName).map(str::to_owned));
    let mut pseudonyms = ids;
    pseudonyms.extend(names);
    pseudonyms.sort();
    pseudonyms.dedup();
    let mut warnings: Vec<Problem> =
        pseudonyms.iter().map(|lines| warning(lines, "pseudonym", PSEUDONYM_HINT)).collect();
    warnings.extend(shared(&rows, |row| Some(same(row.source()))).iter().map(|lines| warning(lines, "source", "")));
    warnings.sort_by(|one, other| one.place.cmp(&other.place));
    warnings
}

const PSEUDONYM_HINT: &str = "two patients under one pseudonym cannot be told apart afterwards";

/// The lines of the rows that share a value, for each value that more than one row has.
fn shared(rows: &[&Row], value: impl Fn(&Row) -> Option<String>) -> Vec<Vec<usize>> {
    let mut lines: HashMap<String, Vec<usize>> = HashMap::with_capacity(rows.len());
    for row in rows {
        if let Some(value) = value(row) {
            lines.entry(value).or_default().push(row.line);
        }
    }
    let mut shared: Vec<Vec<usize>> = lines.into_values().filter(|lines| lines.len() > 1).collect();
    shared.sort();
    shared
}

/// Sources that stand for the same data: paths may be written with either slash, and with one at the end.
fn same(source: &Source) -> String {
    match source {
        Source::Folder(path) | Source::FileSelection(path) => {
            format!("{}:{}", source.kind_name(), path.replace('\\', "/").trim_end_matches('/'))
        }
        _ => source.to_string(),
    }
}

fn warning(lines: &[usize], what: &str, hint: &str) -> Problem {
    const SHOWN: usize = 10;
    let mut others: Vec<String> = lines.iter().take(SHOWN).map(usize::to_string).collect();
    let last = match lines.len() - others.len() {
        0 => others.pop().unwrap_or_default(),
        more => format!("{more} more"),
    };
    let message = format!("lines {} and {last} have the same {what}", others.join(", "));
    let problem = Problem::new(Place::Line(lines[1]), message);
    if hint.is_empty() { problem } else { problem.hint(hint) }
}
