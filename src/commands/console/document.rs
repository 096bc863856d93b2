//! Results for scripts: one documented shape a command, as JSON or as CSV.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::Error;
use crate::problem::{Place, Problem, Problems};
use crate::text::locale::decimal_comma;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For spreadsheets: with the user's own delimiter, and a byte order mark for Excel.
    Csv,
    /// For scripts.
    Json,
}

/// What a command shows, in the shape that its schema in `docs/schema` describes.
pub trait View: Serialize + JsonSchema {
    /// The columns of the CSV form.
    const COLUMNS: &'static [&'static str];

    /// The columns that this view has.
    fn columns(&self) -> &'static [&'static str] {
        Self::COLUMNS
    }

    /// The rows of the CSV form, a cell for each column.
    fn rows(&self) -> Vec<Vec<String>>;
}

/// The CSV form of a view.
pub fn csv<V: View>(view: &V) -> String {
    let delimiter = if decimal_comma() { b';' } else { b',' };
    let mut writer =
        csv::WriterBuilder::new().delimiter(delimiter).terminator(csv::Terminator::CRLF).from_writer(vec![]);
    let header = view.columns().iter().map(|name| (*name).to_owned()).collect();
    for row in std::iter::once(header).chain(view.rows()) {
        // Memory takes everything, and each row has a cell for each column.
        let written = writer.write_record(&row);
        debug_assert!(written.is_ok(), "{written:?}");
    }
    let text = String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned();
    format!("\u{feff}{text}")
}

/// The JSON form of a view.
pub fn json<T: Serialize>(view: &T) -> String {
    serde_json::to_string_pretty(view).unwrap_or_default() + "\n"
}

/// What a command without a result of its own, such as `batch add`, has done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Done {
    /// What people would have read, line by line. The wording may change.
    pub done: Vec<String>,
}

impl View for Done {
    const COLUMNS: &'static [&'static str] = &["done"];

    fn rows(&self) -> Vec<Vec<String>> {
        self.done.iter().map(|line| vec![line.clone()]).collect()
    }
}

/// What went wrong, and what people would have been warned about: the one object on standard error.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Complaints {
    /// What is wrong, if the command failed.
    pub error: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// What is wrong in a file, place by place.
    pub problems: Vec<Complaint>,
    /// What failed and what may be wrong, in the order in which it was found.
    pub warnings: Vec<String>,
    /// The exit status of the program.
    pub exit_status: u8,
}

/// One thing that is wrong in a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Complaint {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The cell, in A1 notation.
    pub cell: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Complaint {
    /// One of the problems of a file.
    pub fn of(file: &std::path::Path, problem: &Problem) -> Complaint {
        let (line, sheet, cell) = match &problem.place {
            Place::Whole => (None, None, None),
            Place::Line(line) => (Some(*line), None, None),
            Place::Cell { sheet, cell } => (None, Some(sheet.clone()), Some(cell.clone())),
        };
        let (message, hint) = (problem.message.clone(), problem.hint.clone());
        Complaint { file: file.display().to_string(), line, sheet, cell, message, hint }
    }
}

impl Complaints {
    /// What an error says.
    pub(super) fn of(error: &Error, warnings: Vec<String>) -> Complaints {
        let problems = match error {
            Error::Contents(Problems { path, list }) => {
                list.iter().map(|problem| Complaint::of(path, problem)).collect()
            }
            _ => vec![],
        };
        let message = match error {
            Error::Contents(Problems { path, list }) if list.len() > 1 => {
                format!("{}: {} problems", path.display(), list.len())
            }
            other => other.to_string(),
        };
        Complaints { error: Some(message), hint: error.hint(), problems, warnings, exit_status: error.exit_status() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, JsonSchema)]
    struct Two(Vec<[&'static str; 2]>);

    impl View for Two {
        const COLUMNS: &'static [&'static str] = &["id", "name"];

        fn rows(&self) -> Vec<Vec<String>> {
            self.0.iter().map(|row| row.map(str::to_owned).to_vec()).collect()
        }
    }

    #[test]
    fn csv_opens_in_excel() {
        let text = csv(&Two(vec![["1", "a\"b"], ["2", "c\nd"]])).replace(';', ",");
        assert_eq!(text, "\u{feff}id,name\r\n1,\"a\"\"b\"\r\n2,\"c\nd\"\r\n");
    }

    #[test]
    fn csv_of_nothing_is_its_header() {
        assert_eq!(csv(&Two(vec![])).replace(';', ","), "\u{feff}id,name\r\n");
    }
}
