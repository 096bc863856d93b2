//! Making a job of each row of a mapping: what `create from-mapping` will ask for, and what it refuses.

use std::collections::HashSet;
use std::path::Path;

use crate::api::{Data, NewJob, in_parallel};
use crate::mapping::{Mapping, Row};
use crate::problem::{Place, Problem};
use crate::selection::Selection;
use crate::unc::{Shares, UncPath};
use crate::values::{Kind, Parameters, Source};

/// How many sources are looked at at the same time: they are on a share, where each look waits for the network.
const LOOKS_AT_ONCE: usize = 32;

/// A row of a mapping and the job that it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The line of the row in the mapping.
    pub line: usize,
    /// Where its data is, as the row has it.
    pub source: Source,
    /// What the server is asked for.
    pub job: NewJob,
}

impl Planned {
    /// Whether the row has this pseudonym, as name or as id.
    pub fn has_pseudonym(&self, pseudonym: &str) -> bool {
        let is = |value: &Option<String>| value.as_deref() == Some(pseudonym);
        is(&self.job.pseudo_name) || is(&self.job.pseudo_id)
    }
}

/// The jobs of a mapping, and all that stands in their way.
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order of the rows. Rows with a problem are missing.
    pub jobs: Vec<Planned>,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

/// Makes the plan. The settings' defaults apply first, then the mapping's options, then each row.
///
/// Each source that is on a share that this computer sees is looked for.
pub fn plan(mapping: &Mapping, defaults: &Parameters) -> Plan {
    let mut plan = Plan::default();
    let common = mapping.options.over(defaults);
    for row in &mapping.rows {
        match job(row, &common) {
            Ok(planned) => plan.jobs.push(planned),
            Err(problems) => plan.problems.extend(problems),
        }
    }
    if mapping.rows.is_empty() {
        let hint = "add some with 'anon map add-study-folders' or 'anon map add-accession-numbers'";
        plan.problems.push(Problem::new(Place::Whole, "the mapping has no rows").hint(hint));
    }
    // What is wrong with the options is wrong with every row, and said once.
    let mut said = HashSet::new();
    plan.problems.retain(|problem| said.insert(problem.clone()));
    if plan.problems.is_empty() {
        plan.problems.extend(missing_sources(mapping, &common));
    }
    plan
}

fn job(row: &Row, common: &Parameters) -> Result<Planned, Vec<Problem>> {
    if row.is_example() {
        let hint = "delete the line, or put your own source and pseudonym there";
        let message = "this is still an example row of 'anon map init'";
        return Err(vec![Problem::new(Place::Line(row.line), message).hint(hint)]);
    }
    let values = Values { row, all: row.parameters.over(common) };
    let mut problems = vec![];
    let mut required = |outcome: Result<String, Problem>| outcome.map_err(|problem| problems.push(problem)).ok();
    let data = required(values.data());
    let project = required(values.project());
    let destination = required(values.unc(Kind::DestinationPath).map(|path| path.sent()));
    let (Some(data), Some(project), Some(destination_path)) = (data, project, destination) else {
        return Err(problems);
    };
    let value = |kind| values.all.get(kind).map(str::to_owned);
    let (name, id) = (value(Kind::PseudoName), value(Kind::PseudoId));
    let data = if row.source().is_pacs() { Data::Pacs(data) } else { Data::Path(data) };
    let job = NewJob {
        data,
        project,
        destination_path,
        // The one serves as both; with neither, PIMS gives the pseudonyms.
        pseudo_name: name.clone().or_else(|| id.clone()),
        pseudo_id: id.or(name),
        // AnonAPI sends one even when it is empty.
        description: Some(value(Kind::Description).unwrap_or_default()),
        pims_key: value(Kind::PimsKey),
    };
    Ok(Planned { line: row.line, source: row.source().clone(), job })
}

/// The parameters that hold for a row: its own, and those that it shares with all.
struct Values<'a> {
    row: &'a Row,
    all: Parameters,
}

impl Values<'_> {
    /// The data as the server wants to hear of it.
    fn data(&self) -> Result<String, Problem> {
        let (kind, path) = match self.row.source() {
            Source::StudyInstanceUid(uid) => return Ok(uid.to_string()),
            Source::AccessionNumber(number) => return Ok(format!("accession_number:{number}")),
            Source::Folder(folder) => ("folder", folder.as_str()),
            Source::FileSelection(file) => ("fileselection", file.as_str()),
        };
        let full = match UncPath::parse(path) {
            Some(full) => full,
            None => {
                self.refuse_absolute(kind, path)?;
                self.unc(Kind::RootSourcePath)?.join(path)
            }
        };
        Ok(format!("{kind}:{}", full.sent()))
    }

    /// A drive letter or a mount is of this computer alone: below the root there is no such thing.
    fn refuse_absolute(&self, kind: &str, path: &str) -> Result<(), Problem> {
        let bytes = path.trim().as_bytes();
        let drive = matches!(bytes, [letter, b':', ..] if letter.is_ascii_alphabetic());
        if !drive && !matches!(bytes, [b'/' | b'\\', ..]) {
            return Ok(());
        }
        let hint = match UncPath::of_typed(path) {
            Some(unc) => format!("on this computer that is '{unc}': write that"),
            None => r"write it relative to root_source_path, or as '\\server\share\folder'".to_owned(),
        };
        let message = format!("the {kind} '{path}' is not below root_source_path, nor a UNC path");
        Err(Problem::new(Place::Line(self.row.line), message).hint(hint))
    }

    fn project(&self) -> Result<String, Problem> {
        match self.all.get(Kind::Project) {
            Some("NOT_SET" | "NOT SET") | None => Err(self
                .problem(Kind::Project, "no project is set".to_owned())
                .hint("write the name of your anonymization project behind 'project' in the options of the mapping")),
            Some(project) => Ok(project.to_owned()),
        }
    }

    /// A parameter that has to be a UNC path, because the server is another computer.
    fn unc(&self, kind: Kind) -> Result<UncPath, Problem> {
        let name = kind.name();
        let Some(text) = self.all.get(kind) else {
            let hint = format!("write '{name},\\\\server\\share\\folder' in the options of the mapping");
            return Err(self.problem(kind, format!("{name} is missing")).hint(hint));
        };
        UncPath::parse(text).ok_or_else(|| {
            let hint = match UncPath::of_typed(text) {
                Some(path) => format!("on this computer that is '{path}': write that"),
                None => r"it should look like '\\server\share\folder', so that the server can find it".to_owned(),
            };
            self.problem(kind, format!("{name} '{text}' is not a UNC path")).hint(hint)
        })
    }

    /// A problem with a parameter: of this row, or of the options that all rows share.
    fn problem(&self, kind: Kind, message: String) -> Problem {
        let own = self.row.parameters.get(kind).is_some();
        Problem::new(if own { Place::Line(self.row.line) } else { Place::Whole }, message)
    }
}

/// Sources that are not there, and selections of nothing, as far as this computer can see.
fn missing_sources(mapping: &Mapping, common: &Parameters) -> Vec<Problem> {
    let shares = Shares::of_this_computer();
    let root = common.get(Kind::RootSourcePath).and_then(UncPath::parse);
    // What is below a root that cannot be seen may be there all the same.
    let root = root.filter(|root| shares.find(root).is_some_and(|folder| folder.is_dir()));
    let look = |row: &Row| {
        let (Source::Folder(named) | Source::FileSelection(named)) = row.source() else { return None };
        let below_root = || root.as_ref().filter(|_| row.parameters.get(Kind::RootSourcePath).is_none());
        let full = UncPath::parse(named.as_str()).or_else(|| Some(below_root()?.join(named.as_str())))?;
        let place = shares.find(&full)?;
        Some((fault(row.source(), &place)?, place))
    };
    let mut problems = vec![];
    in_parallel(&mapping.rows, LOOKS_AT_ONCE, look, |row, seen| {
        if let Some((fault, place)) = seen {
            let (message, hint) = fault.describe(row.source().kind_name(), &place);
            problems.push(Problem::new(Place::Line(row.line), message).hint(hint));
        }
        true
    });
    problems
}

/// What is wrong with a source.
enum Fault {
    Missing,
    Empty,
}

impl Fault {
    fn describe(&self, what: &str, place: &Path) -> (String, &'static str) {
        match self {
            Fault::Missing => (
                format!("there is no such {what}: '{}'", place.display()),
                "check the name and root_source_path, or make the selection again with 'anon map add-study-folders'",
            ),
            Fault::Empty => (
                format!("the {what} has no files: '{}'", place.display()),
                "delete the line, or select files with 'anon select add'",
            ),
        }
    }
}

fn fault(source: &Source, place: &Path) -> Option<Fault> {
    if !matches!(source, Source::FileSelection(_)) {
        return if place.is_dir() { None } else { Some(Fault::Missing) };
    }
    if !place.is_file() {
        return Some(Fault::Missing);
    }
    // One that cannot be read here may be readable for the server.
    let is_empty = Selection::read(place).is_ok_and(|selection| selection.selected_paths.is_empty());
    if is_empty { Some(Fault::Empty) } else { None }
}

#[cfg(test)]
mod tests;
