//! Records of delimited text, each with its place in the text, so that an edit can leave the rest unchanged.
//!
//! The rules are those of Python's `csv` module, which AnonAPI reads with: a quote opens a field only at its start (spaces
//! before it do not count), `""` is a quote inside quotes, and anything after the closing quote is taken literally.

use std::borrow::Cow;
use std::ops::Range;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// Where it is in the text, quotes and padding included, delimiter excluded.
    pub span: Range<usize>,
    /// What it says: without quotes, without spaces around.
    pub value: Cow<'a, str>,
    /// Whether it is in quotes.
    pub quoted: bool,
    /// Whether there is more after the closing quote.
    pub tail: bool,
}

/// Where a line of text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The line, line end excluded.
    pub text: Range<usize>,
    /// Where the next line begins.
    pub end: usize,
}

/// One line of cells; with quotes, it can be more than one line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// Where it is in the text.
    pub at: Line,
    /// Its cells, at least one.
    pub fields: Vec<Field<'a>>,
    /// A quote that is never closed opens in it. It then ends with its first line.
    pub unterminated: bool,
    /// Someone commented it out: it begins with `#`.
    pub comment: bool,
}

impl Record<'_> {
    /// True if no cell says anything.
    pub fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| field.value.is_empty())
    }
}

/// Walks through a text, record by record or line by line.
#[derive(Debug, Clone)]
pub(crate) struct Records<'a> {
    text: &'a str,
    position: usize,
    line: usize,
}

impl<'a> Records<'a> {
    pub fn new(text: &'a str) -> Records<'a> {
        Records { text, position: 0, line: 1 }
    }

    /// Where the next record begins.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The number of the next line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is at this place.
    pub fn text(&self, span: &Range<usize>) -> &'a str {
        &self.text[span.clone()]
    }

    /// The next line of text without its end, or `None` at the end of the text.
    pub fn peek_line(&self) -> Option<&'a str> {
        if self.position == self.text.len() {
            return None;
        }
        Some(&self.text[self.position..line_end(self.text, self.position)])
    }

    /// Goes past the next line of text.
    pub fn skip_line(&mut self) -> Line {
        let text = self.position..line_end(self.text, self.position);
        self.position = past_line_end(self.text, text.end);
        self.line += 1;
        Line { text, end: self.position }
    }

    /// The next record, split at `delimiter` (an ASCII character), or `None` at the end of the text.
    pub fn next(&mut self, delimiter: char) -> Option<Record<'a>> {
        let record = self.peek(delimiter)?;
        self.pass(&record);
        Some(record)
    }

    /// Goes past a record that was peeked at.
    pub fn pass(&mut self, record: &Record<'a>) {
        let last = usize::from(record.at.end == record.at.text.end);
        self.line += line_ends(&self.text[self.position..record.at.end]) + last;
        self.position = record.at.end;
    }

    /// The next record, without going past it.
    pub fn peek(&self, delimiter: char) -> Option<Record<'a>> {
        let start = self.position;
        if start == self.text.len() {
            return None;
        }
        let delimiter = u8::try_from(delimiter).unwrap_or(b',');
        let comment = self.text[start..].trim_start_matches([' ', '\t']).starts_with('#');
        let mut record = Record {
            line: self.line,
            at: Line { text: start..start, end: start },
            fields: Vec::new(),
            unterminated: false,
            comment,
        };
        let mut position = start;
        loop {
            let scanned = scan_field(self.text, position, delimiter);
            record.unterminated |= scanned.unterminated;
            position = scanned.field.span.end;
            record.fields.push(scanned.field);
            if self.text.as_bytes().get(position) != Some(&delimiter) {
                break;
            }
            position += 1;
        }
        record.at = Line { text: start..position, end: past_line_end(self.text, position) };
        Some(record)
    }
}

struct Scanned<'a> {
    field: Field<'a>,
    unterminated: bool,
}

fn scan_field(text: &str, start: usize, delimiter: u8) -> Scanned<'_> {
    let bytes = text.as_bytes();
    let padding = bytes[start..].iter().take_while(|b| matches!(**b, b' ' | b'\t') && **b != delimiter).count();
    let quote = start + padding;
    if bytes.get(quote) != Some(&b'"') {
        let end = field_end(bytes, start, delimiter);
        return Scanned {
            field: Field { span: start..end, value: text[start..end].trim().into(), quoted: false, tail: false },
            unterminated: false,
        };
    }
    let Some((value, after)) = quoted(text, quote + 1) else {
        // To the end of the line only, so that the lines below can still be read.
        let end = field_end(bytes, start, b'\n');
        return Scanned {
            field: Field { span: start..end, value: text[quote..end].trim().into(), quoted: true, tail: false },
            unterminated: true,
        };
    };
    let end = field_end(bytes, after, delimiter);
    let tail = text[after..end].trim_end();
    let has_tail = !tail.is_empty();
    let value = if tail.is_empty() { trimmed(value) } else { Cow::Owned(format!("{value}{tail}").trim().to_owned()) };
    Scanned { field: Field { span: start..end, value, quoted: true, tail: has_tail }, unterminated: false }
}

/// The text between quotes, and where it goes on after the closing one.
fn quoted(text: &str, start: usize) -> Option<(Cow<'_, str>, usize)> {
    let mut value = Cow::Borrowed("");
    let mut from = start;
    loop {
        let close = from + text[from..].find('"')?;
        let doubled = text.as_bytes().get(close + 1) == Some(&b'"');
        let part = &text[from..close + usize::from(doubled)];
        if value.is_empty() {
            value = Cow::Borrowed(part);
        } else {
            value.to_mut().push_str(part);
        }
        if !doubled {
            return Some((value, close + 1));
        }
        from = close + 2;
    }
}

fn trimmed(value: Cow<'_, str>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(value) => Cow::Borrowed(value.trim()),
        Cow::Owned(value) => Cow::Owned(value.trim().to_owned()),
    }
}

fn field_end(bytes: &[u8], start: usize, delimiter: u8) -> usize {
    let end = bytes[start..].iter().position(|byte| matches!(byte, b'\r' | b'\n') || *byte == delimiter);
    end.map_or(bytes.len(), |length| start + length)
}

fn line_end(text: &str, start: usize) -> usize {
    field_end(text.as_bytes(), start, b'\n')
}

fn past_line_end(text: &str, end: usize) -> usize {
    match &text.as_bytes()[end..] {
        [b'\r', b'\n', ..] => end + 2,
        [_, ..] => end + 1,
        [] => end,
    }
}

/// How many line ends there are: CRLF, LF and CR count as one each.
fn line_ends(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = |(index, byte): (usize, &u8)| match byte {
        b'\n' => index == 0 || bytes[index - 1] != b'\r',
        b'\r' => true,
        _ => false,
    };
    bytes.iter().enumerate().filter(|(index, byte)| ends((*index, byte))).count()
}

/// The delimiters that tables have: comma, semicolon (where a comma is the decimal sign) and tab (Excel's "Unicode text").
pub(crate) const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// Without the empty cells that spreadsheets put at the end of each line, and without spaces around.
pub(crate) fn without_trailing_delimiters(line: &str) -> &str {
    line.trim_end_matches(|letter: char| letter.is_whitespace() || DELIMITERS.contains(&letter)).trim_start()
}

/// Appends a cell, in quotes where it needs them: with any delimiter, as the reader may take another one than the writer.
///
/// A quote that is not the first character is written literally: AnonAPI does not always read `""` as one quote.
pub(crate) fn write_field(out: &mut String, value: &str) {
    let value = value.trim();
    let splits = |letter: char| matches!(letter, '\r' | '\n') || DELIMITERS.contains(&letter);
    if value.starts_with(['"', '#']) || value.contains(splits) {
        out.push('"');
        out.push_str(&value.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str, delimiter: char) -> Vec<(usize, Vec<String>)> {
        let mut records = Records::new(text);
        let mut found = Vec::new();
        while let Some(record) = records.next(delimiter) {
            found.push((record.line, record.fields.iter().map(|field| field.value.to_string()).collect()));
        }
        found
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn lines_of_cells() {
        assert_eq!(
            all("a,b\r\nc , d\ne\r,f", ','),
            [row(1, &["a", "b"]), row(2, &["c", "d"]), row(3, &["e"]), row(4, &["", "f"])]
        );
        assert_eq!(all("a;b,c", ';'), [row(1, &["a", "b,c"])]);
        assert_eq!(all("a\t b \tc", '\t'), [row(1, &["a", "b", "c"])]);
        assert_eq!(all("", ','), []);
        assert_eq!(all("\n\n", ','), [row(1, &[""]), row(2, &[""])]);
    }

    #[test]
    fn quotes() {
        assert_eq!(all("\"a,b\",\"say \"\"hi\"\"\"", ','), [row(1, &["a,b", "say \"hi\""])]);
        assert_eq!(all("x,  \"a, b\"  ,y", ','), [row(1, &["x", "a, b", "y"])]);
        assert_eq!(all("\"a\r\nb\",c\nd", ','), [row(1, &["a\r\nb", "c"]), row(3, &["d"])]);
        assert_eq!(all("5\" disk,\"a\"bc", ','), [row(1, &["5\" disk", "abc"])]);
        assert_eq!(all("\"\",\"\"\"\"", ','), [row(1, &["", "\""])]);
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_with_its_line() {
        let mut records = Records::new("a,\"b,c\nd,e");
        let first = records.next(',').unwrap();
        assert!(first.unterminated);
        assert_eq!(first.at.text, 0..6);
        assert_eq!(records.next(',').unwrap().fields[1].value, "e");
        assert!(records.next(',').is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn records_and_line_ends_make_up_the_text(text in "[a-c,;\"\\r\\n\\t é]{0,40}", which in 0..3usize) {
            let mut records = Records::new(&text);
            let mut position = 0;
            while let Some(record) = records.next(DELIMITERS[which]) {
                prop_assert_eq!(record.at.text.start, position);
                prop_assert!(["", "\r", "\n", "\r\n"].contains(&&text[record.at.text.end..record.at.end]));
                prop_assert_eq!(record.fields.last().unwrap().span.end, record.at.text.end);
                position = record.at.end;
            }
            prop_assert_eq!(position, text.len());
            let lines = text.replace("\r\n", "\n").matches(['\r', '\n']).count();
            let ends = text.ends_with(['\r', '\n']) || text.is_empty();
            prop_assert_eq!(records.line(), 1 + lines + usize::from(!ends));
        }

        #[test]
        fn what_is_written_is_read(value in "[^\0]{0,30}", which in 0..3usize) {
            let mut text = "x".to_owned();
            text.push(DELIMITERS[which]);
            write_field(&mut text, &value);
            let record = Records::new(&text).next(DELIMITERS[which]).unwrap();
            prop_assert_eq!(&record.fields[1].value, value.trim());
            prop_assert_eq!(record.at.end, text.len());
        }
    }
}
