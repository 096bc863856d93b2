//! A look into the files of a source: are they there, are they DICOM, and of how many patients.

use std::fs::File;
use std::hash::RandomState;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::api::in_parallel;
use crate::dicom::{self, Identities, Identity, Patients, is_dicom};
use crate::error::{Error, Result};
use crate::problem::{Place, Problem};
use crate::scan::{Check, Scan};
use crate::selection::Selection;
use crate::values::Source;

use super::sources::{LOOKS_AT_ONCE, local};

/// How a long look is followed and ended.
#[derive(Clone, Copy)]
pub struct Looking<'a> {
    /// Set this, and it ends with [`Error::Interrupted`] soon after.
    pub stop: &'a AtomicBool,
    /// Is told of each source that was looked at, from any thread.
    pub step: &'a (dyn Fn() + Sync),
}

impl Looking<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// A source that can be looked into: its row's line, what it is, and where.
pub(super) struct Visible<'a> {
    pub line: usize,
    pub source: &'a Source,
    pub place: PathBuf,
}

/// What was found in a source.
#[derive(Debug, Default, PartialEq, Eq)]
struct Contents {
    files: u64,
    dicom: u64,
    patients: Patients,
    /// Files that are selected and not there.
    gone: Vec<String>,
}

/// What there is to tell of the files of the sources: problems first, then warnings.
pub(super) fn findings(visible: &[Visible<'_>], looking: Looking<'_>) -> Result<(Vec<Problem>, Vec<Problem>)> {
    let (folders, selections): (Vec<_>, Vec<_>) =
        visible.iter().partition(|visible| matches!(visible.source, Source::Folder(_)));
    let mut found = in_folders(&folders, looking);
    found.extend(in_selections(&selections, looking));
    if looking.is_stopped() {
        return Err(Error::Interrupted("the files of the mapping were not all looked at".to_owned()));
    }
    let (mut problems, mut warnings) = (vec![], vec![]);
    for (visible, contents) in folders.into_iter().chain(selections).zip(found) {
        match contents {
            Ok(contents) => contents.tell(visible, &mut problems, &mut warnings),
            Err(error) => warnings.push(Problem::new(Place::Line(visible.line), format!("{error}"))),
        }
    }
    Ok((problems, warnings))
}

/// The one call of the scan.
fn in_folders(folders: &[&Visible<'_>], looking: Looking<'_>) -> Vec<Result<Contents>> {
    let paths: Vec<PathBuf> = folders.iter().map(|folder| folder.place.clone()).collect();
    let scan = Scan { check: Check::Open, stop: Some(looking.stop), ..Scan::default() };
    scan.run_each(&paths, &|_| (), &|_, found| {
        (looking.step)();
        let (files, dicom) = (found.seen, found.paths.len() as u64);
        Ok(Contents { files, dicom, patients: found.patients, gone: vec![] })
    })
}

fn in_selections(selections: &[&Visible<'_>], looking: Looking<'_>) -> Vec<Result<Contents>> {
    let key = RandomState::new();
    let mut found = Vec::with_capacity(selections.len());
    let look = |visible: &&Visible<'_>| {
        let contents = in_selection(&visible.place, &key, looking);
        (looking.step)();
        contents
    };
    in_parallel(selections, LOOKS_AT_ONCE, look, |_, contents| {
        found.push(contents);
        !looking.is_stopped()
    });
    found
}

fn in_selection(place: &Path, key: &RandomState, looking: Looking<'_>) -> Result<Contents> {
    let selection = Selection::read(place)?;
    let folder = place.parent().unwrap_or(Path::new("."));
    let mut contents = Contents { files: selection.selected_paths.len() as u64, ..Contents::default() };
    let mut identities = Identities::default();
    for name in selection.selected_paths {
        if looking.is_stopped() {
            break;
        }
        match header(&folder.join(local(&name)), key) {
            Ok(Some(identity)) => {
                contents.dicom += 1;
                identity.iter().for_each(|identity| identities.add(identity));
            }
            Ok(None) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => contents.gone.push(name),
            Err(error) => return Err(Error::io("read", &folder.join(name))(error)),
        }
    }
    contents.patients = identities.patients();
    Ok(contents)
}

/// Whose file it is, hashed, if the header says so; `None` if it is not DICOM.
fn header(path: &Path, key: &RandomState) -> std::io::Result<Option<Option<Identity>>> {
    // Opening a pipe would wait for whoever writes to it.
    if !std::fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    let mut file = File::open(path)?;
    let mut start = Vec::with_capacity(4096);
    file.by_ref().take(4096).read_to_end(&mut start)?;
    if !is_dicom(&start) {
        return Ok(None);
    }
    dicom::identity(&start, file, key).map(Some)
}

impl Contents {
    fn tell(&self, visible: &Visible<'_>, problems: &mut Vec<Problem>, warnings: &mut Vec<Problem>) {
        let at = |message: String| Problem::new(Place::Line(visible.line), message);
        let (files, what) = (self.files, visible.source.kind_name());
        let gone = self.gone.len() as u64;
        if files == 0 {
            let hint = "delete the line, or check the name";
            problems.push(at(format!("the {what} has no files: '{}'", visible.place.display())).hint(hint));
        } else if gone == files {
            problems.push(at(format!("none of the {files} files that the {what} lists is there")).hint(AGAIN));
        } else if let [first, ..] = self.gone.as_slice() {
            warnings.push(
                at(format!("{gone} of the {files} files that the {what} lists are not there: '{first}'…")).hint(AGAIN),
            );
        }
        let other = files - gone - self.dicom;
        if other > 0 {
            let hint = match visible.source {
                Source::Folder(_) => {
                    "the server takes all files of a folder; 'anon map add-study-folders' selects the DICOM files"
                }
                _ => AGAIN,
            };
            warnings.push(at(format!("{other} of the {files} files of the {what} are not DICOM")).hint(hint));
        }
        let patients = self.patients.ids.max(self.patients.people_with_one_id);
        if patients > 1 {
            let message =
                format!("the {what} holds files of {patients} patients, who all get the pseudonym of this row");
            warnings.push(at(message).hint("give each patient a folder or a selection of its own"));
        }
    }
}

const AGAIN: &str = "make the selection again with 'anon map add-study-folders' or 'anon select add'";
