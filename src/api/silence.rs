//! Says when nothing has been heard for a second.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a person waits without asking what for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Watches over calls, on one thread for all of them.
pub(super) struct Silence(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Calls under way that nothing was said of yet, and when it is time to.
    due: BTreeMap<u64, Instant>,
    next: u64,
    /// The watching thread has nothing to wait for.
    is_idle: bool,
    is_over: bool,
}

impl Silence {
    /// Calls `tell` for each call that takes longer than a second. Where no thread can be had, nobody is told.
    pub(super) fn watched(tell: impl Fn() + Send + 'static) -> Silence {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() });
        let watching = Arc::clone(&shared);
        let _ = thread::Builder::new().name("silence".into()).spawn(move || watching.watch(&tell));
        Silence(shared)
    }

    /// A call begins; it is over when what this returns is dropped.
    pub(super) fn begin(&self) -> Call<'_> {
        let mut state = self.0.state();
        let number = state.next;
        state.next += 1;
        state.due.insert(number, Instant::now() + PATIENCE);
        if state.is_idle {
            self.0.changed.notify_one();
        }
        Call { shared: &self.0, number }
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        self.0.state().is_over = true;
        self.0.changed.notify_one();
    }
}

/// A call that is under way.
pub(super) struct Call<'a> {
    shared: &'a Shared,
    number: u64,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.shared.state().due.remove(&self.number);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self, tell: &impl Fn()) {
        let mut state = self.state();
        while !state.is_over {
            let now = Instant::now();
            let first = state.due.iter().min_by_key(|(_, due)| **due).map(|(number, due)| (*number, *due));
            state = match first {
                Some((number, due)) if due <= now => {
                    state.due.remove(&number);
                    drop(state);
                    tell();
                    self.state()
                }
                Some((_, due)) => self.changed.wait_timeout(state, due - now).unwrap_or_else(PoisonError::into_inner).0,
                None => {
                    state.is_idle = true;
                    let mut woken = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                    woken.is_idle = false;
                    woken
                }
            };
        }
    }
}
