//! Workbooks of today's Excel (.xlsx, .xlsm): calamine reads the values, [`sheet_xml`] what it does not tell.

use std::io::{Cursor, Write};

use calamine::{CellErrorType, DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use zip::ZipArchive;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::cells::{self, Cell, Collector, Fault, Sheet};
use super::format;
use super::sheet_xml;
use super::workbook::{Book, Tab, Unreadable};

struct Workbook<'a> {
    bytes: &'a [u8],
    values: Xlsx<Cursor<Vec<u8>>>,
    /// The names of the sheets, and the parts that they are in.
    parts: Vec<(String, String)>,
}

/// Opens a workbook.
pub(super) fn open<'a>(bytes: &'a [u8]) -> Result<Box<dyn Book + 'a>, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(Unreadable::damaged)?;
    let parts = sheet_xml::parts(&mut archive)?;
    let values = Xlsx::new(Cursor::new(without_macro_sheets(bytes)?)).map_err(unreadable)?;
    Ok(Box::new(Workbook { bytes, values, parts }))
}

impl Book for Workbook<'_> {
    fn tabs(&self) -> Vec<Tab> {
        let sheets = self.values.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        sheets.map(|sheet| Tab { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible }).collect()
    }

    fn sheet(&mut self, tab: usize) -> Result<Sheet, Unreadable> {
        let name = self.tabs().swap_remove(tab).name;
        let part = self.parts.iter().find(|(known, _)| *known == name).map(|(_, part)| part);
        let part = part.ok_or_else(|| Unreadable::damaged(format!("the sheet '{name}' is missing")))?;
        let mut archive = ZipArchive::new(Cursor::new(self.bytes)).map_err(Unreadable::damaged)?;
        let told = sheet_xml::told(&mut archive, part)?;
        let since_1904 = self.values.has_1904_epoch();
        let mut reader = self.values.worksheet_cells_reader(&name).map_err(unreadable)?;
        let mut collector = Collector::default();
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(unreadable)? {
            let (row, column) = cell.get_position();
            let number_format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
            let code = match number_format {
                // A currency, or a format of another language, that calamine has no code for.
                Some(format) if matches!(format.format_id, Some(5..=8 | 59..=81)) && is_general(format) => "?",
                Some(format) => &format.format_code,
                None => "General",
            };
            collector.add(row, column, content(cell.get_value(), code, since_1904))?;
        }
        for (row, column) in told.unsolved {
            collector.add(row, column, Cell::Faulty(Fault::FORMULA))?;
        }
        Ok(collector.sheet(told.hidden))
    }
}

fn is_general(format: &calamine::NumberFormat) -> bool {
    format.format_code == "General"
}

/// What a cell shows, by its value and its number format.
pub(super) fn content(value: &DataRef<'_>, format: &str, since_1904: bool) -> Cell<'static> {
    match value {
        DataRef::Int(value) => format::shown(*value as f64, format),
        DataRef::Float(value) => format::shown(*value, format),
        DataRef::String(text) => format::shown_text(text, format),
        DataRef::SharedString(text) => format::shown_text(text, format),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Date(text.clone()),
        DataRef::Bool(_) => Cell::Faulty(Fault::BOOLEAN),
        DataRef::DateTime(moment) => cells::moment(moment.as_f64(), moment.is_duration(), since_1904),
        DataRef::Error(error) => Cell::Faulty(Fault::error(error_name(error))),
        DataRef::Empty => Cell::Empty,
    }
}

fn error_name(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

/// Calamine refuses workbooks with macro sheets, which old macros are in: it is told that they are dialogs, which are no
/// worksheets either.
fn without_macro_sheets(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(Unreadable::damaged)?;
    let has_macros = archive.file_names().flatten().any(|name| name.to_lowercase().contains("macrosheets/"));
    if !has_macros {
        return Ok(bytes.to_vec());
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(Unreadable::damaged)?;
        let name = part.name().map_err(Unreadable::damaged)?.into_owned();
        if !name.to_lowercase().ends_with("workbook.xml.rels") {
            writer.raw_copy_file(part).map_err(Unreadable::damaged)?;
            continue;
        }
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).map_err(Unreadable::damaged)?;
        for kind in ["xlMacrosheet", "xlIntlMacrosheet"] {
            for quote in ['"', '\''] {
                text = text.replace(&format!("/{kind}{quote}"), &format!("/dialogsheet{quote}"));
            }
        }
        writer.start_file(name, SimpleFileOptions::default()).map_err(Unreadable::damaged)?;
        writer.write_all(text.as_bytes()).map_err(Unreadable::damaged)?;
    }
    Ok(writer.finish().map_err(Unreadable::damaged)?.into_inner())
}

fn unreadable(error: XlsxError) -> Unreadable {
    match error {
        XlsxError::Password => Unreadable::password(),
        other => Unreadable::damaged(other),
    }
}
