//! One line of the options: `name,value`.

use crate::problem::{Place, Problem};
use crate::text::records::{Records, without_trailing_delimiters};
use crate::values::Kind;

/// An option as the file has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub kind: Kind,
    pub value: String,
    pub delimiter: char,
    pub line: usize,
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
    let value = match quoted_value(records, delimiter) {
        Some(value) => value.map_err(|()| unterminated(line))?,
        None => {
            records.skip_line();
            without_trailing_delimiters(&text[position + delimiter.len_utf8()..]).to_owned()
        }
    };
    let name = text[..position].trim().trim_matches('"').trim();
    match Kind::from_name(name) {
        Some(kind) => Ok(Setting { kind, value, delimiter, line }),
        None => Err(Problem::new(Place::Line(line), format!("'{name}' is no option")).hint(Kind::hint(name))),
    }
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

/// The value, if it is one cell in quotes; an error if the quote is never closed. Goes past it.
fn quoted_value(records: &mut Records<'_>, delimiter: char) -> Option<Result<String, ()>> {
    let record = records.peek(delimiter)?;
    let (_, cells) = record.fields.split_first()?;
    let (value, rest) = cells.split_first()?;
    if !value.quoted || (!record.unterminated && rest.iter().any(|cell| !cell.value.is_empty())) {
        return None;
    }
    let value = value.value.to_string();
    records.next(delimiter);
    Some(if record.unterminated { Err(()) } else { Ok(value) })
}

fn without_delimiter(line: usize, text: &str) -> Problem {
    let first = text.split_whitespace().next().unwrap_or_default();
    let problem = match Kind::from_name(first) {
        Some(kind) => Problem::new(Place::Line(line), format!("nothing separates option '{kind}' from its value"))
            .hint("is the comma missing?"),
        None => Problem::new(Place::Line(line), "this is no option: there is no comma in it"),
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
    }
}
