use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::heartbeat::Heartbeat;
use super::visible;

/// A progress bar on stderr, where that is a terminal.
pub struct Progress {
    bar: ProgressBar,
    heartbeat: Option<Heartbeat>,
}

impl Progress {
    pub(super) fn new(interactive: bool, total: Option<u64>, what: &str) -> Progress {
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
        Progress { bar, heartbeat: None }
    }

    /// In a log, a line now and then.
    pub(super) fn with_heartbeat(mut self, is_log: bool, what: &str) -> Progress {
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

    /// What there is to say at this moment. Can be called from any thread, often.
    pub fn say(&self, message: String) {
        let message = visible(&message).into_owned();
        if let Some(heartbeat) = &self.heartbeat {
            heartbeat.say(message.clone());
        }
        self.bar.set_message(message);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
