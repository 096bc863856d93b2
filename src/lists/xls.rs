//! Workbooks of Excel 97 to 2003, and of Excel 5 (.xls): calamine reads the values, [`biff`] the rest.

use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader, Xls, XlsError};
use cfb::CompoundFile;

use super::cells::{self, Cell, CellFault, Collector};
use super::workbook::{Book, damaged, protected, tabs, too_large, unreadable};
use super::{biff, guard};
use crate::problem::Problem;

/// The container that Office 97 to 2003 puts its documents in.
const CONTAINER: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// The beginning of a workbook without a container: BIFF8 and BIFF5, which are read, and the older ones.
const STREAMS: [&[u8]; 2] = [b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00"];
const OLDER: [&[u8]; 4] = [b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x00\x06\x00"];

/// The largest workbook that is read, in MiB: a full sheet of Excel 97 with a list of patients in it takes a tenth.
const LARGEST: usize = 64;

/// Whether the bytes are those of an old workbook, or of what is kept in the same container.
pub(super) fn is_xls(bytes: &[u8]) -> bool {
    bytes.starts_with(CONTAINER) || STREAMS.iter().chain(&OLDER).any(|magic| bytes.starts_with(magic))
}

/// Opens a workbook.
pub(super) fn open(bytes: &[u8]) -> Result<Book<'_>, Problem> {
    if bytes.len() > LARGEST * 1024 * 1024 {
        return Err(too_large(format!("more than {LARGEST} MiB")));
    }
    let mut stream = if bytes.starts_with(CONTAINER) { main_stream(bytes)? } else { bytes.to_vec() };
    if OLDER.iter().any(|magic| stream.starts_with(magic)) {
        let hint = "open it in a spreadsheet program and save it as .xlsx";
        return Err(unreadable("this workbook was saved by Excel 4 or older", hint));
    }
    let details = biff::details(&mut stream)?;
    let mut values = guard::caught(|| Xls::new(Cursor::new(alone(&stream)?)).map_err(refused))??;
    let tabs = tabs(&values);
    let read = move |name: &str| {
        let number = values.sheets_metadata().iter().position(|sheet| sheet.name == name);
        let sheet =
            number.and_then(|number| details.sheets.get(number)).ok_or_else(|| damaged("a sheet is missing"))?;
        let range = guard::caught(|| values.worksheet_range(name))?.map_err(refused)?;
        let mut collector = Collector::default();
        let first = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let cell = (row as u32 + first.0, column as u32 + first.1);
            let format = sheet.formats.get(&cell).map_or("General", |style| details.format(*style));
            let value = match value {
                // In some texts from Excel 5, calamine leaves a NUL after each letter.
                Data::String(text) if text.contains('\0') => Data::String(text.replace('\0', "")),
                other => other.clone(),
            };
            collector.add(cell.0, cell.1, cells::shown(value, format))?;
        }
        for (row, column) in &sheet.uncalculated {
            collector.add(*row, *column, Cell::Faulty(CellFault::FORMULA))?;
        }
        Ok(collector.sheet(sheet.hidden.clone()))
    };
    Ok(Book { tabs, read: Box::new(read), sees_all: true })
}

/// The stream of the workbook itself. Others that are embedded in it lie deeper.
fn main_stream(bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut container = guard::caught(|| CompoundFile::open(Cursor::new(bytes)))?.map_err(damaged)?;
    for name in ["Workbook", "Book"] {
        if container.is_stream(name) {
            let mut stream = container.open_stream(name).map_err(damaged)?;
            let mut content = vec![];
            stream.read_to_end(&mut content).map_err(damaged)?;
            return Ok(content);
        }
    }
    let known = [
        ("WordDocument", "a Word document"),
        ("PowerPoint Document", "a presentation"),
        ("__properties_version1.0", "a message of Outlook"),
    ];
    if container.is_stream("EncryptedPackage") {
        return Err(protected());
    }
    let kind = known.iter().find(|(name, _)| container.is_stream(name)).map_or("an Office file", |(_, kind)| kind);
    Err(unreadable(format!("this is {kind}, not a workbook"), "save the list as .xlsx or as CSV"))
}

/// A container with nothing but this workbook.
fn alone(stream: &[u8]) -> Result<Vec<u8>, Problem> {
    let create = || -> std::io::Result<Vec<u8>> {
        // Calamine finds no workbook in a container of version 4 without small streams.
        let mut container = CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(vec![]))?;
        container.create_stream("Workbook")?.write_all(stream)?;
        container.flush()?;
        Ok(container.into_inner().into_inner())
    };
    create().map_err(damaged)
}

fn refused(error: XlsError) -> Problem {
    match error {
        XlsError::Password => protected(),
        other => damaged(other),
    }
}
