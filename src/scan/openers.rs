//! A pool of openers: threads that do something with each of many files, many at a time.
//!
//! One thread lists, and passes what it finds in small batches through a bounded channel to the openers. There is an
//! opener for each processor, unless files turn out to be waited for (a share): then there are as many as are allowed.

use std::mem;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, Builder, Scope};
use std::time::{Duration, Instant};

use crate::locks::unlocked;

/// Files per batch, so that passing them costs little.
const BATCH: usize = 64;

/// Batches that may wait. Beyond that, listing pauses, so that memory use stays low.
const WAITING: usize = 512;

/// So many files tell how long the others will take.
const FIRST: usize = 8;

/// A file that takes longer than this is waited for, not worked on.
const SLOW: Duration = Duration::from_micros(300);

/// Calls `open` with each file that `list` hands over, on no more than `most` threads besides this one, on which `list` runs.
///
/// Returns when all is done. Where no thread can be started, this one does it all.
pub fn open_each<F: Send>(most: NonZeroUsize, list: impl FnOnce(&mut dyn FnMut(F)), open: impl Fn(F) + Sync) {
    let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let (opened, slow) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Pool { open: &open, at_first: processors.min(most.get()), most: most.get(), opened, slow }.run(list);
}

/// What the openers have in common.
struct Pool<'o, F> {
    open: &'o (dyn Fn(F) + Sync),
    /// How many openers there are until it is known how long files take.
    at_first: usize,
    most: usize,
    /// Files that have been opened, as far as [`FIRST`].
    opened: AtomicUsize,
    /// How many of those were slow.
    slow: AtomicUsize,
}

/// Only the openers hold it: if all of them have panicked, listing does not wait for them.
type Queue<F> = Arc<Mutex<Receiver<Vec<F>>>>;

impl<F: Send> Pool<'_, F> {
    fn run(&self, list: impl FnOnce(&mut dyn FnMut(F))) {
        let (sender, receiver) = sync_channel(WAITING);
        let queue = Arc::new(Mutex::new(receiver));
        thread::scope(|scope| {
            let openers = self.start(scope, self.at_first, &queue);
            drop(queue);
            let hand_over = |batch: Vec<F>| match openers {
                0 => batch.into_iter().for_each(self.open),
                _ => drop(sender.send(batch)),
            };
            let mut batch = Vec::with_capacity(BATCH);
            list(&mut |file| {
                batch.push(file);
                if batch.len() >= self.batch() {
                    hand_over(mem::replace(&mut batch, Vec::with_capacity(BATCH)));
                }
            });
            hand_over(batch);
            drop(sender);
        });
    }

    /// Starts this many openers, or as many as the system allows. Returns how many.
    fn start<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, count: usize, queue: &Queue<F>) -> usize
    where
        F: 'scope,
    {
        let start = |_: &usize| {
            let queue = Arc::clone(queue);
            Builder::new().spawn_scoped(scope, move || self.work(scope, &queue)).is_ok()
        };
        (0..count).take_while(start).count()
    }

    fn work<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, queue: &Queue<F>) {
        loop {
            let batch = unlocked(queue.lock()).recv();
            let Ok(batch) = batch else { return };
            for file in batch {
                if self.opened.load(Ordering::Relaxed) >= FIRST {
                    (self.open)(file);
                    continue;
                }
                let started = Instant::now();
                (self.open)(file);
                if self.are_slow(started.elapsed()) {
                    self.start(scope, self.most - self.at_first, queue);
                }
            }
        }
    }

    /// How many files are handed over at a time. Slow ones go one by one, so that each opener has one as soon as it is listed.
    fn batch(&self) -> usize {
        if self.slow.load(Ordering::Relaxed) > FIRST / 2 { 1 } else { BATCH }
    }

    /// Takes into account how long a file took. True once: when it was the last of the first few, and most of them were slow.
    fn are_slow(&self, time: Duration) -> bool {
        if time > SLOW {
            self.slow.fetch_add(1, Ordering::Relaxed);
        }
        self.opened.fetch_add(1, Ordering::Relaxed) + 1 == FIRST && self.slow.load(Ordering::Relaxed) > FIRST / 2
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;
    use std::thread::sleep;

    use super::*;

    fn most(most: usize) -> NonZeroUsize {
        NonZeroUsize::new(most).unwrap()
    }

    /// How many files were open at the same time, at most.
    fn at_once(allowed: usize, files: u32, time: Duration) -> usize {
        let (now, peak, sum) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicU64::new(0));
        open_each(
            most(allowed),
            |hand_over| (0..files).for_each(hand_over),
            |file| {
                peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                sleep(time);
                sum.fetch_add(file.into(), Ordering::SeqCst);
                now.fetch_sub(1, Ordering::SeqCst);
            },
        );
        assert_eq!(sum.into_inner(), u64::from(files) * u64::from(files - 1) / 2, "each file is opened once");
        peak.into_inner()
    }

    #[test]
    fn files_that_are_waited_for_are_opened_many_at_a_time() {
        let peak = at_once(40, 2000, Duration::from_millis(2));
        assert!((20..=40).contains(&peak), "{peak}");
    }

    #[test]
    fn no_more_are_open_than_allowed() {
        assert_eq!(at_once(1, 40, Duration::from_millis(1)), 1);
        assert!(at_once(3, 400, Duration::from_millis(1)) <= 3);
    }

    #[test]
    fn files_that_are_quick_need_no_more_openers_than_processors() {
        let processors = thread::available_parallelism().unwrap().get();
        assert!(at_once(64, 20_000, Duration::ZERO) <= processors);
    }

    #[test]
    fn without_a_thread_all_is_done_all_the_same() {
        let sum = AtomicU64::new(0);
        let open = |file: u64| {
            sum.fetch_add(file, Ordering::Relaxed);
        };
        let pool = Pool { open: &open, at_first: 0, most: 0, opened: AtomicUsize::new(0), slow: AtomicUsize::new(0) };
        pool.run(|hand_over| (0..100).for_each(hand_over));
        assert_eq!(sum.load(Ordering::Relaxed), 4950);
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn nobody_waits_for_openers_that_have_panicked() {
        open_each(most(2), |hand_over| (0..1_000_000).for_each(hand_over), |_| panic!("this one is meant"));
    }
}
