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
    pub(super) fn learn(&mut self, is_slow: bool, all_busy: bool, done: u64, now: Instant) {
        if !is_slow {
            self.trial = None;
            return;
        }
        let before = self.trial.and_then(|trial| trial.before);
        if self.size >= self.limit && before.is_none() {
            return;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A scan of 2 ms a round, in which a crew of some size gets some files done.
    struct Play {
        crew: Crew,
        now: Instant,
        done: u64,
    }

    impl Play {
        fn of(crew: Crew) -> Play {
            Play { crew, now: Instant::now(), done: 0 }
        }

        fn rounds(&mut self, rounds: usize, files: impl Fn(usize) -> u64) {
            for _ in 0..rounds {
                self.now += Duration::from_millis(2);
                self.done += files(self.crew.size);
                self.crew.learn(true, true, self.done, self.now);
            }
        }
    }

    #[test]
    fn a_crew_grows_while_that_helps() {
        let mut play = Play::of(Crew::new(2, 64));
        play.rounds(20, |size| size as u64);
        assert_eq!(play.crew.size, 64);
        play.rounds(1000, |size| size as u64);
        assert_eq!(play.crew.size, 64);
    }

    #[test]
    fn a_crew_that_gets_no_more_done_shrinks_again() {
        let mut play = Play::of(Crew::new(2, 64));
        play.rounds(5, |_| 2);
        assert_eq!(play.crew.size, 8);
        play.rounds(15, |_| 2);
        assert_eq!(play.crew.size, 2);
    }

    #[test]
    fn a_share_that_becomes_slow_later_is_noticed() {
        let mut play = Play::of(Crew::new(2, 64));
        // The processors were busy for a while.
        play.rounds(100, |_| 2);
        play.rounds(200, |size| size as u64);
        assert_eq!(play.crew.size, 64);
    }

    #[test]
    fn a_fast_disk_keeps_the_crew_small() {
        let (pace, mut crew, mut now) = (Pace::default(), Crew::new(2, 64), Instant::now());
        for done in 0..1000 {
            // Now and then, the system interrupts a thread.
            let time = Duration::from_micros(if done % 40 == 0 { 20_000 } else { 8 });
            // The other thread goes on meanwhile.
            now += Duration::from_micros(8);
            pace.learn(time, 1);
            crew.learn(pace.is_slow(), true, done, now);
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
        let mut play = Play::of(Crew::new(8, 64));
        play.crew.at_most(0);
        assert_eq!(play.crew.size, 1);
        play.rounds(20, |size| size as u64);
        assert_eq!(play.crew.size, 1);
    }
}
