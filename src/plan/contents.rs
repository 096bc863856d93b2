//! A look into the files of a source: are they there, are they DICOM, and of how many patients.

use std::path::PathBuf;

use super::Checked;
use crate::error::{Error, Result};
use crate::inspection::{Files, Findings, Looking, Risk, inspect};
use crate::problem::{Place, Problem};
use crate::values::Source;

/// A source that can be looked into: its row's line, what it is, and where.
pub(super) struct Visible<'a> {
    pub line: usize,
    pub source: &'a Source,
    pub place: PathBuf,
}

/// A row of a mapping whose files were looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The line of the row in the mapping.
    pub line: usize,
    /// Where its data is, as the row has it.
    pub source: Source,
    /// What was found in its files.
    pub findings: Findings,
}

impl Checked {
    /// Inspects the files of the sources, and adds what is in them.
    pub(super) fn look_into(&mut self, visible: &[Visible<'_>], looking: Looking<'_>) -> Result<()> {
        let files: Vec<Files> = visible.iter().map(|one| Files::of(one.source, one.place.clone())).collect();
        for (visible, findings) in visible.iter().zip(inspect(&files, looking, &|_, _| ())) {
            match findings {
                Ok(findings) => self.take(visible, findings),
                Err(Error::Interrupted(_)) => {
                    return Err(Error::Interrupted("the files of the mapping were not all looked at".to_owned()));
                }
                Err(error) => self.warnings.push(Problem::new(Place::Line(visible.line), format!("{error}"))),
            }
        }
        Ok(())
    }

    fn take(&mut self, visible: &Visible<'_>, findings: Findings) {
        let at = |message: String| Problem::new(Place::Line(visible.line), message);
        let (files, what) = (findings.files, visible.source.kind_name());
        let gone = findings.count(Risk::Missing);
        if files == 0 {
            let hint = "delete the line, or check the name";
            self.errors.push(at(format!("the {what} has no files: '{}'", visible.place.display())).hint(hint));
        } else if gone == files {
            let message = format!("none of the {files} files that the {what} lists exists");
            self.errors.push(at(message).hint(Risk::Missing.about().advice));
        } else {
            self.doubts.extend(doubts(&findings, what).into_iter().map(|(message, hint)| at(message).hint(hint)));
        }
        let source = visible.source.clone();
        self.inspected.push(Inspected { line: visible.line, source, findings });
    }
}

/// What is doubtful regardless of the server.
fn doubts(findings: &Findings, what: &str) -> Vec<(String, &'static str)> {
    let files = findings.files;
    let first = |risk: Risk| {
        let named = findings.risks.get(&risk)?;
        Some((named.count, named.first().first()?, risk.about().advice))
    };
    let mut doubts = vec![];
    if let Some((count, first, advice)) = first(Risk::Missing) {
        let message = format!("{count} of the {files} files that the {what} lists do not exist: '{first}'…");
        doubts.push((message, advice));
    }
    if let Some((count, first, advice)) = first(Risk::Unreadable) {
        doubts.push((format!("{count} of the {files} files of the {what} cannot be opened: '{first}'…"), advice));
    }
    if let Some((count, _, advice)) = first(Risk::NotDicom) {
        doubts.push((format!("{count} of the {files} files of the {what} are not DICOM"), advice));
    }
    let patients = findings.patients();
    if patients > 1 {
        let message =
            format!("the {what} contains files of {patients} patients, who would all get the pseudonym of this row");
        doubts.push((message, Risk::SeveralPatients.about().advice));
    }
    doubts
}
