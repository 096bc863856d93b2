//! The mapping CSV: read, checked, edited in place.
//!
//! A mapping has three sections. The description is free text; the options are parameters for every job; the mapping itself
//! is a table with a row for each job. [`Document`] is the file: it knows where everything is in it, so that adding a row
//! leaves all else as its user left it. [`Mapping`] is what the file says.
//!
//! A mapping with mistakes in it can still be looked at and added to: [`Mapping::problems`] has what must be mended
//! before jobs are created, and [`Document::refuse_problems`] makes an error of it.
//!
//! ```
//! use std::path::Path;
//!
//! use anonapi::mapping::Document;
//! use anonapi::values::{Kind, Parameters};
//!
//! // Document::read(path)? reads a file, and document.save(path)? writes it.
//! let options = "## Description ##\nTwo patients\n\n## Options ##\nproject, Wetenschap-Algemeen\n\n";
//! let file = format!("{options}## Mapping ##\nsource, pseudo_name\nfolder:patient1, A\n");
//! let mut document = Document::from_bytes(Path::new("anon_mapping.csv"), file.clone().into())?;
//! assert_eq!(document.mapping().options.get(Kind::Project), Some("Wetenschap-Algemeen"));
//! assert_eq!(document.mapping().rows[0].source().unwrap().to_string(), "folder:patient1");
//!
//! let row = Parameters::from_pairs([(Kind::Source, "folder:patient2"), (Kind::PseudoName, "B")]);
//! document.add_rows(&[row])?;
//! assert_eq!(document.bytes(), format!("{file}folder:patient2,B\n").as_bytes());
//!
//! // Everything that is wrong, each with its place.
//! let document = Document::from_bytes(Path::new("m.csv"), file.replace("folder:", "fodler:").into())?;
//! let error = document.refuse_problems().unwrap_err();
//! assert_eq!(error.to_string(), "m.csv, line 9: 'fodler' is not a type of source; did you mean 'folder:'?");
//! # Ok::<(), anonapi::Error>(())
//! ```

use crate::problem::Problem;
use crate::values::{Kind, Parameters, Source};

mod among;
mod document;
mod edit;
mod header;
mod location;
mod new_row;
mod options;
mod reading;
mod sections;
mod spelling;
mod table;
mod template;
mod typed;

#[cfg(test)]
mod tests;

pub(crate) use document::CAP;
pub use document::Document;
pub use location::named_from;
pub use new_row::NewRow;
pub use template::Template;

/// What a mapping is called in its folder.
pub const FILE_NAME: &str = "anon_mapping.csv";

/// The options that all rows can share without a danger to the patients.
pub(crate) const OPTIONS_FOR_ALL: [Kind; 5] =
    [Kind::Project, Kind::DestinationPath, Kind::RootSourcePath, Kind::PimsKey, Kind::Description];

/// What a mapping file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The description, its lines joined by `\n`, without blank lines before and after.
    pub description: String,
    /// The options, in the order of the file. They apply to every row; a row's own value wins.
    pub options: Parameters,
    /// The rows, in the order of the file.
    pub rows: Vec<Row>,
    /// The columns that have a name, in the order of the file; none if the file has no header line yet.
    pub columns: Vec<Kind>,
    /// What separates the cells of a row.
    pub delimiter: char,
    /// What needs fixing before jobs can be created, in the order of the file.
    pub problems: Vec<Problem>,
    /// Values that are taken, and should be looked at: a number that looks like a date, a row that is commented out.
    pub doubts: Vec<Problem>,
    /// What is probably not intended about rows taken together: two with one pseudonym, or with the same data.
    pub warnings: Vec<Problem>,
}

/// A row of a mapping: one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// Its own parameters, as they are written: those of its cells that are not empty, in the order of the columns.
    pub parameters: Parameters,
    source: Option<Source>,
}

/// The rows that `map init` writes for example: source and pseudonym.
pub(crate) const EXAMPLES: [(&str, &str); 2] =
    [("study_instance_uid:123.12121212.12345678", "PatientA"), ("accession_number:12345678.1234567", "PatientB")];

impl Row {
    /// Where the data of the job comes from, if that can be read: [`Mapping::problems`] says why not.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// True for a row that `map init` wrote for example, as long as its source and its pseudonym are untouched.
    pub fn is_example(&self) -> bool {
        is_example(&self.parameters)
    }
}

fn is_example(row: &Parameters) -> bool {
    let (source, pseudonym) = (row.get(Kind::Source), row.get(Kind::PseudoName));
    EXAMPLES.iter().any(|(example, name)| source == Some(example) && pseudonym == Some(name))
}
