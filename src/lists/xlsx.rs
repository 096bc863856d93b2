//! Workbooks since Excel 2007 (.xlsx, .xlsm): calamine reads the values, [`sheet_xml`] the rest.

use std::io::{Cursor, Write};

use calamine::{NumberFormat, Reader, Xlsx, XlsxError};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::archive::Archive;
use super::cells::{self, Cell, CellFault, Collector};
use super::sheet_xml;
use super::workbook::{Book, damaged, protected, tabs};
use crate::problem::Problem;

/// Opens a workbook.
pub(super) fn open<'a>(bytes: &'a [u8], mut archive: Archive<'a>) -> Result<Book<'a>, Problem> {
    let parts = sheet_xml::parts(&mut archive)?;
    let mut values = Xlsx::new(Cursor::new(without_macro_sheets(bytes, &mut archive)?)).map_err(unreadable)?;
    let tabs = tabs(&values);
    let read = move |name: &str| {
        let part = parts.iter().find(|(known, _)| known == name).map(|(_, part)| part);
        let part = part.ok_or_else(|| damaged(format!("the sheet '{name}' is missing")))?;
        let details = sheet_xml::details(&mut archive, part)?;
        let mut reader = values.worksheet_cells_reader(name).map_err(unreadable)?;
        let mut collector = Collector::default();
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(unreadable)? {
            let (row, column) = cell.get_position();
            let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
            let value = cell.get_value().clone().into();
            collector.add(row, column, cells::shown(value, format.map_or("General", code)))?;
        }
        for (row, column) in details.uncalculated {
            collector.add(row, column, Cell::Faulty(CellFault::FORMULA))?;
        }
        Ok(collector.sheet(details.hidden))
    };
    Ok(Book { tabs, read: Box::new(read), sees_all: true })
}

fn code(format: &NumberFormat) -> &str {
    // A currency, or a format of another language, that calamine has no code for.
    let is_unknown = matches!(format.format_id, Some(5..=8 | 59..=81)) && format.format_code == "General";
    if is_unknown { "?" } else { &format.format_code }
}

/// Calamine refuses workbooks with macro sheets (Excel 4 macros). Here they are renamed to dialog sheets, which are not worksheets
/// either.
fn without_macro_sheets(bytes: &[u8], archive: &mut Archive<'_>) -> Result<Vec<u8>, Problem> {
    let has_macros = archive.file_names().flatten().any(|name| name.to_lowercase().contains("macrosheets/"));
    if !has_macros {
        return Ok(bytes.to_vec());
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.into_owned();
        if !name.to_lowercase().ends_with("workbook.xml.rels") {
            writer.raw_copy_file(part).map_err(damaged)?;
            continue;
        }
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).map_err(damaged)?;
        for kind in ["xlMacrosheet", "xlIntlMacrosheet"] {
            for quote in ['"', '\''] {
                text = text.replace(&format!("/{kind}{quote}"), &format!("/dialogsheet{quote}"));
            }
        }
        writer.start_file(name, SimpleFileOptions::default()).map_err(damaged)?;
        writer.write_all(text.as_bytes()).map_err(damaged)?;
    }
    Ok(writer.finish().map_err(damaged)?.into_inner())
}

fn unreadable(error: XlsxError) -> Problem {
    match error {
        XlsxError::Password => protected(),
        other => damaged(other),
    }
}
