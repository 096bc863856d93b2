use std::io::Write;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::heartbeat::Heartbeat;
use super::{Console, visible};

/// A progress bar on stderr, where that is a terminal.
pub struct Bar {
    bar: ProgressBar,
    heartbeat: Option<Heartbeat>,
}

impl Bar {
    pub(super) fn new(interactive: bool, total: Option<u64>, what: &str) -> Bar {
        let target = if interactive { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target);
        let template = match total {
            Some(_) => "{prefix} {wide_bar} {pos}/{len} [{elapsed}<{eta}]",
            None => "{spinner} {prefix} {msg} [{elapsed}]",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(visible(what).into_owned());
        if interactive {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Bar { bar, heartbeat: None }
    }

    /// In a log, a line now and then.
    pub(super) fn with_heartbeat(mut self, is_log: bool, what: &str) -> Bar {
        let what = visible(what).into_owned();
        let tell = move |message: &str| {
            let message = if message.is_empty() { "..." } else { message };
            // There is nowhere left to complain.
            let _ = writeln!(std::io::stderr(), "{what} {message}");
        };
        self.heartbeat = is_log.then(|| Heartbeat::start(tell));
        self
    }

    /// One step further.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// What to say at this moment. Can be called often and from any thread.
    pub fn say(&self, message: String) {
        let message = visible(&message).into_owned();
        if let Some(heartbeat) = &self.heartbeat {
            heartbeat.say(message.clone());
        }
        self.bar.set_message(message);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Two bars below the lines that a command prints while it waits; the lines alone where stderr is not a terminal.
pub struct Live {
    bars: MultiProgress,
    upper: ProgressBar,
    lower: ProgressBar,
}

/// What a bar shows.
pub struct Level {
    /// How much is done.
    pub done: u64,
    /// Of how much.
    pub of: u64,
    /// What that means.
    pub message: String,
}

impl Live {
    pub(super) fn new(interactive: bool, prefixes: [&str; 2]) -> Live {
        let target = if interactive { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let width = prefixes.iter().map(|prefix| prefix.chars().count()).max().unwrap_or_default();
        let [upper, lower] = prefixes.map(|prefix| {
            let bar = bars.add(ProgressBar::new(1));
            if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(format!("{:width$}", visible(prefix)));
            bar
        });
        Live { bars, upper, lower }
    }

    /// Redraws both bars.
    pub fn show(&self, levels: [Level; 2]) {
        for (bar, level) in [&self.upper, &self.lower].into_iter().zip(levels) {
            // A bar of nothing would be a full one.
            bar.set_length(level.of.max(1));
            bar.set_position(level.done);
            bar.set_message(visible(&level.message).into_owned());
            bar.tick();
        }
    }

    /// Lets something else be printed, above the bars.
    pub fn above(&self, print: impl FnOnce()) {
        self.bars.suspend(print);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.upper.finish_and_clear();
        self.lower.finish_and_clear();
    }
}

impl Console {
    /// Two bars for a command that waits, and prints a line for whatever happens in the meantime.
    pub fn live(&self, prefixes: [&str; 2]) -> Live {
        Live::new(self.shows_progress(), prefixes)
    }

    /// Rings the terminal's bell, if there is a terminal.
    pub fn ring(&self) {
        if self.interactive {
            self.write_err("\u{7}");
        }
    }
}
