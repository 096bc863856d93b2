//! Handing over what was found, while the scan goes on.
//!
//! Where writing a selection takes long, because the disk or the share is waited for, no thread of the scan does that: results
//! are handed over on threads of their own, many at once. Where it is quick, a thread would cost more than it saves.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope};
use std::time::{Duration, Instant};

use super::Found;

/// No more threads than this wait for the disk.
const MOST: usize = 32;

/// A result that takes longer than this to hand over is waited for, not worked on.
const SLOW: Duration = Duration::from_millis(1);

/// Results on their way to whoever wanted the scan.
pub(super) struct Delivery {
    limit: usize,
    /// Whether the result that was handed over last took long.
    is_slow: AtomicBool,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(usize, Found)>,
    threads: usize,
}

impl Delivery {
    /// With a limit of 1, each result is handed over by the thread that has it.
    pub(super) fn new(limit: usize) -> Delivery {
        Delivery { limit: limit.min(MOST), is_slow: AtomicBool::new(false), queue: Mutex::default() }
    }

    /// Hands a result over, now or soon.
    pub(super) fn begin<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        root: usize,
        found: Found,
        hand_over: impl Fn(usize, Found) + Send + Copy + 'scope,
    ) {
        let hand_over = move |root, found| {
            let started = Instant::now();
            hand_over(root, found);
            self.is_slow.store(started.elapsed() > SLOW, Ordering::Relaxed);
        };
        if self.limit == 1 || !self.is_slow.load(Ordering::Relaxed) {
            return hand_over(root, found);
        }
        let mut queue = self.lock();
        queue.waiting.push_back((root, found));
        // With so many waiting, the scan is ahead of the disk: it may as well help.
        let too_many = queue.waiting.len() > 2 * self.limit;
        let one_more = queue.threads < self.limit;
        if one_more {
            queue.threads += 1;
        }
        drop(queue);
        let started = one_more && Builder::new().spawn_scoped(scope, move || self.work(hand_over)).is_ok();
        if one_more && !started {
            self.work(hand_over);
        } else if too_many && let Some((root, found)) = self.next() {
            hand_over(root, found);
        }
    }

    fn work(&self, hand_over: impl Fn(usize, Found)) {
        loop {
            let mut queue = self.lock();
            let Some((root, found)) = queue.waiting.pop_front() else {
                queue.threads -= 1;
                return;
            };
            drop(queue);
            hand_over(root, found);
        }
    }

    fn next(&self) -> Option<(usize, Found)> {
        self.lock().waiting.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
