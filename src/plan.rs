//! Making a job of each row of a mapping: what `create from-mapping` will ask for, and what it refuses.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::api::{Data, NewJob, in_parallel};
use crate::error::{Place, Problem};
use crate::mapping::{Mapping, Row};
use crate::parameters::{Kind, Parameters, Source};
use crate::unc::UncPath;

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
/// `path` is the mapping's own place: where its root can be seen from there, each source is looked for.
pub fn plan(mapping: &Mapping, defaults: &Parameters, path: &Path) -> Plan {
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
        plan.problems.extend(missing_sources(mapping, &common, path));
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
    let destination = required(values.unc(Kind::DestinationPath).map(|path| path.to_string()));
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
        description: value(Kind::Description),
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
            Source::StudyInstanceUid(uid) => return Ok(uid.clone()),
            Source::AccessionNumber(number) => return Ok(format!("accession_number:{number}")),
            Source::Folder(folder) => ("folder", folder),
            Source::FileSelection(file) => ("fileselection", file),
        };
        let full = match UncPath::parse(path) {
            Some(full) => full,
            None => self.unc(Kind::RootSourcePath)?.join(path),
        };
        Ok(format!("{kind}:{full}"))
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

/// Sources that are not there, as far as this computer can see.
fn missing_sources(mapping: &Mapping, common: &Parameters, path: &Path) -> Vec<Problem> {
    let Some(root) = common.get(Kind::RootSourcePath).and_then(UncPath::parse) else { return vec![] };
    let Some(folder) = seen_from_here(&root, path) else { return vec![] };
    let mut problems = vec![];
    let is_there = |row: &Row| match row.source() {
        Source::Folder(relative) => folder.join(native(relative)).is_dir(),
        Source::FileSelection(relative) => folder.join(native(relative)).is_file(),
        _ => true,
    };
    in_parallel(&mapping.rows, LOOKS_AT_ONCE, is_there, |row, there| {
        if !there && row.parameters.get(Kind::RootSourcePath).is_none() {
            let what = row.source().kind_name();
            let message = format!("there is no such {what} below root_source_path ('{}')", folder.display());
            let hint = "check the name, or make the selection again with 'anon map add-study-folders'";
            problems.push(Problem::new(Place::Line(row.line), message).hint(hint));
        }
        true
    });
    problems
}

fn native(relative: &str) -> PathBuf {
    relative.split(['/', '\\']).collect()
}

/// The local path of a share's folder: known on Windows, and where the mapping itself is on that share.
fn seen_from_here(root: &UncPath, mapping: &Path) -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(PathBuf::from(root.as_str())).filter(|folder| folder.is_dir());
    }
    let folder = mapping.parent()?;
    let here = UncPath::of_folder(folder)?;
    local_folder(root.as_str(), here.as_str(), folder).filter(|folder| folder.is_dir())
}

/// Where `root` is, knowing that `folder` is the share's `here`.
fn local_folder(root: &str, here: &str, folder: &Path) -> Option<PathBuf> {
    let parts =
        |path: &str| path.split('\\').map(str::to_lowercase).filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let (root_parts, here_parts) = (parts(root), parts(here));
    if here_parts.starts_with(&root_parts) {
        return folder.ancestors().nth(here_parts.len() - root_parts.len()).map(Path::to_owned);
    }
    let below = root_parts.strip_prefix(here_parts.as_slice())?;
    let names: Vec<&str> = root.split('\\').filter(|part| !part.is_empty()).collect();
    Some(names[names.len() - below.len()..].iter().fold(folder.to_owned(), |path, name| path.join(name)))
}

#[cfg(test)]
mod tests;
