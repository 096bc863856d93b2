//! The job of a row.

use crate::api::{Data, NewJob};
use crate::mapping::Row;
use crate::problem::{Place, Problem};
use crate::unc::UncPath;
use crate::values::{Kind, Parameters, Pseudonym, Source, clean};

use super::Planned;

/// Makes the job of a row; `common` is what it shares with the others. Nothing for a row whose own mistakes the
/// mapping tells of already.
pub(super) fn job(row: &Row, common: &Parameters) -> Result<Option<Planned>, Vec<Problem>> {
    let values = Values { row, all: row.parameters.over(common) };
    let mut problems = vec![];
    if row.is_example() {
        let hint = "delete the line, or put your own source and pseudonym there";
        let message = "this is still an example row of 'anon map init'";
        problems.push(Problem::new(Place::Line(row.line), message).hint(hint));
    }
    let mut required =
        |value: Result<String, Problem>| value.map_err(|problem| problems.push(problem)).unwrap_or_default();
    let source = row.source().map(|source| (source, required(values.data(source))));
    let project = required(values.project());
    let destination_path = required(values.unc(Kind::DestinationPath).map(|path| path.sent()));
    if !problems.is_empty() {
        return Err(problems);
    }
    let Some((source, data)) = source else { return Ok(None) };
    let pseudonym = |kind| Some(Pseudonym::parse(values.all.get(kind)?).ok()?.value.to_string());
    let (name, id) = (pseudonym(Kind::PseudoName), pseudonym(Kind::PseudoId));
    let job = NewJob {
        data: if source.is_pacs() { Data::Pacs(data) } else { Data::Path(data) },
        project,
        destination_path,
        // The one serves as both; with neither, PIMS gives the pseudonyms.
        pseudo_name: name.clone().or_else(|| id.clone()),
        pseudo_id: id.or(name),
        // AnonAPI sends one even when it is empty, and each line break as the same character.
        description: Some(values.all.get(Kind::Description).map(with_plain_line_breaks).unwrap_or_default()),
        pims_key: values.all.get(Kind::PimsKey).map(|key| clean(key).text.into_owned()),
        sop_classes: vec![],
    };
    Ok(Some(Planned { line: row.line, source: source.clone(), job }))
}

fn with_plain_line_breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The parameters that hold for a row: its own, and those that it shares with all.
struct Values<'a> {
    row: &'a Row,
    all: Parameters,
}

impl Values<'_> {
    /// The data as the server wants to hear of it.
    fn data(&self, source: &Source) -> Result<String, Problem> {
        let path = match source {
            Source::StudyInstanceUid(uid) => return Ok(uid.to_string()),
            Source::AccessionNumber(number) => return Ok(format!("accession_number:{number}")),
            Source::Folder(path) | Source::FileSelection(path) => path.as_str(),
        };
        let kind = source.kind_name();
        let full = match UncPath::parse(path) {
            Some(full) if full.is_known_here_only() => {
                return Err(here_only(Place::Line(self.row.line), kind, &full));
            }
            Some(full) => full,
            None => {
                self.refuse_absolute(kind, path)?;
                self.unc(Kind::RootSourcePath)?.join(path)
            }
        };
        Ok(format!("{kind}:{}", full.sent()))
    }

    /// Drive letters and mounts exist only on this computer, never below the root.
    fn refuse_absolute(&self, kind: &str, path: &str) -> Result<(), Problem> {
        let bytes = path.trim().as_bytes();
        let drive = matches!(bytes, [letter, b':', ..] if letter.is_ascii_alphabetic());
        if !drive && !matches!(bytes, [b'/' | b'\\', ..]) {
            return Ok(());
        }
        let hint = match shared(path) {
            Some(unc) => format!("on this computer that is '{unc}': write that"),
            None => r"write it relative to root_source_path, or as '\\server\share\folder'".to_owned(),
        };
        let message = format!("the {kind} '{path}' is neither below root_source_path nor a UNC path");
        Err(Problem::new(Place::Line(self.row.line), message).hint(hint))
    }

    fn project(&self) -> Result<String, Problem> {
        match self.all.get(Kind::Project) {
            Some("NOT_SET" | "NOT SET") | None => Err(self
                .problem(Kind::Project, "no project is set".to_owned())
                .hint("set it with 'anon map set project NAME', with the name of your anonymization project")),
            Some(project) => Ok(clean(project).text.into_owned()),
        }
    }

    /// A parameter that must be a UNC path, because the server is another computer.
    fn unc(&self, kind: Kind) -> Result<UncPath, Problem> {
        let name = kind.name();
        let Some(text) = self.all.get(kind) else {
            let hint = format!("set it with 'anon map set {name} \\\\server\\share\\folder'");
            return Err(self.problem(kind, format!("{name} is missing")).hint(hint));
        };
        match UncPath::parse(text) {
            Some(path) if path.is_known_here_only() => Err(here_only(self.place(kind), name, &path)),
            Some(path) => Ok(path),
            None => {
                let hint = match shared(text) {
                    Some(path) => format!("on this computer that is '{path}': write that"),
                    None => r"it should look like '\\server\share\folder', so that the server can find it; see 'anon help concepts UNC path'".to_owned(),
                };
                Err(self.problem(kind, format!("{name} '{text}' is not a UNC path")).hint(hint))
            }
        }
    }

    fn problem(&self, kind: Kind, message: String) -> Problem {
        Problem::new(self.place(kind), message)
    }

    /// Where a parameter is from: this row, or the options that all rows share.
    fn place(&self, kind: Kind) -> Place {
        let own = self.row.parameters.get(kind).is_some();
        if own { Place::Line(self.row.line) } else { Place::Whole }
    }
}

/// The UNC path of what someone typed, if other computers know it as well.
fn shared(typed: &str) -> Option<UncPath> {
    UncPath::of_typed(typed).filter(|path| !path.is_known_here_only())
}

fn here_only(place: Place, what: &str, path: &UncPath) -> Problem {
    Problem::new(place, format!("{what}: '{path}' exists only on this computer"))
        .hint(r"write the path that other computers use for it, such as '\\server\share\folder'; see 'anon help concepts UNC path'")
}
