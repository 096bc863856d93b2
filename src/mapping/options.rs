//! One line of the options: `name,value`.

use std::ops::Range;

use crate::problem::{Place, Problem};
use crate::text::records::{DELIMITERS, Line, Records, without_trailing_delimiters, write_field};
use crate::values::{Kind, without_invisible};

use super::sections::Section;

/// An option as the file has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub kind: Kind,
    pub value: String,
    pub line: usize,
    pub span: OptionSpan,
}

/// Where an option is in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OptionSpan {
    pub kind: Kind,
    pub delimiter: char,
    /// What separates name and value.
    pub delimiter_at: usize,
    /// Its value, with quotes but without surrounding spaces.
    pub value: Range<usize>,
    /// All of it.
    pub at: Line,
}

/// Reads the option that begins with the next line, and goes past it.
///
/// The first delimiter splits the line and all that follows is the value, as a path may well hold another one. Only a value
/// in quotes, as spreadsheets write it, can go on over several lines.
pub(super) fn read(records: &mut Records<'_>) -> Result<Setting, Problem> {
    let line = records.line();
    let text = records.peek_line().unwrap_or_default();
    let Some((position, delimiter)) = delimiter_of(text) else {
        records.skip_line();
        return Err(without_delimiter(line, text));
    };
    let start = records.position();
    let Quoted { value, place, option } = match quoted_value(records, delimiter) {
        Some(found) => found.map_err(|()| unterminated(line))?,
        None => {
            let from = position + delimiter.len_utf8();
            let value = without_trailing_delimiters(&text[from..]);
            // An empty value is right behind the delimiter.
            let spaces = if value.is_empty() { 0 } else { text[from..].len() - text[from..].trim_start().len() };
            let from = start + from + spaces;
            Quoted { value: value.to_owned(), place: from..from + value.len(), option: records.skip_line() }
        }
    };
    let name = without_invisible(text[..position].trim().trim_matches('"').trim()).text;
    match Kind::from_name(&name) {
        Some(kind) => {
            let delimiter_at = start + position;
            let span = OptionSpan { kind, delimiter, delimiter_at, value: place, at: option };
            Ok(Setting { kind, value, line, span })
        }
        None => Err(Problem::new(Place::Line(line), format!("'{name}' is not an option")).hint(Kind::hint(&name))),
    }
}

/// The delimiter between a name and this value. AnonAPI splits at the first comma, if there is one.
pub(super) fn delimiter_before(value: &str, usual: char) -> char {
    if value.contains(',') { ',' } else { usual }
}

/// A value as an option has it. AnonAPI takes all that follows the first delimiter for the value, quotes too: they are used only
/// where there is no other way to write it.
pub(super) fn written(value: &str) -> String {
    let value = value.trim();
    if value.contains(['\r', '\n']) || value.starts_with('"') || value.ends_with(DELIMITERS) {
        let mut quoted = String::new();
        write_field(&mut quoted, value);
        return quoted;
    }
    value.to_owned()
}

/// The first delimiter. A tab may also be there to line up the values.
fn delimiter_of(line: &str) -> Option<(usize, char)> {
    let position = line.find([',', ';', '\t'])?;
    let rest = line[position..].trim_start();
    let padded = line.len() - rest.len();
    match line[position..].chars().next()? {
        '\t' if rest.starts_with([',', ';']) => rest.chars().next().map(|delimiter| (padded, delimiter)),
        '\t' if rest.is_empty() || line[..position].trim().is_empty() => None,
        delimiter => Some((position, delimiter)),
    }
}

/// A value in quotes: what it says, where it is, and where all of the option is.
struct Quoted {
    value: String,
    place: Range<usize>,
    option: Line,
}

/// The value, if it is one cell in quotes; an error if the quote is never closed. Goes past it.
fn quoted_value(records: &mut Records<'_>, delimiter: char) -> Option<Result<Quoted, ()>> {
    let record = records.peek(delimiter)?;
    let (_, cells) = record.fields.split_first()?;
    let (value, rest) = cells.split_first()?;
    // A quote that only closes in another section was never meant to reach it.
    let is_closed = !record.unterminated && !records.text(&record.at.text).split(['\r', '\n']).any(is_heading);
    if !value.quoted || is_closed && rest.iter().any(|cell| !cell.value.is_empty()) {
        return None;
    }
    if !is_closed {
        records.skip_line();
        return Some(Err(()));
    }
    let raw = records.text(&value.span);
    let from = value.span.start + raw.len() - raw.trim_start().len();
    let value = value.value.to_string();
    records.pass(&record);
    Some(Ok(Quoted { value, place: from..from + raw.trim().len(), option: record.at }))
}

fn is_heading(line: &str) -> bool {
    Section::heading(line).is_some()
}

fn without_delimiter(line: usize, text: &str) -> Problem {
    let first = text.split_whitespace().next().unwrap_or_default();
    let problem = match Kind::from_name(first) {
        Some(kind) => Problem::new(Place::Line(line), format!("nothing separates option '{kind}' from its value"))
            .hint("is the comma missing?"),
        None => Problem::new(Place::Line(line), "this is not an option: there is no comma in it"),
    };
    if problem.hint.is_some() { problem } else { problem.hint("an option is written as 'name,value'") }
}

/// The problem of a quote that is never closed.
pub(super) fn unterminated(line: usize) -> Problem {
    Problem::new(Place::Line(line), "a quote (\") opens here and is never closed")
        .hint("close it, or remove it; a quote inside a value in quotes is written twice")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Result<(Kind, String), String> {
        let setting = read(&mut Records::new(text)).map_err(|problem| format!("{problem:?}"))?;
        Ok((setting.kind, setting.value))
    }

    #[test]
    fn values_as_people_and_spreadsheets_leave_them() {
        for (line, value) in [
            ("project,Wetenschap", "Wetenschap"),
            ("project,          Wetenschap-Algemeen  ", "Wetenschap-Algemeen"),
            ("project;Wetenschap;;;", "Wetenschap"),
            (" PROJECT , Wetenschap,,, ", "Wetenschap"),
            ("project,a, b;c", "a, b;c"),
            ("project;a,b", "a,b"),
            ("project,\"a, b\",,", "a, b"),
            ("\"project\",\"say \"\"hi\"\"\"", "say \"hi\""),
            ("project,\"a\" and \"b\", too", "\"a\" and \"b\", too"),
            ("project,\"a\nb\"\nnext", "a\nb"),
            ("project\tWetenschap\t\t", "Wetenschap"),
            ("project\t, Wetenschap", "Wetenschap"),
            ("project,", ""),
            ("project,,,", ""),
        ] {
            assert_eq!(one(line), Ok((Kind::Project, value.to_owned())), "{line:?}");
        }
    }

    #[test]
    fn a_missing_comma_is_recognised() {
        let problem = read(&mut Records::new(r"root_source_path  \\server\share")).unwrap_err();
        assert_eq!(problem.place, Place::Line(1));
        assert_eq!(problem.message, "nothing separates option 'root_source_path' from its value");
        assert_eq!(problem.hint.as_deref(), Some("is the comma missing?"));
        assert!(one("something else").unwrap_err().contains("name,value"));
    }

    #[test]
    fn an_unknown_option_names_the_nearest() {
        assert!(one("projct,x").unwrap_err().contains("did you mean 'project'?"));
    }

    #[test]
    fn a_quote_that_stays_open_costs_one_line() {
        let mut records = Records::new("project,\"a\ndestination_path,b");
        assert!(read(&mut records).unwrap_err().message.contains("never closed"));
        assert_eq!(read(&mut records).unwrap().kind, Kind::DestinationPath);
        // One that closes in another section was not meant to.
        let mut records = Records::new("project,\"a\n## Mapping ##\nsource,\"description\"");
        assert!(read(&mut records).unwrap_err().message.contains("never closed"));
        assert_eq!(records.peek_line(), Some("## Mapping ##"));
    }
}
