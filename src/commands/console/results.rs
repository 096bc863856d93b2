//! What goes to stdout: results, for people or for scripts.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::atomic::Ordering;

use anstream::AutoStream;
use anstream::adapter::strip_str;

use super::document::Done;
use super::visible::{beginning, line, visible};
use super::{Console, Format, Table, View, csv, json};
use crate::locks::unlocked;
use crate::text::plain;

impl Console {
    /// A result that scripts can read too: in their format, or as `for_people` prints it.
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

    /// Written at once: line by line would take longer than the rest of a dry run of many rows.
    fn write_lines(&self, indent: &str, text: &str) {
        self.write_for_people(
            &text.lines().flat_map(|line| [indent.into(), visible(line), "\n".into()]).collect::<String>(),
        );
    }

    /// What clap says on stdout, in its colours.
    pub fn print_help(&self, help: impl Display) {
        self.write_out(&help.to_string());
    }

    /// A requested document on stdout, unchanged.
    pub fn print_document(&self, text: &str) {
        self.write_out(text);
    }

    /// A table on stdout; on a terminal, the statuses in its painted column get their colour.
    pub fn print_table(&self, table: &Table) {
        self.write_for_people(&table.render(self.width()));
    }

    /// At the end: what a command without a view has done, for scripts. One that failed before it did anything has no result.
    pub(super) fn end_results(&self, has_failed: bool) {
        let lines = std::mem::take(&mut *unlocked(self.done.lock()));
        let is_due = self.is_for_scripts() && !self.has_result.load(Ordering::SeqCst);
        if is_due && !(has_failed && lines.is_empty()) {
            self.show(&Done { done: lines }, |_| {});
        }
    }

    /// On stdout, or where a document has that for itself, on stderr; with JSON nowhere.
    pub(super) fn write_for_people(&self, text: &str) {
        if self.is_for_scripts() {
            let lines = strip_str(text).to_string();
            let lines = lines.lines().filter(|line| !line.is_empty()).map(str::to_owned);
            unlocked(self.done.lock()).extend(lines);
        }
        match self.wishes.format {
            Format::Table => self.write_out(text),
            Format::Csv => self.write_err(text),
            Format::Json => {}
        }
    }

    fn write_out(&self, text: &str) {
        self.has_result.store(true, Ordering::SeqCst);
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

    /// Whether results were lost because stdout could not be written. The error was reported when it happened.
    ///
    /// A reader that goes away (`anon … | head`) has seen what it wanted.
    pub(super) fn has_lost_results(&self) -> bool {
        self.closed.get().is_some_and(|kind| *kind != io::ErrorKind::BrokenPipe)
    }

    /// How many lines the terminal shows at once, if results go to one.
    pub fn height(&self) -> Option<usize> {
        let (_, terminal_size::Height(lines)) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(lines))
    }

    /// How many columns the terminal has, if results for people go to one.
    fn width(&self) -> Option<usize> {
        let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(columns)).filter(|_| self.wishes.format == Format::Table && columns > 0)
    }
}
