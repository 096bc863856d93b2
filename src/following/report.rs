//! The report of a batch: an entry a job, as a workbook or for other programs; and whether a file is one.

use std::io::{Cursor, Read as _};

use chrono::NaiveDateTime;
use rust_xlsxwriter::{Color, DocProperties, Format, IgnoreError, Workbook, Worksheet, XlsxError};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use zip::ZipArchive;

use super::{Followed, NOT_FOUND};
use crate::api::Job;
use crate::troubleshooting::{advice, in_few_words};

/// What a report says that it is, so that it is known again.
pub const MARK: &str = "anon batch report";

/// Of a job that the server does not know.
const UNKNOWN: &str = "The server does not know this job";
const CHECK: &str = "Check the id with 'anon batch info'";

/// A job of a report.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Entry {
    /// The line of its row in the mapping, from 1.
    pub line: Option<usize>,
    /// Where its data is, according to the mapping or else the server.
    pub source: Option<String>,
    /// The patient's pseudonym in the results.
    pub pseudonym: Option<String>,
    /// The server's number for it.
    pub job_id: i64,
    /// `ACTIVE`, `UPLOADED`, `DONE`, `ERROR`, `INACTIVE`, `NOT_FOUND`, or another word of the server.
    pub status: String,
    /// Files fetched from the source.
    pub files_downloaded: Option<i64>,
    /// Files anonymized.
    pub files_processed: Option<i64>,
    /// When it was created, by the server's clock: `2016-08-26T15:04:44`.
    pub date: Option<String>,
    /// Why it has not ended well, in a few words and without identifiers.
    pub cause: Option<String>,
    /// What to do about that.
    pub what_to_do: Option<String>,
}

impl Entry {
    /// The columns of a report.
    pub const COLUMNS: [&'static str; 10] = [
        "line",
        "source",
        "pseudonym",
        "job_id",
        "status",
        "files_downloaded",
        "files_processed",
        "date",
        "cause",
        "what_to_do",
    ];

    /// How many columns there are before the first that says nothing of where the data is.
    const IDENTIFYING: usize = 2;

    /// What to report about a job, at a moment in the server's time.
    pub fn of(followed: &Followed, now: NaiveDateTime) -> Entry {
        let Followed { job, pseudonym, source, line } = followed;
        let Job { job_id, date, status, files_downloaded, files_processed, .. } = job;
        let is_unknown = status.as_str() == NOT_FOUND;
        let remedy = advice(job, now).map(|advice| advice.remedy.to_owned());
        Entry {
            line: *line,
            source: source.clone(),
            pseudonym: pseudonym.clone(),
            job_id: job_id.0,
            status: status.to_string(),
            files_downloaded: *files_downloaded,
            files_processed: *files_processed,
            date: date.clone(),
            cause: if is_unknown { Some(UNKNOWN.to_owned()) } else { in_few_words(job, now) },
            what_to_do: if is_unknown { Some(CHECK.to_owned()) } else { remedy },
        }
    }

    /// Leaves out where the data is.
    pub fn without_source(&mut self) {
        (self.line, self.source) = (None, None);
    }
}

/// Which columns a report has.
pub fn columns(with_source: bool) -> &'static [&'static str] {
    if with_source { &Entry::COLUMNS } else { &Entry::COLUMNS[Entry::IDENTIFYING..] }
}

/// An Excel workbook: the header frozen, a filter on it, statuses in colours, and every id as text.
///
/// # Errors
/// The error of the workbook writer, which has limits.
pub fn workbook(entries: &[Entry], with_source: bool) -> Result<Vec<u8>, String> {
    build(entries, columns(with_source)).map_err(|error| error.to_string())
}

/// Excel takes no longer text in a cell.
const LONGEST_CELL: usize = 32_000;

/// No column is wider, in pixels.
const WIDEST: u32 = 480;

fn build(entries: &[Entry], columns: &[&str]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_title("Jobs of a batch").set_keywords(MARK));
    let sheet = workbook.add_worksheet();
    sheet.set_name("jobs")?;
    let header = Format::new().set_bold();
    for (column, name) in (0..).zip(columns) {
        sheet.write_string_with_format(0, column, name.replace('_', " "), &header)?;
    }
    for (row, entry) in (1..).zip(entries) {
        write(sheet, row, entry, columns)?;
    }
    let (last_row, last_column) = (u32::try_from(entries.len()).unwrap_or(u32::MAX), columns.len() as u16 - 1);
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, last_row, last_column)?;
    if last_row > 0 {
        sheet.ignore_error_range(1, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    }
    sheet.set_autofit_max_width(WIDEST).autofit();
    workbook.save_to_buffer()
}

fn write(sheet: &mut Worksheet, row: u32, entry: &Entry, columns: &[&str]) -> Result<(), XlsxError> {
    let entry = serde_json::to_value(entry).unwrap_or_default();
    for (column, name) in (0..).zip(columns) {
        let text = match &entry[name] {
            Value::Null => continue,
            Value::Number(count) if *name != "job_id" => {
                sheet.write_number(row, column, count.as_f64().unwrap_or_default())?;
                continue;
            }
            Value::String(text) => text.chars().take(LONGEST_CELL).collect(),
            id => id.to_string(),
        };
        if *name == "status" {
            sheet.write_string_with_format(row, column, &text, &colours(&text))?;
        } else {
            sheet.write_string(row, column, &text)?;
        }
    }
    Ok(())
}

/// The colours that Excel itself calls good, bad and neutral.
fn colours(status: &str) -> Format {
    let (font, background) = match status {
        "DONE" => (0x00_6100, 0xC6_EFCE),
        "ERROR" | NOT_FOUND => (0x9C_0006, 0xFF_C7CE),
        "ACTIVE" | "UPLOADED" => (0x9C_5700, 0xFF_EB9C),
        _ => (0x59_5959, 0xED_EDED),
    };
    Format::new().set_font_color(Color::RGB(font)).set_background_color(Color::RGB(background))
}

/// Whether the content of a file is a report in any of its forms, also one that a spreadsheet has saved.
pub fn is_one(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"PK") {
        return is_marked_workbook(bytes).unwrap_or(false);
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') {
        return serde_json::from_str::<Value>(text).is_ok_and(|value| value["report"] == MARK);
    }
    let header = text.lines().next().unwrap_or_default();
    let names: Vec<&str> = header.split([',', ';', '\t']).map(|name| name.trim().trim_matches('"')).collect();
    [true, false].iter().any(|with_source| columns(*with_source) == names)
}

fn is_marked_workbook(bytes: &[u8]) -> Option<bool> {
    /// What a workbook says of itself is a few lines.
    const MOST: u64 = 1 << 20;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut text = vec![];
    archive.by_name("docProps/core.xml").ok()?.take(MOST).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).contains(MARK))
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _, Xlsx};

    use super::*;

    fn entry(job_id: i64, status: &str) -> Entry {
        Entry {
            line: Some(12),
            source: Some("accession_number:1.1".to_owned()),
            pseudonym: Some("007".to_owned()),
            job_id,
            status: status.to_owned(),
            files_downloaded: Some(412),
            files_processed: None,
            date: Some("2026-11-23T12:00:00".to_owned()),
            cause: Some("=1+1".to_owned()),
            what_to_do: None,
        }
    }

    fn cells(bytes: Vec<u8>) -> Vec<Vec<Data>> {
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        workbook.worksheet_range("jobs").unwrap().rows().map(<[Data]>::to_vec).collect()
    }

    #[test]
    fn ids_are_text_and_counts_are_numbers() {
        let rows = cells(workbook(&[entry(1001, "DONE"), entry(1002, "ERROR")], true).unwrap());
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(rows[0][..4], ["line", "source", "pseudonym", "job id"].map(text));
        let expected = [Data::Float(12.0), text("accession_number:1.1"), text("007"), text("1001"), text("DONE")];
        assert_eq!(rows[1][..5], expected);
        assert_eq!((&rows[1][5], &rows[1][6]), (&Data::Float(412.0), &Data::Empty));
        // Never a formula.
        assert_eq!((rows.len(), &rows[2][8]), (3, &text("=1+1")));
    }

    /// The text of a part of a workbook.
    fn part(bytes: &[u8], name: &str) -> String {
        let mut text = String::new();
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn the_header_is_frozen_and_filters_and_statuses_have_colours() {
        let bytes = workbook(&[entry(1, "DONE"), entry(2, "ERROR")], true).unwrap();
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        for wanted in [r#"<pane ySplit="1""#, r#"<autoFilter ref="A1:J3""#, r#"numberStoredAsText="1""#, "customWidth"]
        {
            assert!(sheet.contains(wanted), "{wanted}: {sheet}");
        }
        let styles = part(&bytes, "xl/styles.xml");
        assert!(styles.contains("FFC6EFCE") && styles.contains("FFFFC7CE"), "{styles}");
    }

    #[test]
    fn the_source_can_be_left_out() {
        let rows = cells(workbook(&[entry(1001, "DONE")], false).unwrap());
        assert_eq!(rows[0][0], Data::String("pseudonym".to_owned()));
        assert!(!rows.iter().flatten().any(|cell| cell.to_string().contains("accession")), "{rows:?}");
    }

    #[test]
    fn a_batch_without_jobs_is_a_header_and_a_long_text_is_cut() {
        assert_eq!(cells(workbook(&[], true).unwrap()).len(), 1);
        let long = Entry { cause: Some("é".repeat(40_000)), ..entry(1, "ERROR") };
        assert_eq!(cells(workbook(&[long], true).unwrap())[1][8].to_string().chars().count(), LONGEST_CELL);
    }

    #[test]
    fn reports_are_known_again_and_nothing_else() {
        let header = Entry::COLUMNS.join(",");
        for report in [
            workbook(&[entry(1, "DONE")], true).unwrap(),
            workbook(&[], false).unwrap(),
            format!("\u{feff}{header}\r\n12,x\r\n").into(),
            header.replace(',', ";").into(),
            Entry::COLUMNS[2..].join(";").into(),
            format!("{{\"report\": \"{MARK}\"}}").into(),
        ] {
            assert!(is_one(&report), "{}", String::from_utf8_lossy(&report));
        }
        let mut other = Workbook::new();
        other.add_worksheet().write_string(0, 0, MARK).unwrap();
        let mapping = "## Description ##\nanon batch report\n";
        let others = [other.save_to_buffer().unwrap(), mapping.into(), b"PK".to_vec(), b"{}".to_vec(), vec![]];
        for other in others {
            assert!(!is_one(&other), "{}", String::from_utf8_lossy(&other));
        }
    }
}
