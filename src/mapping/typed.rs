//! The values of options and rows: parsed, and what to say about them.

use crate::problem::{Place, Problem};
use crate::text::records::DELIMITERS;
use crate::values::{
    Cleaned, Doubt, Kind, Parameters, Parsed, Pseudonym, Source, SourceError, Spoilt, by_spreadsheet, clean,
};

/// What is wrong and what is doubtful.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What needs fixing.
    pub problems: Vec<Problem>,
    /// What should be looked at.
    pub doubts: Vec<Problem>,
}

impl Findings {
    /// Reads a source, and records what to say about it.
    pub fn source(&mut self, line: usize, text: &str) -> Option<Source> {
        match Source::parse(text) {
            Ok(Parsed { value, doubts }) => {
                self.doubt(line, noun(&value), &doubts);
                Some(value)
            }
            Err(error) => {
                self.problems.push(no_source(line, &error));
                None
            }
        }
    }

    /// Records what to say about the other values of a row, or about an option.
    pub fn values(&mut self, line: usize, parameters: &Parameters) {
        for (kind, text) in parameters.iter().filter(|(_, text)| !text.is_empty()) {
            match kind {
                Kind::PseudoId | Kind::PseudoName => match Pseudonym::parse(text) {
                    Ok(parsed) => self.doubt(line, "pseudonym", &parsed.doubts),
                    Err(spoilt) => self.problems.push(no_value(line, kind, &spoilt)),
                },
                Kind::Project | Kind::PimsKey => {
                    let Cleaned { text, removed } = clean(text);
                    self.problems.extend(by_spreadsheet(&text).map(|spoilt| no_value(line, kind, &spoilt)));
                    if !removed.is_empty() {
                        self.doubt(line, kind.name(), &[Doubt::Invisible(removed)]);
                    }
                }
                Kind::Description if holds_a_row(text) => {
                    let message = "the description goes on over several lines, and one of them looks like a row";
                    self.doubts.push(Problem::new(Place::Line(line), message).hint("is a quote (\") missing?"));
                }
                Kind::Source | Kind::Description | Kind::RootSourcePath | Kind::DestinationPath => {}
            }
        }
    }

    fn doubt(&mut self, line: usize, noun: &str, doubts: &[Doubt]) {
        // The same words for the same doubt, so that those of many rows become one line.
        let told = |doubt: &Doubt| match doubt {
            Doubt::Long { most, .. } => format!("{noun}: it is longer than the {most} characters that DICOM allows"),
            other => format!("{noun}: {other}"),
        };
        self.doubts.extend(doubts.iter().map(|doubt| Problem::new(Place::Line(line), told(doubt))));
    }
}

/// A quote that opens by mistake swallows what follows, up to the next quote.
fn holds_a_row(text: &str) -> bool {
    let cells = text.split(['\r', '\n']).skip(1).flat_map(|line| line.split(DELIMITERS));
    cells.into_iter().any(|cell| Source::parse(cell).is_ok())
}

fn noun(source: &Source) -> &'static str {
    match source {
        Source::Folder(_) => "folder",
        Source::FileSelection(_) => "file selection",
        Source::StudyInstanceUid(_) => "StudyInstanceUID",
        Source::AccessionNumber(_) => "accession number",
    }
}

fn no_source(line: usize, error: &SourceError) -> Problem {
    Problem::new(Place::Line(line), error.to_string()).hint(error.hint())
}

fn no_value(line: usize, kind: Kind, spoilt: &Spoilt) -> Problem {
    Problem::new(Place::Line(line), format!("{kind}: {spoilt}")).hint(spoilt.hint())
}
