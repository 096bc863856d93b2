//! What the cells of a workbook say, as their user sees them.

use chrono::{Days, NaiveDate};

use super::list::Cell;

/// The first worksheet of a workbook: the cells that are not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sheet {
    pub name: String,
    /// In the order of the sheet; the cells of a row in the order of their columns. Both are counted from 0.
    pub rows: Vec<(u32, Vec<(u32, Cell)>)>,
}

/// Collects cells, as many as a list can have: a file of a few kilobytes can claim to hold billions.
#[derive(Debug)]
pub(super) struct Collector {
    cells: Vec<((u32, u32), Cell)>,
    bytes: usize,
}

/// More cells or text than a list of patients has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch;

const MOST_CELLS: usize = 2_000_000;
const MOST_BYTES: usize = 128 * 1024 * 1024;
/// What fits in a cell.
const LONGEST_TEXT: usize = 32_767;

impl Collector {
    pub fn new() -> Collector {
        Collector { cells: Vec::new(), bytes: 0 }
    }

    pub fn add(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), TooMuch> {
        self.bytes += cell.as_ref().map_or(0, String::len);
        if cell.as_ref().is_ok_and(String::is_empty) {
            return Ok(());
        }
        if self.cells.len() == MOST_CELLS || self.bytes > MOST_BYTES {
            return Err(TooMuch);
        }
        self.cells.push(((row, column), cell));
        Ok(())
    }

    /// The sheet. Of a cell that came twice, the last one counts.
    pub fn sheet(mut self, name: String) -> Sheet {
        self.cells.sort_by_key(|(position, _)| *position);
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
        Sheet { name, rows }
    }
}

/// A text cell.
pub(super) fn text(text: &str) -> Cell {
    if text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT {
        return Err("this cell holds more text than fits in a cell".to_owned());
    }
    Ok(text.trim().to_owned())
}

/// A number: whole numbers without `.0`, others with all their digits.
///
/// A spreadsheet keeps 15 digits of a number. One that has more was longer when it was typed, and is now another one.
pub(super) fn number(value: f64) -> Cell {
    if !value.is_finite() {
        return Err("this cell holds no number".to_owned());
    }
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return Ok(format!("{value:.0}").replace("-0", if value == 0.0 { "0" } else { "-0" }));
    }
    if value.abs() >= 1e15 {
        return Err("this number has more digits than a spreadsheet keeps (15), so its last ones may be wrong: \
                    format the cell as text and type it again"
            .to_owned());
    }
    Ok(if value.abs() < 1e-4 { format!("{value:e}") } else { format!("{value}") })
}

/// A boolean, as AnonAPI has it.
pub(super) fn boolean(value: bool) -> Cell {
    Ok(if value { "True" } else { "False" }.to_owned())
}

/// A cell that shows an error, such as `#N/A`.
pub(super) fn error(name: &str) -> Cell {
    Err(format!("this cell shows the error {name}"))
}

/// The kinds of dates and times that a number can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// A date, a time of the day, or both.
    DateTime,
    /// A length of time.
    Duration,
}

const MILLISECONDS_A_DAY: f64 = 86_400_000.0;

/// A date or time: `2020-01-31`, `2020-01-31 13:45:00`, `13:45:00`. `serial` counts days since 1900, or since 1904.
pub(super) fn moment(serial: f64, kind: Moment, since_1904: bool) -> Cell {
    // Up to the end of the year 9999.
    if !(0.0..2_958_466.0).contains(&serial) {
        return number(serial);
    }
    let milliseconds = (serial * MILLISECONDS_A_DAY).round() as u64;
    if kind == Moment::Duration {
        return Ok(time(milliseconds));
    }
    let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000);
    let date = match (days, since_1904) {
        (0, false) => return Ok(time(rest)),
        (_, true) => NaiveDate::from_ymd_opt(1904, 1, 1),
        // Excel believes that there was a 29 February in 1900, which is day 60.
        (1..60, false) => NaiveDate::from_ymd_opt(1899, 12, 31),
        (_, false) => NaiveDate::from_ymd_opt(1899, 12, 30),
    };
    match date.and_then(|date| date.checked_add_days(Days::new(days))) {
        Some(date) if rest == 0 => Ok(date.to_string()),
        Some(date) => Ok(format!("{date} {}", time(rest))),
        None => number(serial),
    }
}

fn time(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { time } else { format!("{time}.{rest:03}") }
}

/// The name of a cell in A1 notation, from its row and column counted from 0.
pub(super) fn a1(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), u64::from(row) + 1)
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
            (0.00001, "1e-5"),
        ] {
            assert_eq!(number(value).unwrap(), text);
        }
        assert!(number(1e15).unwrap_err().contains("more digits"));
        assert!(number(f64::NAN).is_err());
        assert!(number(f64::INFINITY).is_err());
    }

    #[test]
    fn dates_and_times() {
        let date = |serial| moment(serial, Moment::DateTime, false).unwrap();
        assert_eq!(date(43_831.0), "2020-01-01");
        assert_eq!(date(43_832.127_835_648_15), "2020-01-02 03:04:05");
        assert_eq!(date(0.5), "12:00:00");
        assert_eq!(date(1.0), "1900-01-01");
        assert_eq!(date(59.0), "1900-02-28");
        assert_eq!(date(61.0), "1900-03-01");
        assert_eq!(date(2_958_465.0), "9999-12-31");
        assert_eq!(moment(42_369.0, Moment::DateTime, true).unwrap(), "2020-01-01");
        assert_eq!(moment(1.25, Moment::Duration, false).unwrap(), "30:00:00");
        for strange in [-1.0, 1e300, f64::NAN, f64::INFINITY, 2_958_465.999_999_999_9] {
            let _ = moment(strange, Moment::DateTime, true);
            let _ = moment(strange, Moment::DateTime, false);
            let _ = moment(strange, Moment::Duration, false);
        }
    }

    #[test]
    fn names_of_cells() {
        for (row, column, name) in
            [(0, 0, "A1"), (6, 1, "B7"), (0, 25, "Z1"), (0, 26, "AA1"), (1_048_575, 16_383, "XFD1048576")]
        {
            assert_eq!(a1(row, column), name);
        }
        assert!(a1(u32::MAX, u32::MAX).ends_with("4294967296"));
    }

    #[test]
    fn cells_are_sorted_and_counted() {
        let mut collector = Collector::new();
        for (row, column, value) in [(1, 1, "d"), (0, 3, "b"), (1, 0, "c"), (0, 0, "a"), (1, 1, "e"), (2, 0, "")] {
            collector.add(row, column, text(value)).unwrap();
        }
        let sheet = collector.sheet("s".to_owned());
        let cell = |value: &str| Ok(value.to_owned());
        assert_eq!(sheet.rows, [(0, vec![(0, cell("a")), (3, cell("b"))]), (1, vec![(0, cell("c")), (1, cell("e"))])]);
        let mut collector = Collector::new();
        let large = "x".repeat(LONGEST_TEXT);
        assert!((0..10_000).any(|row| collector.add(row, 0, text(&large)).is_err()));
        assert!(text(&"x".repeat(LONGEST_TEXT + 1)).is_err());
    }
}
