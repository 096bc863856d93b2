use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use crate::locks::unlocked;

/// When to report progress first, where no progress bar can be drawn.
const FIRST: Duration = Duration::from_secs(2);

/// And how often after that, so that hours of work make a short log.
const THEN: Duration = Duration::from_secs(30);

/// Reports progress now and then, from a thread of its own, so that it works even when a disk does not answer.
pub(super) struct Heartbeat(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    over: Condvar,
}

#[derive(Default)]
struct State {
    message: String,
    is_over: bool,
}

impl Heartbeat {
    /// Begins. If no thread is available, nothing is reported.
    pub(super) fn start(tell: impl Fn(&str) + Send + 'static) -> Heartbeat {
        Heartbeat::with(FIRST, THEN, tell)
    }

    fn with(first: Duration, then: Duration, tell: impl Fn(&str) + Send + 'static) -> Heartbeat {
        let shared = Arc::new(Shared::default());
        let beating = Arc::clone(&shared);
        let _ = thread::Builder::new().name("heartbeat".into()).spawn(move || beating.beat(first, then, &tell));
        Heartbeat(shared)
    }

    /// What to report from now on.
    pub(super) fn say(&self, message: String) {
        self.0.state().message = message;
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.state().is_over = true;
        self.0.over.notify_one();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        unlocked(self.state.lock())
    }

    fn beat(&self, first: Duration, then: Duration, tell: &impl Fn(&str)) {
        let mut due = Instant::now() + first;
        let mut state = self.state();
        while !state.is_over {
            let now = Instant::now();
            if now < due {
                state = unlocked(self.over.wait_timeout(state, due - now)).0;
                continue;
            }
            // Told under the lock, so that nothing is told after the end.
            tell(&state.message);
            due = now + then;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn it_tells_the_latest_until_it_is_dropped() {
        let (sender, receiver) = mpsc::channel();
        let heartbeat = Heartbeat::with(Duration::ZERO, Duration::from_millis(1), move |text| {
            let _ = sender.send(text.to_owned());
        });
        receiver.recv().unwrap();
        heartbeat.say("3 files".to_owned());
        assert!(receiver.iter().any(|text| text == "3 files"));
        drop(heartbeat);
        // The thread ends, and its sender with it: this is no endless loop.
        assert!(receiver.iter().all(|text| text == "3 files"));
    }

    #[test]
    fn quick_work_reports_nothing() {
        let (sender, receiver) = mpsc::channel();
        drop(Heartbeat::start(move |text| drop(sender.send(text.to_owned()))));
        assert_eq!(receiver.iter().count(), 0);
    }
}
