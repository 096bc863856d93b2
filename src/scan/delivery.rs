//! Handing over what was found, while the scan goes on.
//!
//! A selection is on disk only when the disk says so, which takes longer than scanning a small folder. So that no thread of
//! the scan waits for that, each result is handed over on a thread of its own: file systems write many files to disk in the
//! time that one takes.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope};

use super::Found;

/// No more threads than this wait for the disk.
const MOST: usize = 32;

/// Results on their way to whoever wanted the scan.
pub(super) struct Delivery {
    limit: usize,
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
        Delivery { limit: limit.min(MOST), queue: Mutex::default() }
    }

    /// Hands a result over, now or soon.
    pub(super) fn begin<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        root: usize,
        found: Found,
        hand_over: impl Fn(usize, Found) + Send + Copy + 'scope,
    ) {
        if self.limit == 1 {
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
