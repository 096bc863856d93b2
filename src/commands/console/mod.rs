//! stdout, stderr, questions, tables, progress, opening an editor: the only code that prints.
//!
//! Results go to stdout; questions, progress, warnings and errors to stderr. A message is a line: what comes from servers, file
//! names and spreadsheets is printed with its control characters and line breaks made visible, so that it neither commands the
//! terminal nor looks like a line of ours.
//!
//! With `--format csv` and `json`, a [`View`] is all that goes to stdout: what a person would read there goes to stderr, and with
//! `json` not at all. There, stderr has one object at the end, [`Complaints`], if there is anything to complain of.

mod document;
mod editor;
mod heartbeat;
mod input;
mod interrupt;
mod mark;
mod progress;
mod questions;
mod results;
mod table;
mod visible;

pub use document::{Complaint, Complaints, Done, Format, RowsIn, View, csv, json};
pub use editor::{Editing, open_in_editor};
pub use input::{Item, stdin};
pub use interrupt::Interrupt;
pub use mark::Mark;
pub use progress::{Bar, Level, Live};
pub use table::Table;
pub use visible::{beginning, visible};

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, OnceLock};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use clap::builder::styling::{AnsiColor, Style};

use crate::error::Error;
use crate::locks::unlocked;
use crate::problem::{self, Problem};
use visible::line;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// When to print in colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// On terminals, unless NO_COLOR is set or the terminal has none.
    #[default]
    Auto,
    /// To files and pipes too.
    Always,
    /// Nowhere.
    Never,
}

impl Color {
    /// `CLICOLOR_FORCE`, `NO_COLOR`, `TERM` and what a Windows console can do decide where the user does not.
    fn on<S: anstream::stream::RawStream>(self, stream: &S) -> ColorChoice {
        match self {
            Color::Auto => AutoStream::choice(stream),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }
}

/// What the user wants to see, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes {
    /// How much to print on stderr: 0 only results, 1 what is being done, 2 each request.
    pub verbosity: u8,
    /// Only results, warnings and errors.
    pub quiet: bool,
    /// Every question is answered with yes.
    pub assume_yes: bool,
    /// When to print in colours.
    pub color: Color,
    /// How results are written.
    pub format: Format,
}

/// The terminal, or its substitute in tests.
pub struct Console {
    wishes: Wishes,
    /// Whether colours that are written to stdout get there.
    out: ColorChoice,
    /// Whether colours that are written to stderr get there.
    err: ColorChoice,
    /// stderr is a terminal: progress bars can be drawn.
    interactive: bool,
    /// Why nothing more is written to stdout.
    closed: OnceLock<io::ErrorKind>,
    /// Whether anything was written to stdout.
    has_result: AtomicBool,
    /// What was printed for people: the result for scripts of a command that has no other.
    done: Mutex<Vec<String>>,
    /// The warnings, for the one object on stderr.
    warnings: Mutex<Vec<String>>,
    /// stdin was a list, so it cannot give answers.
    list_is_read: AtomicBool,
}

impl Console {
    /// The program's own streams.
    pub fn new(wishes: Wishes) -> Console {
        Console {
            wishes,
            out: wishes.color.on(&io::stdout()),
            err: wishes.color.on(&io::stderr()),
            interactive: io::stderr().is_terminal(),
            closed: OnceLock::new(),
            has_result: AtomicBool::new(false),
            done: Mutex::default(),
            warnings: Mutex::default(),
            list_is_read: AtomicBool::new(false),
        }
    }

    /// Something that the user should know but that is not a result: a line on stderr.
    pub fn note(&self, text: impl Display) {
        if self.shows_notes() {
            self.write_line(text);
        }
    }

    /// What a person may want to do next: a line on stderr.
    pub fn tip(&self, text: impl Display) {
        if !self.is_for_scripts() {
            self.note(text);
        }
    }

    /// Whether notes are shown at all.
    pub fn shows_notes(&self) -> bool {
        !self.wishes.quiet && !self.is_one_object()
    }

    /// Something that may be wrong.
    pub fn warn(&self, text: impl Display) {
        self.tell_with(WARNING, "warning", beginning(&text.to_string()));
    }

    /// What is being done, for `-v`.
    pub fn tell(&self, text: impl Display) {
        if self.wishes.verbosity > 0 {
            self.write_line(text);
        }
    }

    /// Whether results are for scripts, or for spreadsheets.
    pub fn is_for_scripts(&self) -> bool {
        self.wishes.format != Format::Table
    }

    /// Whether questions are answered with yes without being asked.
    pub fn assumes_yes(&self) -> bool {
        self.wishes.assume_yes
    }

    /// Whether `-vv` asks for each request.
    pub fn wants_requests(&self) -> bool {
        self.wishes.verbosity > 1
    }

    /// An error: what is wrong and what to do about it, on one line (or one for each problem of a file).
    pub fn error(&self, error: &Error) {
        self.end_results(true);
        if self.is_one_object() {
            return self.write_err(&json(&Complaints::of(error, self.take_warnings())));
        }
        match (error, error.hint()) {
            (Error::Told, _) => {}
            (Error::Contents(problems), _) => {
                let mut lines = problem::lines(&problems.path, &problems.list);
                lines.next().iter().for_each(|line| self.complain(beginning(line)));
                lines.for_each(|line| self.write_line(visible(&beginning(&line))));
            }
            (_, Some(hint)) => self.complain(format_args!("{}; {hint}", beginning(&error.to_string()))),
            (_, None) => self.complain(beginning(&error.to_string())),
        }
    }

    /// At the end of a command that has not failed: prints warnings not printed yet, and returns what to exit
    /// with. What is done and could not be shown has failed.
    pub fn finish(&self) -> u8 {
        self.end_results(false);
        let exit_status = u8::from(self.has_lost_results());
        let warnings = self.take_warnings();
        if !warnings.is_empty() {
            self.write_err(&json(&Complaints { warnings, exit_status, ..Complaints::default() }));
        }
        exit_status
    }

    fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut *unlocked(self.warnings.lock()))
    }

    /// Whether stderr is one JSON object, which has to wait for the end.
    fn is_one_object(&self) -> bool {
        self.wishes.format == Format::Json
    }

    /// What clap says about a wrong command line, in its colours.
    pub fn usage_error(&self, error: impl Display) {
        let text = error.to_string();
        if !self.is_one_object() {
            return self.write_err(&text);
        }
        let text = anstream::adapter::strip_str(&text).to_string();
        let error = text.trim().strip_prefix("error: ").unwrap_or(&text).to_owned();
        self.write_err(&json(&Complaints { error: Some(error), exit_status: 2, ..Complaints::default() }));
    }

    /// The failure of one of many things; the hint comes at the end. `remark` says what it means for that thing.
    pub fn failure(&self, of: impl Display, error: impl Display, remark: Option<&str>) {
        let error = error.to_string();
        let error = beginning(&error);
        match remark {
            Some(remark) => self.complain(format_args!("{of}: {error} ({remark})")),
            None => self.complain(format_args!("{of}: {error}")),
        }
    }

    /// Warns of problems in a file that are not fatal: the first ones, and how many more there are.
    pub fn warn_of<'p>(&self, path: &Path, problems: impl IntoIterator<Item = &'p Problem>) {
        problem::lines(path, &problem::merged(problems)).for_each(|line| self.warn(line));
    }

    fn complain(&self, text: impl Display) {
        self.tell_with(ERROR, "error", text);
    }

    fn tell_with(&self, style: Style, word: &str, text: impl Display) {
        if self.is_one_object() {
            let text = visible(text.to_string().trim_end()).into_owned();
            return unlocked(self.warnings.lock()).push(text);
        }
        self.write_err(&format!("{style}{word}:{style:#} {}\n", visible(text.to_string().trim_end())));
    }

    /// A progress bar for steps without a known end, which print nothing; where none can be drawn, a line now and then.
    pub fn progress(&self, what: &str) -> Bar {
        let is_log = !self.interactive && !self.wishes.quiet && !self.is_one_object();
        Bar::new(self.shows_progress(), None, what).with_heartbeat(is_log, what)
    }

    /// A progress bar for `total` steps that print a line each: for when those lines go to a file. On a terminal they are
    /// progress enough, and a bar among them would garble them.
    pub fn progress_of(&self, total: usize, what: &str) -> Bar {
        let is_seen = self.shows_progress() && (self.wishes.quiet || !io::stdout().is_terminal());
        Bar::new(is_seen, Some(total as u64), what)
    }

    fn shows_progress(&self) -> bool {
        self.interactive && !self.wishes.quiet
    }

    fn write_line(&self, text: impl Display) {
        self.write_err(&format!("{}\n", line(&text.to_string())));
    }

    fn write_err(&self, text: &str) {
        // There is nowhere left to complain.
        let _ = AutoStream::new(io::stderr().lock(), self.err).write_all(text.as_bytes());
    }
}
