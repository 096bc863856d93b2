//! What is allowed in a mapping, but probably not meant.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use crate::problem::{Place, Problem};
use crate::values::{Kind, Source};

use super::Row;

/// Names the lines of rows that share a pseudonym or a source, never the values.
pub(super) fn warnings<'a>(rows: &'a [Row]) -> Vec<Problem> {
    let rows: Vec<&Row> = rows.iter().filter(|row| !row.is_example()).collect();
    // The name may be the same where the ids tell them apart.
    let id = |row: &'a Row| row.parameters.get(Kind::PseudoId).or_else(|| row.parameters.get(Kind::PseudoName));
    let pseudonyms = shared(&rows, id);
    let mut warnings: Vec<Problem> =
        pseudonyms.iter().map(|lines| warning(lines, "pseudonym", PSEUDONYM_HINT)).collect();
    warnings.extend(
        shared(&rows, |row| Some(same(row.source()))).iter().map(|lines| warning(lines, "source", SOURCE_HINT)),
    );
    warnings.sort_by(|one, other| one.place.cmp(&other.place));
    warnings
}

const PSEUDONYM_HINT: &str = "two patients under one pseudonym cannot be told apart afterwards";

const SOURCE_HINT: &str = "the same data would be anonymized more than once";

/// The lines of the rows that share a value, for each value that more than one row has.
fn shared<'a, V: Eq + Hash>(rows: &[&'a Row], value: impl Fn(&'a Row) -> Option<V>) -> Vec<Vec<usize>> {
    // Nearly every value comes once: only the others need a list of lines.
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut seen: HashMap<V, (usize, Option<usize>)> = HashMap::with_capacity(rows.len());
    for row in rows {
        let Some(value) = value(row) else { continue };
        match seen.entry(value) {
            Entry::Vacant(first) => {
                first.insert((row.line, None));
            }
            Entry::Occupied(mut known) => match known.get() {
                (_, Some(group)) => groups[*group].push(row.line),
                (first, None) => {
                    groups.push(vec![*first, row.line]);
                    known.get_mut().1 = Some(groups.len() - 1);
                }
            },
        }
    }
    groups.sort();
    groups
}

/// What is the same for sources of the same data: paths may be written with either slash, and with one at the end.
fn same(source: &Source) -> (&'static str, Cow<'_, str>) {
    let value = source.value();
    let value = match source {
        Source::Folder(_) | Source::FileSelection(_) if value.contains('\\') => Cow::Owned(value.replace('\\', "/")),
        _ => Cow::Borrowed(value),
    };
    let value = match value {
        Cow::Borrowed(value) => Cow::Borrowed(value.trim_end_matches('/')),
        Cow::Owned(value) => Cow::Owned(value.trim_end_matches('/').to_owned()),
    };
    (source.kind_name(), value)
}

fn warning(lines: &[usize], what: &str, hint: &str) -> Problem {
    const SHOWN: usize = 10;
    let mut others: Vec<String> = lines.iter().take(SHOWN).map(usize::to_string).collect();
    let last = match lines.len() - others.len() {
        0 => others.pop().unwrap_or_default(),
        more => format!("{more} more"),
    };
    let message = format!("lines {} and {last} have the same {what}", others.join(", "));
    Problem::new(Place::Line(lines[1]), message).hint(hint)
}
