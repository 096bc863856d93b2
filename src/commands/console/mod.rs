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
mod table;
mod visible;

pub use document::{Complaint, Complaints, Format, View, csv, json};
pub use editor::{Editing, open_in_editor};
pub use input::stdin;
pub use interrupt::Interrupt;
pub use mark::Mark;
pub use progress::{Level, Live, Progress};
pub use questions::Answer;
pub use table::Table;
pub use visible::{beginning, visible};

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, OnceLock, PoisonError};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use clap::builder::styling::{AnsiColor, Style};

use crate::error::Error;
use crate::problem::{self, Problem};
use crate::text::plain;
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
    /// How much to tell on stderr: 0 results only, 1 what is done, 2 each request.
    pub verbosity: u8,
    /// Only what was asked for, warnings and errors.
    pub quiet: bool,
    /// Every question is answered with yes.
    pub assume_yes: bool,
    /// When to print in colours.
    pub color: Color,
    /// How results are written.
    pub format: Format,
}

/// The terminal, or what stands in for it.
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
    /// What was warned of, for the one object on stderr.
    warnings: Mutex<Vec<String>>,
    /// stdin was a list, so that no answer can come from it.
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
            warnings: Mutex::default(),
            list_is_read: AtomicBool::new(false),
        }
    }

    /// A result that scripts read, too: as they asked for it, or as `for_people` prints it.
    pub fn show<V: View>(&self, view: &V, for_people: impl FnOnce(&Console)) {
        match self.wishes.format {
            Format::Table => for_people(self),
            Format::Csv => self.write_out(&csv(view)),
            Format::Json => self.write_out(&json(view)),
        }
    }

    /// A result: a line on stdout. Line breaks around it are blank lines, one within it is shown as `\n`.
    pub fn print(&self, text: impl Display) {
        self.write_for_people(&format!("{}\n", line(&text.to_string())));
    }

    /// What was done: a line on stdout, which `--quiet` leaves out.
    pub fn report(&self, text: impl Display) {
        if !self.wishes.quiet {
            self.print(text);
        }
    }

    /// A result of several lines, whose line breaks are ours.
    pub fn print_lines(&self, text: impl Display) {
        self.write_lines("", &text.to_string());
    }

    /// What belongs to the line before it, in as many lines as somebody else wrote: indented, so that none looks like ours, and not
    /// beyond measure.
    pub fn print_indented(&self, text: &str) {
        self.write_lines("   ", &beginning(text));
    }

    /// In one go: line by line takes longer than all that a dry run of many rows does.
    fn write_lines(&self, indent: &str, text: &str) {
        self.write_for_people(
            &text.lines().flat_map(|line| [indent.into(), visible(line), "\n".into()]).collect::<String>(),
        );
    }

    /// What clap says on stdout, in its colours.
    pub fn print_help(&self, help: impl Display) {
        self.write_out(&help.to_string());
    }

    /// A document that was asked for on stdout, as it is.
    pub fn print_document(&self, text: &str) {
        self.write_out(text);
    }

    /// A table on stdout; on a terminal, the statuses in its painted column get their colour.
    pub fn print_table(&self, table: &Table) {
        self.write_for_people(&table.render(self.width()));
    }

    /// Something that the user should know and that is no result: a line on stderr.
    pub fn note(&self, text: impl Display) {
        if self.shows_notes() {
            self.write_line(text);
        }
    }

    /// Whether there is any use in finding out what would be a note.
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

    /// How many lines the terminal shows at once, if results go to one.
    pub fn height(&self) -> Option<usize> {
        let (_, terminal_size::Height(lines)) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(lines))
    }

    /// Whether `-vv` asks for each request.
    pub fn wants_requests(&self) -> bool {
        self.wishes.verbosity > 1
    }

    /// An error: what is wrong and what to do about it, on one line (or one for each problem of a file).
    pub fn error(&self, error: &Error) {
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

    /// At the end of a command that has not failed: says what it warned of, where that has not been said yet, and returns what to exit
    /// with. What is done and could not be shown has failed.
    pub fn finish(&self) -> u8 {
        let exit_status = u8::from(self.has_lost_results());
        let warnings = self.take_warnings();
        if !warnings.is_empty() {
            self.write_err(&json(&Complaints { warnings, exit_status, ..Complaints::default() }));
        }
        exit_status
    }

    fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether all that goes to stderr is to be one JSON object, and so waits for the end.
    fn is_one_object(&self) -> bool {
        self.wishes.format == Format::Json
    }

    /// What clap says of a command line that is wrong, in its colours.
    pub fn usage_error(&self, error: impl Display) {
        let text = error.to_string();
        if !self.is_one_object() {
            return self.write_err(&text);
        }
        let text = anstream::adapter::strip_str(&text).to_string();
        let error = text.trim().strip_prefix("error: ").unwrap_or(&text).to_owned();
        self.write_err(&json(&Complaints { error: Some(error), exit_status: 2, ..Complaints::default() }));
    }

    /// The failure of one of many things, whose hint comes at the end of them all. `remark` says what it means for that thing.
    pub fn failure(&self, of: impl Display, error: impl Display, remark: Option<&str>) {
        let error = error.to_string();
        let error = beginning(&error);
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
        self.tell_with(ERROR, "error", text);
    }

    fn tell_with(&self, style: Style, word: &str, text: impl Display) {
        if self.is_one_object() {
            let text = visible(text.to_string().trim_end()).into_owned();
            return self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        }
        self.write_err(&format!("{style}{word}:{style:#} {}\n", visible(text.to_string().trim_end())));
    }

    /// A progress bar for steps without a known end, which print nothing; where none can be drawn, a line now and then.
    pub fn progress(&self, what: &str) -> Progress {
        let is_log = !self.interactive && !self.wishes.quiet && !self.is_one_object();
        Progress::new(self.shows_progress(), None, what).with_heartbeat(is_log, what)
    }

    /// A progress bar for `total` steps that print a line each: for when those lines go to a file. On a terminal they are
    /// progress enough, and a bar among them would garble them.
    pub fn progress_of(&self, total: usize, what: &str) -> Progress {
        let is_seen = self.shows_progress() && (self.wishes.quiet || !io::stdout().is_terminal());
        Progress::new(is_seen, Some(total as u64), what)
    }

    /// How many columns the terminal has, if results for people go to one.
    fn width(&self) -> Option<usize> {
        let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(columns)).filter(|_| self.wishes.format == Format::Table && columns > 0)
    }

    fn shows_progress(&self) -> bool {
        self.interactive && !self.wishes.quiet
    }

    /// Whether results were lost, because what is behind stdout takes no more. That was said when it happened.
    ///
    /// A reader that goes away (`anon … | head`) has seen what it wanted.
    fn has_lost_results(&self) -> bool {
        self.closed.get().is_some_and(|kind| *kind != io::ErrorKind::BrokenPipe)
    }

    /// On stdout, or where a document has that for itself, on stderr; with JSON nowhere.
    fn write_for_people(&self, text: &str) {
        match self.wishes.format {
            Format::Table => self.write_out(text),
            Format::Csv => self.write_err(text),
            Format::Json => {}
        }
    }

    fn write_line(&self, text: impl Display) {
        self.write_err(&format!("{}\n", line(&text.to_string())));
    }

    fn write_out(&self, text: &str) {
        if self.closed.get().is_some() {
            return;
        }
        let mut out = AutoStream::new(io::stdout().lock(), self.out);
        let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) else { return };
        drop(out);
        if self.closed.set(error.kind()).is_ok() && self.has_lost_results() {
            self.complain(format_args!("cannot write to standard output: {}", plain(&error)));
        }
    }

    fn write_err(&self, text: &str) {
        // There is nowhere left to complain.
        let _ = AutoStream::new(io::stderr().lock(), self.err).write_all(text.as_bytes());
    }
}
