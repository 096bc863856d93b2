//! What is doubtful about rows taken together: patients under one pseudonym, and data that is requested twice.

use std::borrow::Cow;
use std::collections::HashMap;

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
    "the server would look for it outside that folder; write it as '\\\\server\\share\\folder' if that is meant";

fn pseudonyms<'a>(rows: &[&'a Row], options: &'a Parameters) -> Vec<Problem> {
    let pseudonym = |row: &&'a Row| {
        let value = |kind| row.parameters.get(kind).or(options.get(kind));
        // The name may be the same where the ids tell them apart.
        let name = value(Kind::PseudoId).or_else(|| value(Kind::PseudoName))?;
        Some((folded(name), row.line, name))
    };
    let mut named: Vec<(Cow<'_, str>, usize, &str)> = rows.iter().filter_map(pseudonym).collect();
    let told = |group: &[(Cow<'_, str>, usize, &str)]| {
        let same = group.iter().all(|(_, _, name)| *name == group[0].2);
        let what = if same { "the same pseudonym" } else { "pseudonyms that Windows considers the same name" };
        alike(group.iter().map(|(_, line, _)| *line), &format!("have {what}"), PSEUDONYM_HINT)
    };
    named.sort_unstable();
    named.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1).map(told).collect()
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

fn sources<'a>(rows: &'a [Located<'_>]) -> Vec<Problem> {
    let source = |row: &'a Located<'_>| {
        let value = match (row.source, &row.folder) {
            // The name of the selection file counts too.
            (Source::FileSelection(path), Some(folder)) => {
                let name = path.as_str().rsplit(['/', '\\']).next().unwrap_or_default();
                Cow::Owned(format!("{}\\{}", folder.as_str(), folded(name)))
            }
            (_, Some(folder)) => Cow::Borrowed(folder.as_str()),
            (source, None) => Cow::Borrowed(source.value()),
        };
        (row.source.kind_name(), value, row.line)
    };
    let mut sources: Vec<(&str, Cow<'_, str>, usize)> = rows.iter().map(source).collect();
    sources.sort_unstable();
    let groups = sources.chunk_by(|one, other| (one.0, &one.1) == (other.0, &other.1)).filter(|group| group.len() > 1);
    groups.map(|group| alike(group.iter().map(|(_, _, line)| *line), "have the same source", SOURCE_HINT)).collect()
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

fn alike(lines: impl Iterator<Item = usize>, what: &str, hint: &str) -> Problem {
    let lines: Vec<usize> = lines.collect();
    Problem::new(Place::Line(lines[1]), format!("{} {what}", numbered(&lines))).hint(hint)
}
