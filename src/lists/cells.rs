//! What the cells of a workbook hold, and what they show.

use std::borrow::Cow;

use calamine::{Data, ExcelDateTime};

use super::format;
use super::workbook::too_large;
use crate::problem::{Place, Problem};

/// A cell of a list, as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// There is nothing in it.
    Empty,
    /// A text, or a number as it is shown.
    Text(String),
    /// A day, which a spreadsheet may have made of something else.
    Date(String),
    /// It shows nothing that could be a value.
    Faulty(CellFault),
}

/// Why a cell is not taken, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CellFault {
    message: Cow<'static, str>,
    hint: &'static str,
}

impl CellFault {
    /// A date where a number or a name belongs.
    pub const DATE: CellFault = CellFault {
        message: Cow::Borrowed("this cell contains a date or a time, not a number or a name"),
        hint: "format the column as text, type the value again and save the list",
    };
    /// A formula that no program has calculated yet.
    pub const FORMULA: CellFault = CellFault {
        message: Cow::Borrowed("this cell contains a formula whose result is not in the file"),
        hint: "open the file in a spreadsheet program and save it, so that the formula is calculated",
    };
    pub const BOOLEAN: CellFault = CellFault {
        message: Cow::Borrowed("this cell contains 'true' or 'false', which looks different in every language"),
        hint: "format the column as text and type the value again",
    };
    const AS_TEXT: &str = "format the column as text, enter the value again and save the list";

    pub fn new(message: impl Into<Cow<'static, str>>) -> CellFault {
        CellFault { message: message.into(), hint: CellFault::AS_TEXT }
    }

    /// A cell that shows an error, such as `#N/A`.
    fn error(name: impl std::fmt::Display) -> CellFault {
        CellFault {
            message: format!("this cell shows the error {name}").into(),
            hint: "correct the formula in the spreadsheet, or type the value",
        }
    }

    /// The problem in this place.
    pub fn at(&self, place: Place) -> Problem {
        Problem::new(place, self.message.as_ref()).hint(self.hint)
    }
}

/// A worksheet: the cells that are not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sheet {
    /// In the order of the sheet; the cells of a row in the order of their columns. Both are counted from 0.
    pub rows: Vec<(u32, Vec<(u32, Cell)>)>,
    /// The rows that a person or a filter has hidden, in their order.
    pub hidden: Vec<u32>,
}

/// Collects cells, as many as a list can have: a file of a few kilobytes can claim to hold billions.
#[derive(Debug, Default)]
pub(super) struct Collector {
    cells: Vec<((u32, u32), Cell)>,
    bytes: usize,
}

/// The most cells of a sheet that are not empty.
pub(super) const MOST_CELLS: usize = 2_000_000;
/// The most text in the cells of a sheet, in bytes.
const MOST_BYTES: usize = 128 * 1024 * 1024;
/// What fits in a cell.
const LONGEST_TEXT: usize = 32_767;

impl Collector {
    /// # Errors
    /// For more cells or text than a list of patients has.
    pub fn add(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), Problem> {
        match &cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) => self.bytes += text.len(),
            Cell::Date(_) | Cell::Faulty(_) => {}
        }
        if self.cells.len() == MOST_CELLS || self.bytes > MOST_BYTES {
            let mebibytes = MOST_BYTES / 1024 / 1024;
            return Err(too_large(format!("more than {MOST_CELLS} cells or {mebibytes} MiB of text in a sheet")));
        }
        self.cells.push(((row, column), cell));
        Ok(())
    }

    /// The sheet. If a cell occurs twice, the last one counts.
    pub fn sheet(mut self, mut hidden: Vec<u32>) -> Sheet {
        self.cells.sort_by_key(|(position, _)| *position);
        hidden.sort_unstable();
        let mut rows: Vec<(u32, Vec<(u32, Cell)>)> = Vec::new();
        for ((row, column), cell) in self.cells {
            if rows.last().is_none_or(|(last, _)| *last != row) {
                rows.push((row, Vec::new()));
            }
            let Some((_, cells)) = rows.last_mut() else { continue };
            match cells.last_mut() {
                Some((last, old)) if *last == column => *old = cell,
                _ => cells.push((column, cell)),
            }
        }
        Sheet { rows, hidden }
    }
}

/// A text cell. Surrounding spaces stay: a folder's name can begin with a space.
pub(super) fn text(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT {
        return Cell::Faulty(CellFault::new("this cell contains more text than fits in a cell"));
    }
    if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text) }
}

/// A number without a format: whole numbers without `.0`, others with all their digits.
///
/// A spreadsheet keeps 15 digits of a number. One that has more was longer when it was typed, and is now another one.
pub(super) fn number(value: f64) -> Result<String, CellFault> {
    if !value.is_finite() {
        return Err(CellFault::new("this cell does not contain a number"));
    }
    if value.abs() >= 1e15 {
        return Err(CellFault::new(
            "this number has more digits than a spreadsheet keeps (15), so its last ones may be wrong",
        ));
    }
    if value.fract() == 0.0 {
        // Without the sign of -0.
        return Ok(format!("{:.0}", value + 0.0));
    }
    if value.abs() < 1e-4 {
        return Ok(format!("{value:e}"));
    }
    let text = value.to_string();
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if digits > 15 {
        return Err(CellFault::new(format!("this cell contains {text}, and a spreadsheet shows only 15 digits of it")));
    }
    Ok(text)
}

/// What a cell shows, by its value and its number format.
pub(super) fn shown(value: Data, format: &str) -> Cell {
    match value {
        Data::Int(value) => format::shown(value as f64, format),
        Data::Float(value) => format::shown(value, format),
        Data::String(text) => format::shown_text(&text, format),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Date(text),
        Data::Bool(_) => Cell::Faulty(CellFault::BOOLEAN),
        Data::DateTime(moment) => day(&moment),
        Data::Error(error) => Cell::Faulty(CellFault::error(error)),
        Data::Empty => Cell::Empty,
    }
}

/// A date can be the name of a folder: `2020-01-31`. A date with a time, or just a time, cannot.
fn day(moment: &ExcelDateTime) -> Cell {
    let days = moment.as_f64();
    // Up to the end of the year 9999; beyond that, a spreadsheet shows `####`.
    if moment.is_duration() || days.fract() != 0.0 || !(1.0..2_958_466.0).contains(&days) {
        return Cell::Faulty(CellFault::DATE);
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    Cell::Date(format!("{year}-{month:02}-{day:02}"))
}

/// The name of a cell in A1 notation, from its row and column counted from 0.
pub(super) fn a1(row: usize, column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_seen() {
        for (value, text) in [
            (1_234_567.123_456_78, "1234567.12345678"),
            (12_345_678.123_456_7, "12345678.1234567"),
            (5.0, "5"),
            (-5.0, "-5"),
            (-50.0, "-50"),
            (0.0, "0"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (-0.5, "-0.5"),
            (999_999_999_999_999.0, "999999999999999"),
            (-0.000_000_4, "-4e-7"),
        ] {
            assert_eq!(number(value).unwrap(), text);
        }
        assert!(number(12_345_678.123_456_78).is_err());
        assert!(number(1e15).is_err());
        assert!(number(f64::NAN).is_err());
        assert!(number(f64::INFINITY).is_err());
    }

    #[test]
    fn days_and_times() {
        use calamine::ExcelDateTimeType::{DateTime, TimeDelta};
        let shown = |serial, kind, since_1904| match day(&ExcelDateTime::new(serial, kind, since_1904)) {
            Cell::Date(text) => Some(text),
            _ => None,
        };
        for (serial, since_1904, text) in [
            (43_831.0, false, "2020-01-01"),
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (61.0, false, "1900-03-01"),
            (2_958_465.0, false, "9999-12-31"),
            (42_369.0, true, "2020-01-01"),
        ] {
            assert_eq!(shown(serial, DateTime, since_1904).as_deref(), Some(text));
        }
        for strange in [43_832.5, 0.5, -1.0, 1e300, f64::NAN, f64::INFINITY, 2_958_466.0] {
            assert_eq!(shown(strange, DateTime, false), None);
        }
        assert_eq!(shown(2.0, TimeDelta, false), None);
    }

    #[test]
    fn names_of_cells() {
        for (row, column, name) in
            [(0, 0, "A1"), (6, 1, "B7"), (0, 25, "Z1"), (0, 26, "AA1"), (1_048_575, 16_383, "XFD1048576")]
        {
            assert_eq!(a1(row, column), name);
        }
    }

    #[test]
    fn cells_are_sorted_and_counted() {
        let mut collector = Collector::default();
        for (row, column, value) in [(1, 1, "d"), (0, 3, "b"), (1, 0, "c"), (0, 0, "a"), (1, 1, "e"), (2, 0, "")] {
            collector.add(row, column, text(value)).unwrap();
        }
        let sheet = collector.sheet(vec![7, 2]);
        let cell = |value: &'static str| Cell::Text(value.into());
        assert_eq!(sheet.hidden, [2, 7]);
        assert_eq!(sheet.rows, [(0, vec![(0, cell("a")), (3, cell("b"))]), (1, vec![(0, cell("c")), (1, cell("e"))])]);
        let mut collector = Collector::default();
        let large = "x".repeat(LONGEST_TEXT);
        assert!((0..10_000).any(|row| collector.add(row, 0, text(large.clone())).is_err()));
        assert!(matches!(text("x".repeat(LONGEST_TEXT + 1)), Cell::Faulty(_)));
        assert_eq!(text(" "), Cell::Empty);
    }
}
