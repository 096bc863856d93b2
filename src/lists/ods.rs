//! Workbooks of LibreOffice and other programs (.ods).
//!
//! A reader of our own: the file itself holds what each cell shows, and which rows are hidden; calamine gives the stored
//! numbers only, without their zeros in front.

use std::collections::HashSet;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::archive::{Archive, attribute, elements, xml};
use super::cells::{self, Cell, CellFault, Collector, Sheet, number};
use super::workbook::{Book, Tab, damaged, protected};
use crate::problem::Problem;

/// Inside these are tables and texts that do not belong to the sheet.
const ASIDE: [&str; 6] = ["annotation", "tracked-changes", "shapes", "forms", "frame", "dde-links"];

/// Where the reader is.
#[derive(Default)]
struct Reading {
    sheets: Vec<(Tab, Sheet)>,
    /// The styles of hidden sheets.
    hidden_styles: HashSet<String>,
    /// The style that is being described.
    style: Option<String>,
    /// The sheet that is being read, and the next row of it.
    tab: Option<Tab>,
    collector: Collector,
    hidden: Vec<u32>,
    row: u32,
    /// How often the row stands there, and the cells of one.
    rows: u32,
    is_hidden: bool,
    cells: Vec<(u32, Cell)>,
    column: u32,
    /// The cell that is being read, how often it stands there, and its text.
    cell: Option<Value>,
    columns: u32,
    text: Option<String>,
    /// How deep inside of what is left aside.
    aside: usize,
}

/// What a cell holds.
struct Value {
    kind: String,
    number: Option<f64>,
    has_formula: bool,
}

/// Opens a workbook.
pub(super) fn open(mut archive: Archive<'_>) -> Result<Book<'_>, Problem> {
    let mut is_encrypted = false;
    let manifest = "META-INF/manifest.xml";
    if archive.index_for_name(manifest).is_some() {
        elements(&mut archive, manifest, &mut |element| {
            is_encrypted |= element.local_name().as_ref() == "encryption-data";
        })?;
    }
    if is_encrypted {
        return Err(protected());
    }
    let (mut xml, mut buffer, mut reading) = (xml(&mut archive, "content.xml")?, vec![], Reading::default());
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) if ASIDE.contains(&element.local_name().as_ref()) => reading.aside += 1,
            Event::End(element) if ASIDE.contains(&element.local_name().as_ref()) => {
                reading.aside = reading.aside.saturating_sub(1);
            }
            Event::Eof => break,
            _ if reading.aside > 0 => {}
            Event::Start(element) => reading.start(&element),
            Event::End(element) => reading.end(element.local_name().as_ref())?,
            Event::Text(text) => reading.add(&text),
            Event::CData(text) => reading.add(&text),
            Event::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().map_err(damaged)?;
                match letter {
                    Some(letter) => reading.add(letter.encode_utf8(&mut [0; 4])),
                    None => reading.add(resolve_predefined_entity(&reference).unwrap_or_default()),
                }
            }
            _ => {}
        }
        buffer.clear();
    }
    let (tabs, mut sheets): (Vec<Tab>, Vec<Sheet>) = reading.sheets.into_iter().unzip();
    let names: Vec<String> = tabs.iter().map(|tab| tab.name.clone()).collect();
    let read = move |name: &str| {
        let number = names.iter().position(|known| known == name);
        let sheet = number.and_then(|number| sheets.get_mut(number)).ok_or_else(|| damaged("a sheet is missing"))?;
        Ok(std::mem::take(sheet))
    };
    Ok(Book { tabs, read: Box::new(read), sees_all: true })
}

impl Reading {
    fn start(&mut self, element: &BytesStart<'_>) {
        let times = |name: &str| attribute(element, name).and_then(|times| times.parse().ok()).unwrap_or(1);
        match element.local_name().as_ref() {
            "style" => self.style = attribute(element, "name"),
            "table-properties" if attribute(element, "display").is_some_and(|shown| shown == "false") => {
                self.hidden_styles.extend(self.style.clone());
            }
            "table" => {
                let hidden = attribute(element, "style-name").is_some_and(|style| self.hidden_styles.contains(&style));
                self.tab = attribute(element, "name").map(|name| Tab { name, hidden });
                self.row = 0;
            }
            "table-row" => {
                self.rows = times("number-rows-repeated");
                self.is_hidden = attribute(element, "visibility").is_some_and(|shown| shown != "visible");
                self.column = 0;
            }
            "table-cell" | "covered-table-cell" => {
                self.columns = times("number-columns-repeated");
                self.cell = Some(Value {
                    kind: attribute(element, "value-type").unwrap_or_default(),
                    number: attribute(element, "value").and_then(|value| value.parse().ok()),
                    has_formula: attribute(element, "formula").is_some(),
                });
                self.text = None;
            }
            "p" => match &mut self.text {
                Some(text) => text.push('\n'),
                None => self.text = self.cell.is_some().then(String::new),
            },
            "s" => {
                let count = attribute(element, "c").and_then(|count| count.parse().ok()).unwrap_or(1);
                self.add(&" ".repeat(std::cmp::min(count, 1000)));
            }
            "tab" => self.add("\t"),
            "line-break" => self.add("\n"),
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(shown) = &mut self.text {
            shown.push_str(text);
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Problem> {
        match name {
            "table-cell" | "covered-table-cell" => {
                if let Some(value) = self.cell.take() {
                    let shown = content(&value, self.text.take().unwrap_or_default());
                    if shown != Cell::Empty && name == "table-cell" {
                        // A sheet cannot have more columns.
                        let last = self.column.saturating_add(self.columns).min(16_384);
                        self.cells.extend((self.column..last).map(|column| (column, shown.clone())));
                    }
                    self.column = self.column.saturating_add(self.columns);
                }
            }
            "table-row" => {
                let cells = std::mem::take(&mut self.cells);
                let last = self.row.saturating_add(self.rows);
                if !cells.is_empty() {
                    for row in self.row..last {
                        self.hidden.extend(self.is_hidden.then_some(row));
                        for (column, cell) in &cells {
                            self.collector.add(row, *column, cell.clone())?;
                        }
                    }
                }
                self.row = last;
            }
            "table" => {
                let sheet = std::mem::take(&mut self.collector).sheet(std::mem::take(&mut self.hidden));
                self.sheets.extend(self.tab.take().map(|tab| (tab, sheet)));
            }
            _ => {}
        }
        Ok(())
    }
}

/// What a cell shows, if it is what the cell holds.
fn content(value: &Value, shown: String) -> Cell {
    match value.kind.as_str() {
        "" | "string" if value.has_formula && value.kind.is_empty() && shown.trim().is_empty() => {
            Cell::Faulty(CellFault::FORMULA)
        }
        "" | "string" => cells::text(shown),
        "date" | "time" => Cell::Date(shown),
        "boolean" => Cell::Faulty(CellFault::BOOLEAN),
        "float" => {
            let Some(number) = value.number else {
                return Cell::Faulty(CellFault::new("this cell does not contain a number"));
            };
            if value.has_formula && number == 0.0 {
                return Cell::Faulty(CellFault::FORMULA);
            }
            shown_number(number, shown.trim()).map_or_else(Cell::Faulty, cells::text)
        }
        _ => Cell::Faulty(CellFault::new(format!("this cell shows '{}', which is not a plain number", shown.trim()))),
    }
}

/// The text that a number is shown as, if it shows that number: digits, with a text before them perhaps.
fn shown_number(value: f64, shown: &str) -> Result<String, CellFault> {
    let unformatted = number(value)?;
    let digits = shown.find(|letter: char| letter.is_ascii_digit()).unwrap_or(shown.len());
    let (before, digits) = shown.split_at(digits);
    // In the language of who wrote it, the point can be a comma.
    let digits = digits.replacen(',', ".", 1);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let before_digits = before.strip_suffix('-').filter(|_| value < 0.0).unwrap_or(before);
    if is_plain && digits.parse() == Ok(value.abs()) && (value >= 0.0 || before.ends_with('-')) {
        // `12,5` of a number is `12.5`; `12` stays as it is shown.
        let sign = if value < 0.0 { "-" } else { "" };
        return Ok(format!("{before_digits}{sign}{digits}"));
    }
    Err(CellFault::new(format!("this cell shows '{shown}', but contains the number {unformatted}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_shown() {
        for (value, shown, text) in [
            (123.0, "0000123", "0000123"),
            (123.0, "MR0000123", "MR0000123"),
            (1_234_567.123_456_78, "1234567,12345678", "1234567.12345678"),
            (1_234_567.123_456_7, "1234567.12345670", "1234567.12345670"),
            (-5.0, "-5", "-5"),
        ] {
            assert_eq!(shown_number(value, shown).as_deref(), Ok(text));
        }
        for (value, shown) in
            [(1234.0, "1,234"), (1234.0, "1.234"), (1.25, "1.3"), (0.5, "50%"), (5.0, ""), (5.0, "(5)")]
        {
            assert!(shown_number(value, shown).is_err(), "{shown}");
        }
    }
}
