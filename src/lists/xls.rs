//! Workbooks of Excel 97 to 2003, and of Excel 5 (.xls): calamine reads the values, [`biff`] what it does not tell.

use std::io::{Cursor, Read, Write};

use calamine::{Data, DataRef, Reader, SheetType, SheetVisible, Xls, XlsError};
use cfb::CompoundFile;

use super::biff::{self, Globals};
use super::cells::{Cell, Collector, Fault, Sheet};
use super::workbook::{Book, Tab, Unreadable};
use super::{guard, xlsx};

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

struct Workbook {
    values: Xls<Cursor<Vec<u8>>>,
    told: Globals,
}

/// Opens a workbook.
pub(super) fn open<'a>(bytes: &'a [u8]) -> Result<Box<dyn Book + 'a>, Unreadable> {
    if bytes.len() > LARGEST * 1024 * 1024 {
        return Err(Unreadable::too_large(format!("more than {LARGEST} MiB")));
    }
    let mut stream = if bytes.starts_with(CONTAINER) { main_stream(bytes)? } else { bytes.to_vec() };
    if OLDER.iter().any(|magic| stream.starts_with(magic)) {
        let hint = "open it in a spreadsheet program and save it as .xlsx";
        return Err(Unreadable::new("this workbook is from before Excel 5", hint));
    }
    let told = biff::told(&mut stream)?;
    let values = guard::caught(|| Xls::new(Cursor::new(alone(&stream)?)).map_err(unreadable))??;
    Ok(Box::new(Workbook { values, told }))
}

/// The stream of the workbook itself. Others that are embedded in it lie deeper.
fn main_stream(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut container = guard::caught(|| CompoundFile::open(Cursor::new(bytes)))?.map_err(Unreadable::damaged)?;
    for name in ["Workbook", "Book"] {
        if container.is_stream(name) {
            let mut stream = container.open_stream(name).map_err(Unreadable::damaged)?;
            let mut content = vec![];
            stream.read_to_end(&mut content).map_err(Unreadable::damaged)?;
            return Ok(content);
        }
    }
    let known = [
        ("WordDocument", "a Word document"),
        ("PowerPoint Document", "a presentation"),
        ("__properties_version1.0", "a message of Outlook"),
    ];
    if container.is_stream("EncryptedPackage") {
        return Err(Unreadable::password());
    }
    let kind = known.iter().find(|(name, _)| container.is_stream(name)).map_or("an Office file", |(_, kind)| kind);
    Err(Unreadable::new(format!("this is {kind}, not a workbook"), "save the list as .xlsx or as CSV"))
}

/// A container with nothing but this workbook.
fn alone(stream: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let create = || -> std::io::Result<Vec<u8>> {
        // Calamine finds no workbook in a container of version 4 without small streams.
        let mut container = CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(vec![]))?;
        container.create_stream("Workbook")?.write_all(stream)?;
        container.flush()?;
        Ok(container.into_inner().into_inner())
    };
    create().map_err(Unreadable::damaged)
}

impl Workbook {
    /// The numbers of the worksheets among all sheets.
    fn worksheets(&self) -> impl Iterator<Item = (usize, &calamine::Sheet)> {
        self.values.sheets_metadata().iter().enumerate().filter(|(_, sheet)| sheet.typ == SheetType::WorkSheet)
    }
}

impl Book for Workbook {
    fn tabs(&self) -> Vec<Tab> {
        let tab = |(_, sheet): (usize, &calamine::Sheet)| Tab {
            name: sheet.name.clone(),
            hidden: sheet.visible != SheetVisible::Visible,
        };
        self.worksheets().map(tab).collect()
    }

    fn sheet(&mut self, tab: usize) -> Result<Sheet, Unreadable> {
        let Some((number, name)) = self.worksheets().nth(tab).map(|(number, sheet)| (number, sheet.name.clone()))
        else {
            return Err(Unreadable::damaged("a sheet is missing"));
        };
        let since_1904 = self.values.has_1904_epoch();
        let range = guard::caught(|| self.values.worksheet_range(&name))?.map_err(unreadable)?;
        let told = self.told.sheets.get(number).ok_or_else(|| Unreadable::damaged("a sheet is missing"))?;
        let mut collector = Collector::default();
        let first = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let (row, column) = (row as u32 + first.0, column as u32 + first.1);
            let format = told.formats.get(&(row, column)).map_or("General", |style| self.told.format(*style));
            collector.add(row, column, xlsx::content(&borrowed(value), format, since_1904))?;
        }
        for (row, column) in &told.unsolved {
            collector.add(*row, *column, Cell::Faulty(Fault::FORMULA))?;
        }
        Ok(collector.sheet(told.hidden.clone()))
    }
}

fn unreadable(error: XlsError) -> Unreadable {
    match error {
        XlsError::Password => Unreadable::password(),
        other => Unreadable::damaged(other),
    }
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(value) => DataRef::Int(*value),
        Data::Float(value) => DataRef::Float(*value),
        // Of some texts of Excel 5, calamine leaves a NUL behind each letter.
        Data::String(text) if text.contains('\0') => DataRef::String(text.replace('\0', "")),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}
