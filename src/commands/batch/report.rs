use std::path::{Path, PathBuf};

use chrono::Local;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use schemars::JsonSchema;
use serde::Serialize;

use super::followed::{List, follow, missing, rows};
use super::open;
use crate::api::Job;
use crate::commands::console::{RowsIn, View, csv, json};
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::following::report::{self, Entry, MARK};
use crate::following::unknown;
use crate::storage::{self, Cap, Durability, Lock, Privacy};
use crate::text::counted;

/// Reports to be replaced are never larger.
const CAP: Cap = Cap::new(256, "report");

/// Write a report of the batch: the patient of each job, its status, why it failed and what to do
///
/// It lists sources next to pseudonyms, so only you can read the file. An existing file is replaced only if it is a report.
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch report report.xlsx
  anon batch report --no-source for-a-colleague.xlsx
  anon batch report - --json")]
pub struct Report {
    /// File to write: .xlsx, .csv or .json; '-' for standard output, as CSV or in the form set by '--format'
    #[arg(value_parser = OsStringValueParser::new().map(PathBuf::from))]
    file: PathBuf,
    /// Leave out where the data comes from: source and line
    #[arg(long)]
    no_source: bool,
}

/// A report of a batch.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BatchReport {
    /// Always `anon batch report`: says what this is.
    pub report: String,
    /// The server's name.
    pub server: String,
    /// When the server was asked, in local time: `2016-08-26T15:04:44`.
    pub made: String,
    /// One entry per job. Without sources, `source` and `line` are null.
    pub jobs: Vec<Entry>,
    /// Whether there are sources.
    #[serde(skip)]
    with_source: bool,
}

impl View for BatchReport {
    const COLUMNS: &'static [&'static str] = &Entry::COLUMNS;
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["jobs"])];

    fn columns(&self) -> &'static [&'static str] {
        report::columns(self.with_source)
    }

    /// A spreadsheet computes what begins like a formula, unless there is an apostrophe before it.
    fn cell(text: String) -> String {
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
        if is_formula { format!("'{text}") } else { text }
    }
}

/// The format of a file.
#[derive(Clone, Copy)]
enum FileType {
    Xlsx,
    Csv,
    Json,
}

impl FileType {
    fn of(path: &Path) -> Result<FileType> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("xlsx") => Ok(FileType::Xlsx),
            Some("csv") => Ok(FileType::Csv),
            Some("json") => Ok(FileType::Json),
            _ => Err(Error::usage(
                format!("'{}' does not end in .xlsx, .csv or .json", path.display()),
                "the extension decides the format of the report",
            )),
        }
    }

    fn write(self, view: &BatchReport) -> Result<Vec<u8>> {
        match self {
            FileType::Csv => Ok(csv(view).into_bytes()),
            FileType::Json => Ok(json(view).into_bytes()),
            FileType::Xlsx => report::workbook(&view.jobs, view.with_source)
                .map_err(|why| Error::refused(format!("cannot write it as a workbook: {why}"), "write a .csv instead")),
        }
    }
}

impl Report {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        if self.file.as_os_str() == "-" {
            let view = self.view(context)?;
            console.show(&view, |console| console.print_document(&csv(&view)));
            return Ok(());
        }
        let form = FileType::of(&self.file)?;
        let path = context.folder.join(&self.file);
        refuse_another(&path, &self.file)?;
        let view = self.view(context)?;
        let bytes = form.write(&view)?;
        let _lock = Lock::of(&path)?;
        // Somebody may have put another there while the server was asked.
        refuse_another(&path, &self.file)?;
        storage::make_private(&path);
        storage::write(&path, &bytes, Privacy::Private, Durability::Full)?;
        let (jobs, file) = (counted(view.jobs.len(), "job"), self.file.display());
        console.show(&view, |console| {
            console.report(if self.no_source {
                format!("Wrote {jobs} to '{file}': pseudonyms, without sources")
            } else {
                format!(
                    "Wrote {jobs} to '{file}': it lists sources next to pseudonyms, so keep it as safe as the mapping"
                )
            });
        });
        Ok(())
    }

    fn view(&self, context: &Context) -> Result<BatchReport> {
        let (ids, server, client) = open(context)?;
        let now = Local::now().naive_local();
        let mut jobs = follow(context, (&server, &client), &ids, List::Extended)?;
        let unknown: Vec<Job> = missing(&ids, &jobs).into_iter().map(unknown).collect();
        if !unknown.is_empty() {
            // The journal may know whose they were.
            jobs.extend(rows(context, &server).follow(unknown));
        }
        let mut entries: Vec<Entry> = jobs.iter().map(|followed| Entry::of(followed, now)).collect();
        if self.no_source {
            entries.iter_mut().for_each(Entry::without_source);
        }
        Ok(BatchReport {
            report: MARK.to_owned(),
            server: server.name,
            made: now.format("%Y-%m-%dT%H:%M:%S").to_string(),
            jobs: entries,
            with_source: !self.no_source,
        })
    }
}

/// A file that is not a report is somebody's work.
fn refuse_another(path: &Path, shown: &Path) -> Result<()> {
    storage::refuse_if_edited(path)?;
    match storage::read_if_present(path, CAP)? {
        Some(bytes) if !report::is_one(&bytes) => Err(Error::refused(
            format!("'{}' already exists and is not a batch report: it was left alone", shown.display()),
            "choose another name",
        )),
        _ => Ok(()),
    }
}
