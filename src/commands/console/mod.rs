//! stdout, stderr, questions, tables, progress, opening an editor: the only code that prints.
//!
//! Results go to stdout; questions, progress, warnings and errors to stderr. What comes from servers, file names and
//! spreadsheets is printed with its control characters made visible, so that it cannot command the terminal.

mod editor;
mod interrupt;
mod progress;
mod table;

pub use editor::open_in_editor;
pub use interrupt::Interrupt;
pub use progress::Progress;
pub use table::Table;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle_query::windows::enable_ansi_colors;

use crate::error::{Error, Result};
use crate::problem::{self, Problem};

/// The terminal, or what stands in for it.
pub struct Console {
    /// How much to tell on stderr: 0 results only, 1 what is done, 2 each request.
    verbosity: u8,
    /// Every question is answered with yes.
    assume_yes: bool,
    /// stdout takes colours.
    coloured: bool,
    /// stderr is a terminal: progress bars can be drawn.
    interactive: bool,
    /// The reader of our output went away (`anon … | head`): nothing more is written.
    closed: AtomicBool,
}

/// What a person said to a yes-or-no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Yes,
    /// Leave everything as it is.
    No,
}

impl Console {
    /// The program's own streams.
    pub fn new(verbosity: u8, assume_yes: bool) -> Console {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Console {
            verbosity,
            assume_yes,
            // A Windows console shows escape sequences as text until it is told to obey them.
            coloured: io::stdout().is_terminal() && !plain && enable_ansi_colors() != Some(false),
            interactive: io::stderr().is_terminal(),
            closed: AtomicBool::new(false),
        }
    }

    /// A result: one or more lines on stdout.
    pub fn print(&self, text: impl Display) {
        self.write_out(&format!("{}\n", visible(&text.to_string())));
    }

    /// A table on stdout; on a terminal, the statuses in its painted column get their colour.
    pub fn print_table(&self, table: &Table) {
        self.write_out(&table.render(self.coloured));
    }

    /// Something that the user should know and that is no result: a line on stderr.
    pub fn note(&self, text: impl Display) {
        self.write_err(&format!("{}\n", visible(&text.to_string())));
    }

    /// Something that may be wrong.
    pub fn warn(&self, text: impl Display) {
        self.note(format_args!("warning: {text}"));
    }

    /// What is being done, for `-v`.
    pub fn tell(&self, text: impl Display) {
        if self.verbosity > 0 {
            self.note(text);
        }
    }

    /// Whether `-vv` asks for each request.
    pub fn wants_requests(&self) -> bool {
        self.verbosity > 1
    }

    /// An error: what is wrong and what to do about it, on one line (or one for each problem of a file).
    pub fn error(&self, error: &Error) {
        match error.hint() {
            Some(hint) => self.complain(format_args!("{error}; {hint}")),
            None => self.complain(error),
        }
    }

    /// The failure of one of many things, whose hint comes at the end of them all. `remark` says what it means for that thing.
    pub fn failure(&self, of: impl Display, error: impl Display, remark: Option<&str>) {
        match remark {
            Some(remark) => self.complain(format_args!("{of}: {error} ({remark})")),
            None => self.complain(format_args!("{of}: {error}")),
        }
    }

    /// Warns of problems of a file that are none to stop at: of the first, and of how many more there are.
    pub fn warn_of(&self, path: &Path, problems: &[Problem]) {
        problem::lines(path, problems).for_each(|line| self.warn(line));
    }

    fn complain(&self, text: impl Display) {
        self.note(format_args!("error: {text}"));
    }

    /// Asks a question until it is answered with yes or no; no more is the default.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] at the end of the input.
    pub fn confirm(&self, question: impl Display) -> Result<Answer> {
        loop {
            self.write_err(&format!("{} [y/N]: ", visible(&question.to_string())));
            if self.assume_yes {
                self.write_err("y\n");
                return Ok(Answer::Yes);
            }
            let line = self.read_line()?;
            match line.trim().to_lowercase().as_str() {
                "y" | "yes" => return Ok(Answer::Yes),
                "n" | "no" | "" => return Ok(Answer::No),
                _ => self.note("please answer y or n"),
            }
        }
    }

    /// Asks for a value; an empty answer keeps the one in brackets.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] at the end of the input.
    pub fn ask(&self, question: &str, current: &str) -> Result<String> {
        self.write_err(&format!("{question} [{}]: ", visible(current)));
        if self.assume_yes {
            self.write_err("\n");
            return Ok(current.to_owned());
        }
        let line = self.read_line()?;
        let answer = line.trim();
        Ok(if answer.is_empty() { current } else { answer }.to_owned())
    }

    /// Asks for what only a person can know. `None` if nobody answers: at the end of the input, or when every question is
    /// answered with yes.
    ///
    /// # Errors
    /// When the answer cannot be read.
    pub fn ask_person(&self, question: impl Display) -> Result<Option<String>> {
        if self.assume_yes {
            return Ok(None);
        }
        self.write_err(&format!("{}: ", visible(&question.to_string())));
        match self.read_line() {
            Ok(line) => Ok(Some(line.trim().to_owned())),
            Err(Error::NoAnswer) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A progress bar for steps without a known end, which print nothing.
    pub fn progress(&self, what: &str) -> Progress {
        Progress::new(self.interactive, None, what)
    }

    /// A progress bar for `total` steps that print a line each: for when those lines go to a file. On a terminal they are
    /// progress enough, and a bar among them would garble them.
    pub fn progress_of(&self, total: usize, what: &str) -> Progress {
        Progress::new(self.interactive && !io::stdout().is_terminal(), Some(total as u64), what)
    }

    /// One line of stdin, whether that is a terminal or a pipe.
    fn read_line(&self) -> Result<String> {
        let mut bytes = vec![];
        let read = io::stdin().lock().read_until(b'\n', &mut bytes);
        let stdin = Path::new("standard input");
        if read.map_err(Error::io("read", stdin))? == 0 {
            self.write_err("\n");
            return Err(Error::NoAnswer);
        }
        let line = typed(&bytes);
        if !io::stdin().is_terminal() {
            // What a person types is seen on the terminal; an answer from a pipe is not.
            self.write_err(&format!("{}\n", visible(line.trim_end())));
        }
        Ok(line)
    }

    fn write_out(&self, text: &str) {
        if !self.closed.load(Ordering::Relaxed) {
            let mut out = io::stdout().lock();
            if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
                self.closed.store(true, Ordering::Relaxed);
            }
        }
    }

    fn write_err(&self, text: &str) {
        // There is nowhere left to complain.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// A line of input without the marks that programs put before text, and as UTF-16 as PowerShell pipes it.
fn typed(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xff\xfe").unwrap_or(bytes));
    text.trim_start_matches('\u{feff}').replace('\0', "")
}

/// Control characters made visible; line breaks and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    let commands = |c: char| {
        // Besides the controls: marks that turn the direction of text, which can make it read as something else.
        c.is_control() && c != '\n' && c != '\t' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(commands) {
        return Cow::Borrowed(text);
    }
    let show = |c: char| if commands(c) { c.escape_default().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(show).collect())
}

#[cfg(test)]
mod tests {
    use super::{typed, visible};

    #[test]
    fn marks_before_an_answer_are_no_part_of_it() {
        for bytes in [&b"y\n"[..], b"\xef\xbb\xbfy\r\n", b"\xff\xfey\0\r\0\n", b"\0y\0\r\0\n"] {
            assert_eq!(typed(bytes).trim(), "y", "{bytes:?}");
        }
        assert_eq!(typed("patiënt\n".as_bytes()), "patiënt\n");
    }

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\r\u{9b}1m\n\tc"), "a\\u{1b}[2Jb\\r\\u{9b}1m\n\tc");
        assert_eq!(visible("patiënt 漢"), "patiënt 漢");
        assert_eq!(visible("x\u{202e}gpj.exe"), "x\\u{202e}gpj.exe");
    }
}
