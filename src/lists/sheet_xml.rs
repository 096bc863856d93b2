//! What calamine leaves out of the XML of a workbook: rows that are hidden, formulas without a result.

use quick_xml::events::{BytesStart, Event};

use super::archive::{Archive, attribute, elements, xml};
use super::workbook::damaged;
use crate::problem::Problem;

/// A sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Details {
    /// The rows that a person or a filter has hidden.
    pub hidden: Vec<u32>,
    /// The cells with a formula that no program has calculated.
    pub uncalculated: Vec<(u32, u32)>,
}

/// The maximum number of rows: a sheet cannot have more.
const MOST_ROWS: u32 = 1_048_576;

/// The names of the sheets, and the parts of the archive that they are in.
pub(super) fn parts(archive: &mut Archive<'_>) -> Result<Vec<(String, String)>, Problem> {
    let mut main = "xl/workbook.xml".to_owned();
    elements(archive, "_rels/.rels", &mut |element| {
        if attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument")) {
            main =
                attribute(element, "Target").map_or(main.clone(), |target| target.trim_start_matches('/').to_owned());
        }
    })?;
    let (folder, file) = main.rsplit_once('/').map_or(("", main.as_str()), |(folder, file)| (folder, file));
    let in_folder = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let mut targets = vec![];
    elements(archive, &in_folder(&format!("_rels/{file}.rels")), &mut |element| {
        if let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target")) {
            let path = target.strip_prefix('/').map_or_else(|| in_folder(&target), str::to_owned);
            targets.push((id, path));
        }
    })?;
    let mut sheets = vec![];
    elements(archive, &main, &mut |element| {
        if element.local_name().as_ref() != "sheet" {
            return;
        }
        if let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id")) {
            let path = targets.iter().find(|(known, _)| *known == id).map(|(_, path)| path.clone());
            sheets.extend(path.map(|path| (name, path)));
        }
    })?;
    Ok(sheets)
}

/// Reads the XML of a sheet.
pub(super) fn details(archive: &mut Archive<'_>, part: &str) -> Result<Details, Problem> {
    let (mut xml, mut buffer) = (xml(archive, part)?, vec![]);
    let mut details = Details::default();
    let (mut row, mut column) = (0, 0);
    let (mut formula, mut is_text) = (false, false);
    let mut value: Option<String> = None;
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "row" => {
                    let number = attribute(&element, "r").and_then(|number| number.parse().ok());
                    row = number.map_or(row, |number: u32| number.saturating_sub(1));
                    if row < MOST_ROWS && is_hidden(&element) {
                        details.hidden.push(row);
                    }
                }
                "c" => {
                    if let Some((at_row, at_column)) = attribute(&element, "r").as_deref().and_then(position) {
                        (row, column) = (at_row, at_column);
                    }
                    (formula, value) = (false, None);
                    is_text = attribute(&element, "t").is_some_and(|kind| kind == "str");
                }
                "f" => formula = true,
                "v" => value = Some(String::new()),
                _ => {}
            },
            Event::Text(text) => {
                if let Some(value) = &mut value {
                    value.push_str(&text);
                }
            }
            Event::End(element) => match element.local_name().as_ref() {
                "row" => (row, column) = (row + 1, 0),
                "c" => {
                    // Programs that do not calculate their formulas leave the value out, or write 0.
                    let is_calculated = match value.as_deref() {
                        None | Some("") => is_text,
                        Some(value) => value != "0" || is_text,
                    };
                    if formula && !is_calculated {
                        details.uncalculated.push((row, column));
                    }
                    (column, value) = (column + 1, None);
                }
                "sheetData" => return Ok(details),
                _ => {}
            },
            Event::Eof => return Ok(details),
            _ => {}
        }
        buffer.clear();
    }
}

fn is_hidden(row: &BytesStart<'_>) -> bool {
    attribute(row, "hidden").is_some_and(|value| matches!(value.as_str(), "1" | "true"))
        || attribute(row, "ht").is_some_and(|height| height.parse() == Ok(0.0))
}

/// Row and column of `B7`, from 0.
fn position(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|letter: char| letter.is_ascii_digit())?;
    let column = name[..digits].bytes().try_fold(0u32, |column, letter| {
        letter.is_ascii_alphabetic().then_some(())?;
        column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    Some((name[digits..].parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        assert_eq!(position("B7"), Some((6, 1)));
        assert_eq!(position("AA1"), Some((0, 26)));
        for name in ["", "7", "B", "B0", "é1", "ZZZZZZZZZZ1"] {
            assert_eq!(position(name), None, "{name}");
        }
    }
}
