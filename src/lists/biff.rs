//! What calamine leaves out of an old workbook (MS-XLS, BIFF5 and BIFF8): number formats, hidden rows, formulas without a
//! result. Records that calamine cannot read are put right on the way.

use std::collections::{HashMap, HashSet};

use encoding_rs::WINDOWS_1252;

use super::cells::MOST_CELLS;
use super::workbook::too_large;
use crate::problem::Problem;

/// The most that the cells of all sheets may span: calamine makes room for every cell between the first and the last one.
const MOST_ROOM: u64 = 8 * 1024 * 1024;
/// The most sheets of a workbook.
const MOST_SHEETS: usize = 1024;

const BOF: u16 = 0x809;
const EOF: u16 = 0x0A;
const FORMULA: u16 = 0x06;

/// A sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Details {
    /// The rows that a person or a filter has hidden.
    pub hidden: Vec<u32>,
    /// The number format of each cell that has one of its own.
    pub formats: HashMap<(u32, u32), u16>,
    /// The cells with a formula that no program has calculated.
    pub uncalculated: HashSet<(u32, u32)>,
    cells: usize,
    /// The last row and column, and the first ones.
    last: (u32, u32),
    first: (u32, u32),
}

/// A workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Globals {
    /// The sheets in their order, whatever they hold.
    pub sheets: Vec<Details>,
    /// Number formats by their number.
    formats: HashMap<u16, String>,
    /// The number of the format of each style.
    styles: Vec<u16>,
}

impl Globals {
    /// The number format of a style.
    pub fn format(&self, style: u16) -> &str {
        let number = self.styles.get(usize::from(style)).copied().unwrap_or_default();
        match self.formats.get(&number) {
            Some(format) => format,
            None => built_in(number),
        }
    }
}

/// The formats that every workbook has (ECMA-376, 18.8.30); `?` for those that are other numbers than they look like.
fn built_in(number: u16) -> &'static str {
    match number {
        1 => "0",
        2 => "0.00",
        49 => "@",
        3 => "#,##0",
        4 => "#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        5..=8 | 12 | 13 | 37..=44 | 48 | 59..=81 => "?",
        _ => "General",
    }
}

fn u16_at(bytes: &[u8], place: usize) -> Option<u16> {
    bytes.get(place..place + 2).map(|two| u16::from_le_bytes([two[0], two[1]]))
}

/// A record: what it is, and where its data are in the stream.
#[derive(Clone, Copy)]
struct BiffRecord {
    kind: u16,
    start: usize,
    end: usize,
}

fn record(stream: &[u8], start: usize) -> Option<BiffRecord> {
    let length = usize::from(u16_at(stream, start + 2)?);
    let record = BiffRecord { kind: u16_at(stream, start)?, start: start + 4, end: start + 4 + length };
    (record.end <= stream.len()).then_some(record)
}

/// Reads the stream of a workbook, and puts right in it what calamine would stumble over.
///
/// # Errors
/// [`Problem`] for more cells than memory should hold.
pub(super) fn details(stream: &mut [u8]) -> Result<Globals, Problem> {
    let (mut globals, mut sheets) = (Globals::default(), vec![]);
    let (mut place, mut is_biff8) = (0, true);
    while let Some(record) = record(stream, place) {
        let data = &stream[record.start..record.end];
        match record.kind {
            BOF => is_biff8 = u16_at(data, 0) != Some(0x500),
            // CODEPAGE: other programs write numbers of their own for those of the Mac and of Windows.
            0x42 if data == [0x00, 0x80] => stream[record.start..record.end].copy_from_slice(&10_000u16.to_le_bytes()),
            0x42 if data == [0x01, 0x80] => stream[record.start..record.end].copy_from_slice(&1252u16.to_le_bytes()),
            0x85 => sheets.extend(data.first_chunk().map(|start| u32::from_le_bytes(*start) as usize)),
            0xE0 => globals.styles.extend(u16_at(data, 2)),
            0x41E => {
                if let Some((number, format)) = number_format(data, is_biff8) {
                    globals.formats.insert(number, format);
                }
            }
            EOF => break,
            _ => {}
        }
        place = record.end;
    }
    if sheets.len() > MOST_SHEETS {
        return Err(too_large(format!("more than {MOST_SHEETS} sheets")));
    }
    let (mut cells, mut room) = (0, 0);
    for start in sheets {
        let details = sheet(stream, start);
        cells += details.cells;
        let span = |first: u32, last: u32| u64::from(last.saturating_sub(first)) + 1;
        room += span(details.first.0, details.last.0) * span(details.first.1, details.last.1);
        if cells > MOST_CELLS || room > MOST_ROOM {
            return Err(too_large(format!("more than {MOST_CELLS} cells, or room for {MOST_ROOM}")));
        }
        globals.sheets.push(details);
    }
    Ok(globals)
}

/// `FORMAT` (MS-XLS 2.4.126).
fn number_format(data: &[u8], is_biff8: bool) -> Option<(u16, String)> {
    let number = u16_at(data, 0)?;
    if !is_biff8 {
        let length = usize::from(*data.get(2)?);
        return Some((number, WINDOWS_1252.decode_without_bom_handling(data.get(3..3 + length)?).0.into_owned()));
    }
    let length = usize::from(u16_at(data, 2)?);
    let text = if data.get(4)? & 1 == 0 {
        data.get(5..5 + length)?.iter().map(|byte| char::from(*byte)).collect()
    } else {
        let units = data.get(5..5 + 2 * length)?.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    Some((number, text))
}

/// Walks through the records of the sheet that begins at `start`.
fn sheet(stream: &mut [u8], start: usize) -> Details {
    let mut details = Details { first: (u32::MAX, u32::MAX), ..Details::default() };
    let (mut place, mut depth) = (start, 0);
    // A formula whose result is the text of a record to come.
    let mut awaited: Option<(u32, u32)> = None;
    while let Some(record) = record(stream, place) {
        place = record.end;
        match record.kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            _ if depth > 1 => {}
            // Calamine makes room for as many cells as this says there are.
            0x200 => stream[record.start..record.end].fill(0),
            // Formulas as BIFF3 and BIFF4 number them, which some programs write in newer workbooks.
            0x206 | 0x406 if record.end - record.start >= 20 => {
                stream[record.start - 4..record.start - 2].copy_from_slice(&FORMULA.to_le_bytes());
                details.formula(&stream[record.start..record.end], &mut awaited);
            }
            FORMULA => details.formula(&stream[record.start..record.end], &mut awaited),
            0x207 => {
                if let Some(cell) = awaited.take() {
                    details.uncalculated.remove(&cell);
                }
            }
            kind => details.record(kind, &stream[record.start..record.end]),
        }
    }
    details
}

impl Details {
    fn cell(&mut self, data: &[u8]) -> Option<(u32, u32)> {
        let cell = (u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?));
        self.add(cell, u16_at(data, 4)?);
        Some(cell)
    }

    fn add(&mut self, cell: (u32, u32), style: u16) {
        self.cells += 1;
        self.first = (self.first.0.min(cell.0), self.first.1.min(cell.1));
        self.last = (self.last.0.max(cell.0), self.last.1.max(cell.1));
        if self.cells <= MOST_CELLS {
            self.formats.insert(cell, style);
        }
    }

    fn record(&mut self, kind: u16, data: &[u8]) {
        match kind {
            // ROW: bit 5 of its flags.
            0x208 => {
                if let (Some(row), Some(flags)) = (u16_at(data, 0), u16_at(data, 12)) {
                    self.hidden.extend((flags & 0x20 != 0).then_some(u32::from(row)));
                }
            }
            // NUMBER, LABEL, BOOLERR, RK, LABELSST, RSTRING.
            0x203 | 0x204 | 0x205 | 0x27E | 0xFD | 0xD6 => {
                self.cell(data);
            }
            // MULRK: styles and numbers of neighbours.
            0xBD => {
                let (Some(row), Some(first)) = (u16_at(data, 0), u16_at(data, 2)) else { return };
                let numbers = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
                for (column, number) in (u32::from(first)..).zip(numbers.as_chunks::<6>().0) {
                    self.add((u32::from(row), column), u16::from_le_bytes([number[0], number[1]]));
                }
            }
            _ => {}
        }
    }

    /// `FORMULA` (MS-XLS 2.4.127): its result is a number, or says what kind of result it is.
    fn formula(&mut self, data: &[u8], awaited: &mut Option<(u32, u32)>) {
        let Some(cell) = self.cell(data) else { return };
        *awaited = None;
        match data.get(6..14) {
            // A text, which follows.
            Some([0, _, _, _, _, _, 0xFF, 0xFF]) => {
                *awaited = Some(cell);
                self.uncalculated.insert(cell);
            }
            // Programs that do not work out their formulas write 0.
            Some([0, 0, 0, 0, 0, 0, 0, 0]) | None => {
                self.uncalculated.insert(cell);
            }
            Some(_) => {}
        }
    }
}
