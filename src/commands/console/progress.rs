use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::visible;

/// A progress bar on stderr; nothing at all where stderr is not a terminal.
pub struct Progress {
    bar: ProgressBar,
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
        Progress { bar }
    }

    /// One step further.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// What there is to say at this moment. Can be called from any thread, often.
    pub fn say(&self, message: String) {
        self.bar.set_message(visible(&message).into_owned());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
