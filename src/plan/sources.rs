//! Where the data of the rows is, as far as this computer can see, and whether it is there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use unicode_normalization::UnicodeNormalization;

use crate::api::in_parallel;
use crate::error::Error;
use crate::mapping::{Document, Mapping, Row};
use crate::problem::{Place, Problem};
use crate::selection::Selection;
use crate::unc::{Shares, UncPath, local_form};
use crate::values::{Kind, Parameters, Source};

/// How many sources are looked at at the same time: they are on a share, where each look waits for the network.
pub(super) const LOOKS_AT_ONCE: usize = 32;

/// How long it may take until the next source is found or missed. A share that is away takes far longer to say so.
const PATIENCE: Duration = Duration::from_secs(1);

/// Finds the folders and files that rows name.
pub(super) struct Places {
    shares: Shares,
    /// The root of the data, if it is on a share that this computer sees.
    root: Option<UncPath>,
    /// The folder of the mapping: where the root cannot be seen, data that lies there under the same name is taken for it.
    beside: PathBuf,
}

/// Where a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spot {
    /// On a share that this computer sees: if nothing is there, it is missing.
    OnShare(PathBuf),
    /// Beside the mapping, and there.
    Beside(PathBuf),
    /// Neither next to the mapping nor on a share that this computer sees.
    NotBeside,
    /// On another share, where this computer cannot look.
    Unseen,
}

impl Spot {
    pub fn path(&self) -> Option<&Path> {
        match self {
            Spot::OnShare(path) | Spot::Beside(path) => Some(path),
            Spot::NotBeside | Spot::Unseen => None,
        }
    }
}

impl Places {
    pub fn of(mapping: &Mapping, defaults: &Parameters, file: &Path) -> Places {
        let shares = Shares::of_this_computer();
        let root = mapping.options.get(Kind::RootSourcePath).or(defaults.get(Kind::RootSourcePath));
        let root = root.and_then(UncPath::parse);
        // A source below a root that cannot be seen may still exist.
        let root = root.filter(|root| shares.find(root).is_some_and(|folder| folder.is_dir()));
        let beside = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Places { shares, root, beside: beside.to_owned() }
    }

    /// Where the source of a row is; `None` for what the server fetches from PACS.
    pub fn spot(&self, row: &Row) -> Option<Spot> {
        let (Source::Folder(named) | Source::FileSelection(named)) = row.source()? else { return None };
        let full = UncPath::parse(named.as_str());
        let is_relative = full.is_none() && row.parameters.get(Kind::RootSourcePath).is_none();
        let below_root = || Some(self.root.as_ref().filter(|_| is_relative)?.join(named.as_str()));
        if let Some(place) = full.or_else(below_root).and_then(|full| self.shares.find(&full)) {
            return Some(Spot::OnShare(as_on_disk(place)));
        }
        let beside = as_on_disk(self.beside.join(local_form(named.as_str())));
        Some(match is_relative {
            true if beside.exists() => Spot::Beside(beside),
            true => Spot::NotBeside,
            false => Spot::Unseen,
        })
    }
}

/// What a look for the sources has found.
#[derive(Default)]
pub(super) struct Looked {
    /// Sources that are not there, and selections of nothing.
    pub faults: Vec<Problem>,
    /// How many sources did not answer.
    pub unanswered: usize,
    /// Where those are that are there, by the lines of their rows.
    pub places: HashMap<usize, PathBuf>,
}

/// What looking for a source reveals.
enum News {
    /// It is there, on this line and in this place, or it is not.
    Found(Option<(usize, PathBuf)>),
    /// What is wrong with it.
    Done(Option<Problem>),
}

/// Looks for the sources of a mapping, as long as they answer.
pub(super) fn look(document: &Arc<Document>, defaults: &Parameters, file: &Path) -> Looked {
    let sources = rows_to_look_at(document).len();
    let (answers, received) = channel();
    let work = {
        let (document, defaults, file) = (Arc::clone(document), defaults.clone(), file.to_owned());
        let answers = answers.clone();
        move || answer(&document, &defaults, &file, &answers)
    };
    // It is abandoned when it takes too long: a call to an unavailable share cannot be cancelled.
    if sources > 0 && thread::Builder::new().spawn(work).is_err() {
        answer(document, defaults, file, &answers);
    }
    drop(answers);
    let (mut looked, mut begun, mut done) = (Looked::default(), 0, 0);
    while done < sources {
        match received.recv_timeout(PATIENCE) {
            Ok(News::Found(place)) => {
                begun += 1;
                looked.places.extend(place);
            }
            Ok(News::Done(fault)) => {
                done += 1;
                looked.faults.extend(fault);
            }
            // A long selection is being read.
            Err(RecvTimeoutError::Timeout) if begun > done => {}
            Err(_) => break,
        }
    }
    looked.faults.sort_by(|one, other| one.place.cmp(&other.place));
    looked.unanswered = sources - done;
    looked
}

fn rows_to_look_at(document: &Document) -> Vec<&Row> {
    let rows = document.mapping().rows.iter();
    rows.filter(|row| row.source().is_some_and(|source| !source.is_pacs())).collect()
}

fn answer(document: &Document, defaults: &Parameters, file: &Path, answers: &Sender<News>) {
    let places = Places::of(document.mapping(), defaults, file);
    let look = |row: &&Row| {
        let spot = places.spot(row);
        let place = spot.as_ref().and_then(Spot::path);
        let there = place.filter(|place| place.exists()).map(|place| (row.line, place.to_owned()));
        let _ = answers.send(News::Found(there));
        let _ = answers.send(News::Done(place.and_then(|place| fault(row, place))));
    };
    in_parallel(&rows_to_look_at(document), LOOKS_AT_ONCE, look, |_, ()| true);
}

/// The path, with its accents composed or decomposed if only that is there: systems differ in what they write.
fn as_on_disk(path: PathBuf) -> PathBuf {
    let Some(text) = path.to_str().filter(|text| !text.is_ascii() && !path.exists()) else { return path };
    let forms: [String; 2] = [text.nfc().collect(), text.nfd().collect()];
    forms.into_iter().map(PathBuf::from).find(|form| form.exists()).unwrap_or(path)
}

/// What is wrong with a source, without reading its files.
pub(super) fn fault(row: &Row, place: &Path) -> Option<Problem> {
    let source = row.source()?;
    let (what, shown) = (source.kind_name(), place.display());
    let problem = |message: String, hint: &str| Some(Problem::new(Place::Line(row.line), message).hint(hint));
    let Source::FileSelection(_) = source else {
        return if place.is_dir() {
            None
        } else {
            problem(format!("there is no such {what}: '{shown}'"), &missing(place))
        };
    };
    if !place.is_file() {
        return problem(format!("there is no such {what}: '{shown}'"), &missing(place));
    }
    match Selection::read(place) {
        Ok(selection) if selection.selected_paths.is_empty() => problem(
            format!("the {what} has no files: '{shown}'"),
            "delete the line, or select files with 'anon select add'",
        ),
        Err(Error::Contents(wrong)) => problem(
            wrong.to_string().lines().next().unwrap_or_default().to_owned(),
            "make the selection again with 'anon map add-study-folders' or 'anon select add'",
        ),
        // One that cannot be read here may be readable for the server.
        Ok(_) | Err(_) => None,
    }
}

fn missing(place: &Path) -> String {
    let trimmed: PathBuf =
        place.iter().map(|part| part.to_str().map_or(part, |name| std::ffi::OsStr::new(name.trim_start()))).collect();
    if trimmed != place && trimmed.exists() {
        return format!("remove the space before its name: there is '{}'", trimmed.display());
    }
    "check the name and root_source_path, or make the selection again with 'anon map add-study-folders'".to_owned()
}
