//! How many threads a scan is worth.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A file that takes longer than this is waited for, not worked on.
const SLOW: Duration = Duration::from_micros(300);

/// Longer than this counts as this: one that the system interrupted says little.
const LONGEST: Duration = Duration::from_millis(2);

/// Before the first file.
const UNKNOWN: u32 = u32::MAX;

/// How long a file takes, as a moving average in nanoseconds.
pub(super) struct Pace(AtomicU32);

impl Default for Pace {
    fn default() -> Self {
        Pace(AtomicU32::new(UNKNOWN))
    }
}

impl Pace {
    /// So many files, opened one after the other, took so long. Threads that learn at once may forget each other's lesson.
    pub(super) fn learn(&self, time: Duration, files: usize) {
        let files = files.max(1) as u32;
        let each = (time / files).min(LONGEST).as_nanos() as u32;
        let weight = files.min(4);
        let pace = match self.0.load(Ordering::Relaxed) {
            UNKNOWN => each,
            before => (before / 8) * (8 - weight) + (each / 8) * weight,
        };
        self.0.store(pace, Ordering::Relaxed);
    }

    /// Whether threads wait for files rather than work on them.
    pub(super) fn is_slow(&self) -> bool {
        let pace = self.0.load(Ordering::Relaxed);
        pace != UNKNOWN && Duration::from_nanos(pace.into()) > SLOW
    }

    /// How many files fit in a time, at least one.
    pub(super) fn files_in(&self, time: Duration) -> usize {
        let pace = self.0.load(Ordering::Relaxed).max(1);
        (time.as_nanos() / u128::from(pace)).max(1) as usize
    }
}

/// How many threads there may be: as many as there are processors, and more for as long as more get more done.
///
/// A file may take long because a share is slow, where many opens in flight help; or because others keep the processors busy,
/// where more threads are a nuisance. Trying tells.
#[derive(Debug)]
pub(super) struct Crew {
    /// The number of threads that is right for now.
    pub size: usize,
    limit: usize,
    trial: Option<Trial>,
    /// After a trial that failed, the next one waits: each time twice as long.
    pause: Duration,
    paused_until: Option<Instant>,
}

/// A measurement of how much the crew gets done.
#[derive(Debug, Clone, Copy)]
struct Trial {
    since: Instant,
    done_then: u64,
    /// Files per second of the smaller crew, and how many times larger this one is.
    before: Option<(f64, usize)>,
}

/// By how much the crew grows at a time.
const GROWTH: usize = 4;

impl Crew {
    pub(super) fn new(size: usize, limit: usize) -> Crew {
        Crew { size, limit, trial: None, pause: Duration::from_millis(100), paused_until: None }
    }

    /// Never more than this from now on, but always one.
    pub(super) fn at_most(&mut self, limit: usize) {
        self.limit = self.limit.min(limit).max(1);
        self.size = self.size.min(self.limit);
    }

    /// Looks at how much was done in all, and thinks about the size. `all_busy` says whether the whole crew had work to do.
    pub(super) fn learn(&mut self, is_slow: bool, all_busy: bool, done: u64) {
        if !is_slow {
            self.trial = None;
            return;
        }
        let before = self.trial.and_then(|trial| trial.before);
        if self.size >= self.limit && before.is_none() {
            return;
        }
        let now = Instant::now();
        let Some(trial) = self.trial.filter(|_| all_busy) else {
            if self.paused_until.is_none_or(|until| now >= until) {
                self.trial = Some(Trial { since: now, done_then: done, before });
            }
            return;
        };
        // Each thread has had time for some files.
        let lately = done - trial.done_then;
        if lately < 3 * self.size as u64 {
            return;
        }
        let rate = lately as f64 / now.duration_since(trial.since).as_secs_f64().max(1e-9);
        self.trial = None;
        if before.is_none() && self.size as f64 / rate < SLOW.as_secs_f64() {
            // It was only the first file, or a few, that took long.
            return;
        }
        let worth_it = before.is_none_or(|(before, times)| rate >= before * (1.0 + (times - 1) as f64 / 2.0));
        if !worth_it {
            self.size = (self.size / before.map_or(1, |(_, times)| times)).max(1);
            self.paused_until = Some(now + self.pause);
            self.pause *= 2;
        } else if self.size < self.limit {
            let size = (self.size * GROWTH).min(self.limit);
            // The last step may be too small to be worth a look.
            let before = Some((rate, size / self.size)).filter(|(_, times)| *times > 1);
            self.size = size;
            self.trial = Some(Trial { since: now, done_then: done, before });
        }
    }
}

impl Default for Crew {
    fn default() -> Self {
        Crew::new(1, 1)
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::*;

    /// Plays a crew of which each thread does so many files in each of the rounds of 2 ms.
    fn play(crew: &mut Crew, rounds: usize, files: impl Fn(usize) -> u64, done: &mut u64) {
        for _ in 0..rounds {
            crew.learn(true, true, *done);
            sleep(Duration::from_millis(2));
            *done += files(crew.size);
        }
        crew.learn(true, true, *done);
    }

    #[test]
    fn a_crew_grows_while_that_helps() {
        let mut crew = Crew::new(2, 64);
        play(&mut crew, 40, |size| size as u64, &mut 0);
        assert_eq!(crew.size, 64);
    }

    #[test]
    fn a_crew_that_gets_no_more_done_shrinks_again() {
        let mut crew = Crew::new(2, 64);
        let mut done = 0;
        play(&mut crew, 6, |_| 2, &mut done);
        assert_eq!(crew.size, 8);
        play(&mut crew, 20, |_| 2, &mut done);
        assert_eq!(crew.size, 2);
    }

    #[test]
    fn a_fast_disk_keeps_the_crew_small() {
        let (pace, mut crew) = (Pace::default(), Crew::new(2, 64));
        for done in 0..1000 {
            // Now and then, the system interrupts a thread.
            pace.learn(Duration::from_micros(if done % 40 == 0 { 20_000 } else { 8 }), 1);
            crew.learn(pace.is_slow(), true, done);
        }
        assert_eq!(crew.size, 2);
        assert!(pace.files_in(Duration::from_micros(400)) > 1);
    }

    #[test]
    fn a_slow_share_is_noticed_at_once() {
        let pace = Pace::default();
        assert!(!pace.is_slow());
        assert_eq!(pace.files_in(Duration::from_micros(400)), 1);
        pace.learn(Duration::from_millis(2), 1);
        assert!(pace.is_slow());
    }

    #[test]
    fn a_crew_is_never_smaller_than_one() {
        let mut crew = Crew::new(8, 64);
        crew.at_most(0);
        assert_eq!(crew.size, 1);
        play(&mut crew, 20, |size| size as u64, &mut 0);
        assert_eq!(crew.size, 1);
    }
}
