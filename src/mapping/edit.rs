//! Changes to the text of a mapping: adding rows, setting an option.

use crate::text::records::{Line, Records, write_field};
use crate::values::{Kind, Parameters};

use super::header::Wanted;
use super::reading::{Layout, Span};
use super::table::{self, Header};
use super::{Mapping, header, options};

/// One change: replaces what is between two places of the text.
struct Change {
    from: usize,
    to: usize,
    text: String,
}

impl Change {
    fn insert(at: usize, text: impl Into<String>) -> Change {
        Change { from: at, to: at, text: text.into() }
    }
}

/// What a header line begins with that is written for a mapping without one.
const COLUMNS: [Kind; 3] = [Kind::Source, Kind::PseudoName, Kind::Description];

/// The text with rows added after the last one and without the untouched example rows.
pub(super) fn with_rows(text: &str, mapping: &Mapping, layout: &Layout, rows: &[Parameters]) -> String {
    let mut changes = Vec::new();
    let missing = missing_columns(mapping, rows);
    let columns = match &layout.header {
        Some(header) => with_header(text, header, mapping, layout, &missing, &mut changes),
        None => missing.iter().map(|kind| Some(*kind)).collect(),
    };
    let examples = layout.rows.iter().zip(&mapping.rows).filter(|(_, row)| row.is_example());
    changes.extend(examples.map(|(span, _)| Change { from: span.at.text.start, to: span.at.end, text: String::new() }));

    let delimiter = mapping.delimiter;
    let last = last_line(layout);
    let line_end = line_end_at(text, last);
    let mut added = String::new();
    // An example row goes, with or without a line end.
    let is_kept = !mapping.rows.last().is_some_and(super::Row::is_example);
    if is_kept && last.is_some_and(is_open) {
        added.push_str(line_end);
    }
    if layout.header.is_none() {
        write_line(&mut added, delimiter, line_end, columns.iter().map(|kind| kind.map_or("", Kind::name)));
    }
    for row in rows {
        let values = columns.iter().map(|kind| kind.and_then(|kind| row.get(kind)).unwrap_or_default());
        write_line(&mut added, delimiter, line_end, values);
    }
    changes.push(Change::insert(last.map_or(0, |line| line.end), added));
    apply(text, changes)
}

/// Puts the header line right and adds the missing columns. Returns all columns.
fn with_header(
    text: &str,
    header: &Header,
    mapping: &Mapping,
    layout: &Layout,
    missing: &[Kind],
    changes: &mut Vec<Change>,
) -> Vec<Option<Kind>> {
    let is_spare = |kind: &Kind| {
        let has_value = mapping.options.get(*kind).is_some();
        !has_value && !mapping.columns.contains(kind) && !missing.contains(kind)
    };
    let spare: Vec<Kind> = [Kind::Description, Kind::PimsKey].into_iter().filter(is_spare).collect();
    let has_rows = mapping.rows.iter().any(|row| !row.is_example());
    let wanted = Wanted { missing, occupied: &layout.occupied, spare: &spare, has_rows };
    let (line, columns) = header::with_columns(text, header, &wanted);
    changes.push(Change { from: header.at.text.start, to: header.at.text.end, text: line });
    let kept = layout.rows.iter().zip(&mapping.rows).filter(|(_, row)| !row.is_example());
    changes.extend(kept.filter_map(|(span, _)| padding(text, header, span, columns.len())));
    columns
}

/// The columns that the rows need and the mapping lacks; all that a new header line needs if there is none.
fn missing_columns(mapping: &Mapping, rows: &[Parameters]) -> Vec<Kind> {
    let mut missing = if mapping.columns.is_empty() { COLUMNS.to_vec() } else { Vec::new() };
    for (kind, value) in rows.iter().flat_map(Parameters::iter) {
        if !value.trim().is_empty() && !mapping.columns.contains(&kind) && !missing.contains(&kind) {
            missing.push(kind);
        }
    }
    missing
}

/// What a row needs at its end so that it is still split at the same delimiter when there are more columns.
///
/// Hardly any row needs this: only one that holds the other delimiter too (see [`table::split`]).
fn padding(text: &str, header: &Header, span: &Span, columns: usize) -> Option<Change> {
    if columns == header.cells.len() {
        return None;
    }
    // With the other delimiter, a quote may open that closes on a later line.
    let records = Records::new(&text[span.at.text.start..]);
    let (_, delimiter) = table::split(&records, header.delimiter, columns)?;
    if delimiter == span.delimiter {
        return None;
    }
    let cells = records.peek(span.delimiter)?.fields.len();
    let fill = span.delimiter.to_string().repeat(columns.saturating_sub(cells));
    Some(Change::insert(span.at.text.end, fill))
}

/// The text with an option set: in the line that it has, or in a new one after the last option. `None` if no section has
/// options.
pub(super) fn with_option(text: &str, mapping: &Mapping, layout: &Layout, kind: Kind, value: &str) -> Option<String> {
    let value = options::written(value);
    if let Some(span) = layout.options.iter().find(|option| option.kind == kind) {
        let delimiter = options::delimiter_before(&value, span.delimiter).to_string();
        let (at, length) = (span.delimiter_at, span.delimiter.len_utf8());
        let changes = vec![
            Change { from: at, to: at + length, text: delimiter },
            Change { from: span.value.start, to: span.value.end, text: value },
        ];
        return Some(apply(text, changes));
    }
    let last = layout.options.last().map(|option| &option.at).or(layout.options_heading.as_ref())?;
    let usual = layout.options.first().map_or(mapping.delimiter, |option| option.delimiter);
    let delimiter = options::delimiter_before(&value, usual);
    let line_end = line_end_at(text, Some(last));
    let mut line = if is_open(last) { line_end.to_owned() } else { String::new() };
    line.push_str(kind.name());
    line.push(delimiter);
    line.push_str(&value);
    line.push_str(line_end);
    Some(apply(text, vec![Change::insert(last.end, line)]))
}

/// The line that new rows come after.
fn last_line(layout: &Layout) -> Option<&Line> {
    let row = layout.rows.last().map(|row| &row.at);
    row.or(layout.header.as_ref().map(|header| &header.at)).or(layout.heading.as_ref())
}

/// Whether a line ends with the text.
fn is_open(line: &Line) -> bool {
    line.text.end == line.end
}

/// The line end for a new line after this one: that of the line itself, or the last one in the file.
fn line_end_at<'a>(text: &'a str, line: Option<&Line>) -> &'a str {
    let Some(line) = line else { return "\r\n" };
    if !is_open(line) {
        return &text[line.text.end..line.end];
    }
    let before = &text[..line.end];
    match before.rfind(['\r', '\n']) {
        Some(last) if before[..last].ends_with('\r') && before[last..].starts_with('\n') => &before[last - 1..=last],
        Some(last) => &before[last..=last],
        None => "\r\n",
    }
}

fn write_line<'a>(out: &mut String, delimiter: char, line_end: &str, values: impl Iterator<Item = &'a str>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push(delimiter);
        }
        write_field(out, value);
    }
    out.push_str(line_end);
}

fn apply(text: &str, mut changes: Vec<Change>) -> String {
    // Stable: an insertion stays behind the deletion that ends where it is.
    changes.sort_by_key(|change| change.from);
    let mut edited = String::with_capacity(text.len() + changes.iter().map(|change| change.text.len()).sum::<usize>());
    let mut position = 0;
    for change in changes {
        edited.push_str(&text[position..change.from]);
        edited.push_str(&change.text);
        position = change.to;
    }
    edited.push_str(&text[position..]);
    edited
}
