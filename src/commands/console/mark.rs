use std::fmt::Display;

use clap::builder::styling::{AnsiColor, Style};

use super::visible::line;
use super::{Console, ERROR};

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Right.
    Good,
    /// Needs fixing.
    Bad,
    /// Neither.
    Neutral,
}

impl Console {
    /// A result: a line on stdout with a mark before it.
    pub fn print_marked(&self, mark: Mark, text: impl Display) {
        let (style, sign) = match mark {
            Mark::Good => (AnsiColor::Green.on_default(), "✓"),
            Mark::Bad => (ERROR, "✗"),
            Mark::Neutral => (Style::new(), "-"),
        };
        self.write_for_people(&format!("{style}{sign}{style:#} {}\n", line(&text.to_string())));
    }
}
