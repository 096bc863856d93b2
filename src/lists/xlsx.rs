//! Workbooks of today's Excel (.xlsx, .xlsm).

use std::io::{self, Cursor, Read};

use calamine::{CellErrorType, DataRef, Reader, SheetType, Xlsx, XlsxError};
use zip::ZipArchive;

use super::cells::{self, Collector, Moment, Sheet};
use super::list::Cell;
use super::workbook::Unreadable;

/// The most that the parts of a workbook may hold once they are unpacked.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;

/// Reads the first worksheet.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    check_archive(bytes, MOST_UNPACKED)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let worksheet = workbook.sheets_metadata().iter().find(|sheet| sheet.typ == SheetType::WorkSheet);
    let Some(name) = worksheet.map(|sheet| sheet.name.clone()) else {
        return Err(Unreadable::new("this workbook has no worksheet", "put the list on the first sheet"));
    };
    let since_1904 = workbook.has_1904_epoch();
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
    let mut collector = Collector::new();
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let cell = content(cell.get_value(), since_1904);
        collector.add(row, column, cell).map_err(|_| Unreadable::too_large())?;
    }
    Ok(collector.sheet(name))
}

fn content(value: &DataRef<'_>, since_1904: bool) -> Cell {
    match value {
        DataRef::Int(value) => cells::number(*value as f64),
        DataRef::Float(value) => cells::number(*value),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => cells::text(text),
        DataRef::SharedString(text) => cells::text(text),
        DataRef::Bool(value) => cells::boolean(*value),
        DataRef::DateTime(moment) => {
            let kind = if moment.is_duration() { Moment::Duration } else { Moment::DateTime };
            cells::moment(moment.as_f64(), kind, since_1904)
        }
        DataRef::Error(error) => cells::error(error_name(error)),
        DataRef::Empty => Ok(String::new()),
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

/// Unpacks every part once, keeping nothing: what an archive says of its sizes can be a lie, and a few kilobytes can unpack
/// to more than any memory holds. Names what is another kind of archive.
fn check_archive(bytes: &[u8], most: u64) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(Unreadable::damaged)?;
    if let Some(name) = other_kind(&mut archive) {
        return Err(Unreadable::new(format!("this is {name}, not an Excel workbook"), "save it as .xlsx or as CSV"));
    }
    let mut left = most;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(Unreadable::damaged)?;
        if part.size() > left {
            return Err(Unreadable::too_large());
        }
        let is_strings = part.name().is_ok_and(|name| name.to_lowercase().contains("sharedstrings"));
        let mut limited = part.by_ref().take(left + 1);
        let unpacked = if is_strings {
            let mut strings = Vec::new();
            limited.read_to_end(&mut strings).map_err(Unreadable::damaged)?;
            check_count(&strings)?;
            strings.len() as u64
        } else {
            io::copy(&mut limited, &mut io::sink()).map_err(Unreadable::damaged)?
        };
        left = left.checked_sub(unpacked).ok_or_else(Unreadable::too_large)?;
    }
    Ok(())
}

/// Calamine makes room for as many texts as the table of texts says it holds, which no memory may have.
fn check_count(strings: &[u8]) -> Result<(), Unreadable> {
    let text = std::str::from_utf8(strings).map_err(Unreadable::damaged)?;
    for (place, name) in text.match_indices("uniqueCount") {
        let value = text[place + name.len()..].trim_start_matches([' ', '\t', '\r', '\n', '=', '"', '\'', '+']);
        let digits = value.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(value.len());
        let count: Option<usize> = value[..digits].parse().ok();
        if digits > 0 && count.is_none_or(|count| count > strings.len()) {
            return Err(Unreadable::damaged("it claims to hold more texts than it does"));
        }
    }
    Ok(())
}

fn other_kind(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Option<&'static str> {
    let mut kind = String::new();
    if let Ok(part) = archive.by_name("mimetype") {
        let _ = part.take(200).read_to_string(&mut kind);
    }
    let has = |part: &str| archive.index_for_name(part).is_some();
    match kind.as_str() {
        _ if kind.contains("opendocument.spreadsheet") => Some("an OpenDocument spreadsheet (.ods)"),
        _ if kind.contains("opendocument") => Some("an OpenDocument file"),
        _ if has("xl/workbook.bin") => Some("a binary workbook (.xlsb)"),
        _ if has("word/document.xml") => Some("a Word document"),
        _ if has("ppt/presentation.xml") => Some("a presentation"),
        _ if has("Index/Document.iwa") => Some("a Numbers document"),
        _ if has("[Content_Types].xml") || has("_rels/.rels") => None,
        _ => Some("a zip archive"),
    }
}

fn unreadable(error: XlsxError) -> Unreadable {
    match error {
        XlsxError::Password => Unreadable::password(),
        other => Unreadable::damaged(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const MEBIBYTE: usize = 1024 * 1024;

    #[test]
    fn a_small_file_cannot_unpack_to_more_than_memory_holds() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for part in ["_rels/.rels", "xl/one.xml", "xl/two.xml"] {
            writer.start_file(part, SimpleFileOptions::default()).unwrap();
            writer.write_all(&vec![b' '; MEBIBYTE]).unwrap();
        }
        let bomb = writer.finish().unwrap().into_inner();
        assert!(bomb.len() < MEBIBYTE / 100);
        assert_eq!(check_archive(&bomb, 3 * MEBIBYTE as u64), Ok(()));
        assert_eq!(check_archive(&bomb, 3 * MEBIBYTE as u64 - 1), Err(Unreadable::too_large()));
        // The same, declaring a size of one byte for each part.
        let mut liar = bomb;
        let declared = u32::try_from(MEBIBYTE).unwrap().to_le_bytes();
        while let Some(place) = liar.windows(4).position(|window| window == declared) {
            liar[place..place + 4].copy_from_slice(&[1, 0, 0, 0]);
        }
        assert!(check_archive(&liar, 2 * MEBIBYTE as u64).is_err());
    }
}
