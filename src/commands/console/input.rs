use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::atomic::Ordering;

use super::Console;
use crate::error::{Error, Result};
use crate::problem::{Place, Problem, Problems};
use crate::text::encoding::decode;

/// More than any list that a person or a script would pipe in.
const MOST: u64 = 256 << 20;

/// A line of standard input with content.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number, from 1.
    pub line: usize,
    /// Its text, without surrounding spaces.
    pub text: String,
}

impl Item {
    /// The item before a comment on the same line (`12 # failed twice`), where `#` cannot be part of it.
    pub fn without_comment(&self) -> &str {
        let comment = self.text.match_indices('#').find(|(at, _)| self.text[..*at].ends_with([' ', '\t']));
        comment.map_or(self.text.as_str(), |(at, _)| self.text[..at].trim_end())
    }

    /// What is wrong with it.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(Place::Line(self.line), message)
    }
}

/// How errors refer to standard input.
pub fn stdin() -> &'static Path {
    Path::new("standard input")
}

impl Console {
    /// The list on standard input that `-` stands for, one item per line. Empty lines and lines that begin with `#` are ignored.
    ///
    /// # Errors
    /// When it cannot be read, or is not text.
    pub fn items(&self) -> Result<Vec<Item>> {
        if io::stdin().is_terminal() {
            let end = if cfg!(windows) { "Ctrl-Z and Enter end" } else { "Ctrl-D ends" };
            self.note(format_args!("Type one per line; {end} the list"));
        }
        self.list_is_read.store(true, Ordering::SeqCst);
        let mut bytes = vec![];
        io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes).map_err(Error::io("read", stdin()))?;
        if bytes.len() as u64 > MOST {
            return Err(Problems::whole(stdin(), "it is too large for a list", "check what is piped in").into());
        }
        let text = decode(&bytes).map_err(|fault| {
            Problems::whole(
                stdin(),
                fault.to_string(),
                "pipe in plain text, one item per line; use '-f FILE' for tables",
            )
        })?;
        Ok(items(&text.text))
    }

    /// The same as `parse` reads them.
    ///
    /// # Errors
    /// All that is wrong with them in one go.
    pub fn parsed_items<T>(&self, parse: impl Fn(&Item) -> Result<T, Problem>) -> Result<Vec<T>> {
        let (mut all, mut problems) = (vec![], vec![]);
        for item in self.items()? {
            match parse(&item) {
                Ok(one) => all.push(one),
                Err(problem) => problems.push(problem),
            }
        }
        Problems::none_or(stdin(), problems)?;
        Ok(all)
    }
}

fn items(text: &str) -> Vec<Item> {
    let lines = text.replace("\r\n", "\n");
    let lines = lines.split(['\n', '\r']).zip(1..);
    let trimmed = lines.map(|(text, line)| (text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'), line));
    let said = trimmed.filter(|(text, _)| !text.is_empty() && !text.starts_with('#'));
    said.map(|(text, line)| Item { line, text: text.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_all_kinds() {
        let read = |text: &str| items(text).into_iter().map(|item| (item.line, item.text)).collect::<Vec<_>>();
        let three = [(1, "1".to_owned()), (3, "2".to_owned()), (5, "3 4".to_owned())];
        for text in ["1\n\n2\n# no\n3 4", "1\r\n\r\n 2\t\r\n#\r\n3 4\r\n", "1\r\r2\r#\r\u{feff}3 4\r"] {
            assert_eq!(read(text), three, "{text:?}");
        }
        assert_eq!(read(""), []);
    }

    #[test]
    fn a_comment_begins_behind_a_space() {
        let text = |text: &str| Item { line: 1, text: text.to_owned() }.without_comment().to_owned();
        assert_eq!([text("12 # failed"), text("12\t#x #y"), text("a#b"), text("12")], ["12", "12", "a#b", "12"]);
    }
}
