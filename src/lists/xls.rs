//! Workbooks of Excel 97 to 2003 (.xls): the records of the stream "Workbook" (MS-XLS).
//!
//! A reader of our own, as such a file comes from anywhere and a damaged one must end in an error: every length and position
//! in it is checked against what is there.

use super::cells::{self, Collector, Moment, Sheet};
use super::list::Cell;
use super::ole::{Container, u16_at, u32_at};
use super::workbook::Unreadable;
use super::xls_strings::Parts;

/// A record: its type, and its data in the parts that the 8 KB limit of records leaves.
struct Record<'a> {
    kind: u16,
    parts: Vec<&'a [u8]>,
}

impl Record<'_> {
    fn data(&self) -> &[u8] {
        self.parts.first().copied().unwrap_or_default()
    }
}

const CONTINUE: u16 = 0x3C;
const BEGIN: u16 = 0x809;
const END: u16 = 0x0A;

/// Walks through the records from `stream` on, and stops at what is cut off.
struct Records<'a> {
    stream: &'a [u8],
}

impl<'a> Records<'a> {
    fn one(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = u16_at(self.stream, 0)?;
        let length = usize::from(u16_at(self.stream, 2)?);
        let data = self.stream.get(4..4 + length)?;
        self.stream = &self.stream[4 + length..];
        Some((kind, data))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (kind, data) = self.one()?;
        let mut parts = vec![data];
        while u16_at(self.stream, 0) == Some(CONTINUE) {
            parts.push(self.one()?.1);
        }
        Some(Record { kind, parts })
    }
}

/// What the workbook says before its sheets.
#[derive(Default)]
struct Globals {
    sheets: Vec<(String, usize)>,
    strings: Vec<String>,
    /// Custom formats: their number and what they make of a number.
    formats: Vec<(u16, Option<Moment>)>,
    /// The format number of each cell style.
    styles: Vec<u16>,
    since_1904: bool,
}

/// Reads the first worksheet.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, Unreadable> {
    let container = Container::open(bytes)?;
    if container.stream("EncryptedPackage").is_some() {
        return Err(Unreadable::password());
    }
    let old = || {
        Unreadable::new(
            "this workbook is from before Excel 97",
            "open it in a spreadsheet program and save it as .xlsx",
        )
    };
    let stream = match (container.stream("Workbook"), container.stream("Book")) {
        (Some(stream), _) => stream?,
        (None, Some(_)) => return Err(old()),
        (None, None) => {
            return Err(Unreadable::new("this Office file holds no workbook", "save the list as .xlsx or as CSV"));
        }
    };
    let globals = globals(&stream)?.ok_or_else(old)?;
    let Some((name, position)) = globals.sheets.first() else {
        return Err(Unreadable::new("this workbook has no worksheet", "put the list on the first sheet"));
    };
    let records = stream.get(*position..).ok_or_else(|| Unreadable::damaged("a sheet is missing"))?;
    let mut collector = Collector::new();
    sheet(records, &globals, &mut collector)?;
    Ok(collector.sheet(name.clone()))
}

/// `None` for a version that is too old.
fn globals(stream: &[u8]) -> Result<Option<Globals>, Unreadable> {
    let mut globals = Globals::default();
    for (index, record) in (Records { stream }).enumerate() {
        let data = record.data();
        match record.kind {
            BEGIN if index == 0 && u16_at(data, 0) != Some(0x0600) => return Ok(None),
            END => break,
            0x2F => return Err(Unreadable::password()),
            0x22 => globals.since_1904 = u16_at(data, 0) == Some(1),
            // A sheet: where it begins, whether it is hidden, its type (0: worksheet), its name.
            0x85 => {
                if let (Some(position), Some(0)) = (u32_at(data, 0), data.get(5)) {
                    let mut name = Parts::new(&record.parts);
                    let name = name.skip(6).and_then(|()| name.short_text()).unwrap_or_default();
                    globals.sheets.push((name, position as usize));
                }
            }
            0xE0 => globals.styles.push(u16_at(data, 2).unwrap_or_default()),
            0xFC => globals.strings = Parts::new(&record.parts).table(),
            0x41E => {
                let mut format = Parts::new(&record.parts);
                let text = format.skip(2).and_then(|()| format.text()).unwrap_or_default();
                globals.formats.push((u16_at(data, 0).unwrap_or_default(), custom_format(&text)));
            }
            _ => {}
        }
    }
    Ok(Some(globals))
}

fn sheet(stream: &[u8], globals: &Globals, collector: &mut Collector) -> Result<(), Unreadable> {
    let mut depth = 0;
    let mut formula = None;
    for record in (Records { stream }) {
        let data = record.data();
        match record.kind {
            // Charts inside the sheet have records of the same types.
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            _ if depth > 1 => {}
            0xBD => several_numbers(data, globals, collector)?,
            // The text that the formula before it shows.
            0x207 => {
                if let Some((row, column)) = formula.take() {
                    let text = Parts::new(&record.parts).text().unwrap_or_default();
                    add(collector, row, column, cells::text(&text))?;
                }
            }
            kind => {
                let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else { continue };
                if let Some(cell) = cell(kind, &record, globals) {
                    add(collector, row, column, cell)?;
                }
                formula = (kind == 0x06).then_some((row, column));
            }
        }
    }
    Ok(())
}

fn add(collector: &mut Collector, row: u16, column: u16, cell: Cell) -> Result<(), Unreadable> {
    collector.add(row.into(), column.into(), cell).map_err(|_| Unreadable::too_large())
}

/// What a cell says; `None` for other records, empty cells, and formulas whose text comes in the next record.
fn cell(kind: u16, record: &Record<'_>, globals: &Globals) -> Option<Cell> {
    let data = record.data();
    let style = u16_at(data, 4)?;
    match kind {
        0x203 => Some(globals.number(f64_at(data, 6)?, style)),
        0x27E => Some(globals.number(short_number(u32_at(data, 6)?), style)),
        0xFD => {
            let index = u32_at(data, 6)? as usize;
            globals.strings.get(index).map(|text| cells::text(text))
        }
        0x204 | 0xD6 => {
            let mut text = Parts::new(&record.parts);
            text.skip(6)?;
            Some(cells::text(&text.text()?))
        }
        0x205 => Some(boolean_or_error(*data.get(6)?, *data.get(7)? != 0)),
        0x06 => match (data.get(6)?, data.get(12..14)?) {
            (1, [0xFF, 0xFF]) => Some(boolean_or_error(*data.get(8)?, false)),
            (2, [0xFF, 0xFF]) => Some(boolean_or_error(*data.get(8)?, true)),
            (_, [0xFF, 0xFF]) => None,
            _ => Some(globals.number(f64_at(data, 6)?, style)),
        },
        _ => None,
    }
}

/// A row of short numbers: its row, its first column, a style and a number for each, its last column.
fn several_numbers(data: &[u8], globals: &Globals, collector: &mut Collector) -> Result<(), Unreadable> {
    let (Some(row), Some(first)) = (u16_at(data, 0), u16_at(data, 2)) else { return Ok(()) };
    let numbers = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
    for (column, number) in (first..).zip(numbers.as_chunks::<6>().0) {
        if let (Some(style), Some(value)) = (u16_at(number, 0), u32_at(number, 2)) {
            add(collector, row, column, globals.number(short_number(value), style))?;
        }
    }
    Ok(())
}

impl Globals {
    fn number(&self, value: f64, style: u16) -> Cell {
        let format = self.styles.get(usize::from(style)).copied().unwrap_or_default();
        let custom = self.formats.iter().find(|(number, _)| *number == format).map(|(_, moment)| *moment);
        let moment = custom.unwrap_or(match format {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Some(Moment::DateTime),
            46 => Some(Moment::Duration),
            _ => None,
        });
        match moment {
            Some(kind) => cells::moment(value, kind, self.since_1904),
            None => cells::number(value),
        }
    }
}

/// Whether a format shows a number as a date or time: by its letters, outside quotes, brackets and escapes.
fn custom_format(format: &str) -> Option<Moment> {
    let mut letters = format.chars();
    let mut found = None;
    while let Some(letter) = letters.next() {
        match letter {
            '"' => while letters.next().is_some_and(|letter| letter != '"') {},
            '\\' | '_' | '*' => {
                letters.next();
            }
            '[' => {
                let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                if !inside.is_empty() && inside.chars().all(|letter| "hmsHMS".contains(letter)) {
                    return Some(Moment::Duration);
                }
            }
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => found = Some(Moment::DateTime),
            // Only the format of positive numbers counts.
            ';' => break,
            _ => {}
        }
    }
    found
}

fn boolean_or_error(value: u8, is_error: bool) -> Cell {
    if !is_error {
        return cells::boolean(value != 0);
    }
    cells::error(match value {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    })
}

fn f64_at(data: &[u8], offset: usize) -> Option<f64> {
    data.get(offset..)?.first_chunk().map(|number| f64::from_le_bytes(*number))
}

/// A number in 30 bits: a whole number or the upper half of a fraction, perhaps to be divided by 100.
fn short_number(bits: u32) -> f64 {
    let value = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from((bits as i32) >> 2),
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers() {
        assert_eq!(short_number(0x3FF0_0000), 1.0);
        assert_eq!(short_number((123 << 2) | 2), 123.0);
        assert_eq!(short_number((12345 << 2) | 3), 123.45);
        assert_eq!(short_number(((-5_i32 as u32) << 2) | 2), -5.0);
    }

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    fn formula(column: u8, result: [u8; 8]) -> Vec<u8> {
        let tail = [0; 8];
        record(0x06, &[&[0, 0, column, 0, 0, 0][..], &result, &tail].concat())
    }

    #[test]
    fn formulas_say_what_they_showed_last() {
        let stream = [
            record(BEGIN, &[0, 6]),
            formula(0, 2.5_f64.to_le_bytes()),
            formula(1, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
            formula(2, [2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF]),
            formula(3, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
            record(0x207, b"\x05\0\0stu"),
            record(CONTINUE, b"\x01d\0y\0"),
            formula(4, [3, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
            record(BEGIN, &[0, 6]),
            formula(5, 9.0_f64.to_le_bytes()),
            record(END, &[]),
            record(0xBD, &[0, 0, 6, 0, 0, 0, 6, 0, 0, 0, 0, 0, 11, 0, 0, 0, 7, 0]),
            record(END, &[]),
            formula(9, 9.0_f64.to_le_bytes()),
        ];
        let mut collector = Collector::new();
        sheet(&stream.concat(), &Globals::default(), &mut collector).unwrap();
        let rows = collector.sheet("s".to_owned()).rows;
        let text = |text: &str| Ok(text.to_owned());
        assert_eq!(
            rows,
            [(
                0,
                vec![
                    (0, text("2.5")),
                    (1, text("True")),
                    (2, Err("this cell shows the error #N/A".to_owned())),
                    (3, text("study")),
                    (6, text("1")),
                    (7, text("0.02")),
                ]
            )]
        );
    }

    #[test]
    fn formats_of_dates() {
        for format in ["yyyy-mm-dd", "d/m/yy h:mm", "hh:mm:ss", "[$-409]d mmm yyyy;@"] {
            assert_eq!(custom_format(format), Some(Moment::DateTime), "{format}");
        }
        assert_eq!(custom_format("[h]:mm:ss"), Some(Moment::Duration));
        for format in ["General", "0.00", "#,##0 \"days\"", "[Red]0", "0\\d", "0.00E+00", ""] {
            assert_eq!(custom_format(format), None, "{format}");
        }
    }
}
