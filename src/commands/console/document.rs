//! Results for scripts: one documented shape a command, as JSON or as CSV.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

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
    /// The columns of the CSV form: fields of a row, or else of what the row is in.
    const COLUMNS: &'static [&'static str];

    /// Where its rows are. Without this, the view is the one row.
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&[])];

    /// The number by which rows of several lists are sorted. Without this, one list comes after the other.
    const SORTED_BY: Option<&'static str> = None;

    /// The columns that this view has.
    fn columns(&self) -> &'static [&'static str] {
        Self::COLUMNS
    }

    /// What the CSV form is made of: the JSON form, unless that has no rows.
    fn for_csv(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// What is written for the text of a cell.
    fn cell(text: String) -> String {
        text
    }
}

/// A list in the JSON form whose elements are rows of the CSV form. An element that is no object is the cell of the first column.
pub struct RowsIn {
    /// The fields that lead there, each in the elements of the one before.
    path: &'static [&'static str],
    /// A column that tells its rows from those of other lists, and what it says.
    mark: Option<(&'static str, &'static str)>,
}

impl RowsIn {
    /// The list to which these fields lead, or the one object.
    pub const fn of(path: &'static [&'static str]) -> RowsIn {
        RowsIn { path, mark: None }
    }

    /// That one of several: the column that tells its rows from those of the others, and what it says.
    pub const fn marked(self, column: &'static str, word: &'static str) -> RowsIn {
        RowsIn { mark: Some((column, word)), ..self }
    }
}

/// A row of the CSV form.
struct CsvRow<'v> {
    /// The row itself, then what it is in.
    levels: Vec<&'v Value>,
    mark: Option<(&'static str, &'static str)>,
}

impl CsvRow<'_> {
    fn cell(&self, column: usize, name: &str) -> String {
        if let Some((_, word)) = self.mark.filter(|(mark, _)| *mark == name) {
            return word.to_owned();
        }
        let is_object = self.levels[0].is_object();
        if column == 0 && !is_object {
            return text(self.levels[0]);
        }
        let value = self.levels.iter().find_map(|level| level.get(name));
        debug_assert!(value.is_some() || !is_object, "a row has no field '{name}'");
        value.map(text).unwrap_or_default()
    }
}

/// Adds the rows at the end of a path that begins in the first of these.
fn add_rows<'v>(
    rows: &mut Vec<CsvRow<'v>>,
    levels: Vec<&'v Value>,
    path: &[&str],
    mark: Option<(&'static str, &'static str)>,
) {
    let Some((name, rest)) = path.split_first() else { return rows.push(CsvRow { levels, mark }) };
    let elements = match &levels[0][name] {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    for element in elements {
        add_rows(rows, [&[element], levels.as_slice()].concat(), rest, mark);
    }
}

/// What a cell says: a list its elements, an object its plain values.
fn text(value: &Value) -> String {
    let joined = |values: Vec<&Value>, between| values.into_iter().map(text).collect::<Vec<_>>().join(between);
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => joined(list.iter().collect(), if list.iter().any(Value::is_object) { ", " } else { " " }),
        Value::Object(fields) => joined(fields.values().filter(|value| !value.is_array()).collect(), ": "),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// The CSV form of a view.
pub fn csv<V: View>(view: &V) -> String {
    let delimiter = if decimal_comma() { b';' } else { b',' };
    let mut writer =
        csv::WriterBuilder::new().delimiter(delimiter).terminator(csv::Terminator::CRLF).from_writer(vec![]);
    let whole = view.for_csv();
    let mut rows = vec![];
    for RowsIn { path, mark } in V::ROWS {
        add_rows(&mut rows, vec![&whole], path, *mark);
    }
    if let Some(name) = V::SORTED_BY {
        rows.sort_by_key(|row| row.levels[0].get(name).and_then(Value::as_u64));
    }
    let columns = view.columns();
    let header = columns.iter().map(|name| (*name).to_owned()).collect();
    let cells = |row: &CsvRow<'_>| -> Vec<String> {
        columns.iter().enumerate().map(|(column, name)| V::cell(row.cell(column, name))).collect()
    };
    for record in std::iter::once(header).chain(rows.iter().map(cells)) {
        // Memory takes everything, and each row has a cell for each column.
        let written = writer.write_record(&record);
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
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["done"])];
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
    struct Jobs {
        server: &'static str,
        jobs: Vec<Job>,
        lost: Vec<i64>,
    }

    #[derive(Serialize, JsonSchema)]
    struct Job {
        id: i64,
        name: &'static str,
        #[serde(flatten)]
        more: More,
    }

    #[derive(Default, Serialize, JsonSchema)]
    struct More {
        date: Option<String>,
        modalities: Vec<&'static str>,
    }

    impl View for Jobs {
        const COLUMNS: &'static [&'static str] = &["id", "name", "server", "date", "modalities", "outcome"];
        const ROWS: &'static [RowsIn] =
            &[RowsIn::of(&["jobs"]).marked("outcome", "found"), RowsIn::of(&["lost"]).marked("outcome", "not found")];
    }

    #[test]
    fn csv_opens_in_excel() {
        let job = |id, name, modalities| Job { id, name, more: More { modalities, ..More::default() } };
        let jobs = vec![job(1, "a\"b", vec!["CT", "MR"]), job(2, "c\nd", vec![])];
        let text = csv(&Jobs { server: "p01", jobs, lost: vec![3] }).replace(';', ",");
        let rows = "1,\"a\"\"b\",p01,,CT MR,found\r\n2,\"c\nd\",p01,,,found\r\n3,,p01,,,not found\r\n";
        assert_eq!(text, format!("\u{feff}id,name,server,date,modalities,outcome\r\n{rows}"));
    }

    #[test]
    fn a_row_can_be_a_text_in_a_list_of_the_same_name() {
        let done = ["added 1", "added 2"].map(str::to_owned).to_vec();
        assert_eq!(csv(&Done { done }), "\u{feff}done\r\nadded 1\r\nadded 2\r\n");
    }

    #[test]
    fn csv_of_nothing_is_its_header() {
        let text = csv(&Jobs { server: "p01", jobs: vec![], lost: vec![] }).replace(';', ",");
        assert_eq!(text, "\u{feff}id,name,server,date,modalities,outcome\r\n");
    }
}
