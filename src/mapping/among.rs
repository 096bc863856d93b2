//! What is doubtful about rows beside each other: patients under one pseudonym, and data that is asked for twice.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use crate::problem::{Place, Problem, numbered};
use crate::unc::UncPath;
use crate::values::{Kind, Parameters, Source};

use super::Row;
use super::location::Location;
use super::spelling::folded;

/// Names the lines, never the values.
pub(super) fn warnings(rows: &[Row], options: &Parameters) -> Vec<Problem> {
    let rows: Vec<&Row> = rows.iter().filter(|row| !row.is_example()).collect();
    let mut warnings = pseudonyms(&rows, options);
    let root = options.get(Kind::RootSourcePath).and_then(UncPath::parse);
    let located: Vec<Located<'_>> = rows.iter().filter_map(|row| Located::of(row, root.as_ref())).collect();
    warnings.extend(sources(&located));
    warnings.extend(nested(&located));
    warnings.extend(
        located
            .iter()
            .filter(|row| row.leaves_root())
            .map(|row| Problem::new(Place::Line(row.line), "the path leads out of root_source_path").hint(LEAVES_HINT)),
    );
    warnings
}

const PSEUDONYM_HINT: &str = "two patients under one pseudonym cannot be told apart afterwards";
const SOURCE_HINT: &str = "the same data would be anonymized more than once";
const LEAVES_HINT: &str =
    "the server looks for it outside that folder; write it as '\\\\server\\share\\folder' if that is meant";

fn pseudonyms(rows: &[&Row], options: &Parameters) -> Vec<Problem> {
    let pseudonym = |row: &&Row| {
        let value = |kind| row.parameters.get(kind).or(options.get(kind)).map(str::to_owned);
        // The name may be the same where the ids tell them apart.
        value(Kind::PseudoId).or_else(|| value(Kind::PseudoName))
    };
    let named: Vec<(usize, String)> = rows.iter().filter_map(|row| Some((row.line, pseudonym(row)?))).collect();
    let groups = shared(named.iter().map(|(line, name)| (*line, folded(name))));
    let mut exactly: HashMap<usize, &str> = HashMap::new();
    if !groups.is_empty() {
        exactly.extend(named.iter().map(|(line, name)| (*line, name.as_str())));
    }
    let told = |lines: Vec<usize>| {
        let same = lines.iter().all(|line| exactly.get(line) == exactly.get(&lines[0]));
        let what = if same { "the same pseudonym" } else { "pseudonyms that are one name to Windows" };
        alike(&lines, &format!("have {what}"), PSEUDONYM_HINT)
    };
    groups.into_iter().map(told).collect()
}

/// A row and where its data is.
struct Located<'a> {
    line: usize,
    source: &'a Source,
    /// Of files in a share: the folder that they are in.
    folder: Option<Location>,
}

impl<'a> Located<'a> {
    fn of(row: &'a Row, root: Option<&UncPath>) -> Option<Located<'a>> {
        let source = row.source()?;
        let own = row.parameters.get(Kind::RootSourcePath).and_then(UncPath::parse);
        let root = own.as_ref().or(root);
        let folder = match source {
            Source::Folder(path) => Some(Location::of(path.as_str(), root)),
            Source::FileSelection(path) => Some(Location::of(path.as_str(), root).parent()),
            Source::StudyInstanceUid(_) | Source::AccessionNumber(_) => None,
        };
        Some(Located { line: row.line, source, folder })
    }

    fn leaves_root(&self) -> bool {
        self.folder.as_ref().is_some_and(Location::leaves_root)
    }
}

fn sources(rows: &[Located<'_>]) -> Vec<Problem> {
    let same = |row: &Located<'_>| {
        let value = match (row.source, &row.folder) {
            // The name of the selection file counts, too.
            (Source::FileSelection(path), Some(folder)) => {
                let name = path.as_str().rsplit(['/', '\\']).next().unwrap_or_default();
                Cow::Owned(format!("{}\\{}", folder.as_str(), folded(name)))
            }
            (_, Some(folder)) => Cow::Owned(folder.as_str().to_owned()),
            (source, None) => Cow::Borrowed(source.value()),
        };
        (row.source.kind_name(), value.into_owned())
    };
    let groups = shared(rows.iter().map(|row| (row.line, same(row))));
    groups.iter().map(|lines| alike(lines, "have the same source", SOURCE_HINT)).collect()
}

/// Folders in folders of other rows, and folders that another row takes files from.
fn nested(rows: &[Located<'_>]) -> Vec<Problem> {
    let mut outer: HashMap<&str, (usize, &str)> = HashMap::with_capacity(rows.len());
    for row in rows {
        if let Some(folder) = &row.folder {
            outer.entry(folder.as_str()).or_insert((row.line, row.source.kind_name()));
        }
    }
    let mut inner: HashMap<usize, Vec<usize>> = HashMap::new();
    for row in rows {
        let Some(folder) = &row.folder else { continue };
        let other_kind = outer.get(folder.as_str()).filter(|(_, kind)| *kind != row.source.kind_name());
        let found = folder.ancestors().find_map(|above| outer.get(above)).or(other_kind);
        if let Some((line, _)) = found.filter(|(line, _)| *line != row.line) {
            inner.entry(*line).or_default().push(row.line);
        }
    }
    let told = |(outer, inner): (&usize, &Vec<usize>)| {
        let verb = if inner.len() == 1 { "is" } else { "are" };
        let message = format!("{} {verb} in the folder of line {outer}", numbered(inner));
        Problem::new(Place::Line(inner[0]), message).hint(SOURCE_HINT)
    };
    inner.iter().map(told).collect()
}

/// The lines that share a value, for each value that more than one line has.
fn shared<V: Eq + Hash>(values: impl Iterator<Item = (usize, V)>) -> Vec<Vec<usize>> {
    // Nearly every value comes once: only the others need a list of lines.
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut seen: HashMap<V, (usize, Option<usize>)> = HashMap::with_capacity(values.size_hint().0);
    for (line, value) in values {
        match seen.entry(value) {
            Entry::Vacant(first) => {
                first.insert((line, None));
            }
            Entry::Occupied(mut known) => match known.get() {
                (_, Some(group)) => groups[*group].push(line),
                (first, None) => {
                    groups.push(vec![*first, line]);
                    known.get_mut().1 = Some(groups.len() - 1);
                }
            },
        }
    }
    groups
}

fn alike(lines: &[usize], what: &str, hint: &str) -> Problem {
    Problem::new(Place::Line(lines[1]), format!("{} {what}", numbered(lines))).hint(hint)
}
