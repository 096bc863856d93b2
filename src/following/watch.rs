//! Watching jobs until nothing is under way: what has changed, how long to wait, when it is over.
//!
//! A [`Watch`] has no clock and asks no server: it is told what was seen, and how long after the beginning.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};

use super::Followed;
use crate::api::{JobId, JobStatus};
use crate::troubleshooting::{Advice, STUCK_AFTER, stuck};

/// No server is asked more often.
pub const SHORTEST: Duration = Duration::from_secs(5);

/// Where nothing changes, it is asked less and less often, down to once in so long.
const LONGEST: Duration = Duration::from_secs(300);

/// So many times without a change, and the pause doubles.
const PATIENCE: u32 = 3;

/// What a watch is after a look at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Look again after this long.
    After(Duration),
    /// Nothing is under way any more.
    Over,
    /// The time that it was given is up, and something still is.
    TimedOut,
}

/// How far all jobs are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobsProgress {
    /// Jobs that are neither waiting nor being processed.
    pub settled: usize,
    /// All jobs that the server knows.
    pub jobs: usize,
    /// Files anonymized.
    pub processed: u64,
    /// Files fetched from the sources.
    pub downloaded: u64,
}

/// Jobs that are being watched.
#[derive(Debug)]
pub struct Watch {
    interval: Duration,
    timeout: Option<Duration>,
    unchanged: u32,
    seen: HashMap<JobId, Seen>,
    /// How far they were at the first look, and when that was.
    start: Option<(Duration, JobsProgress)>,
    now: JobsProgress,
}

/// What was last seen of a job.
#[derive(Debug)]
struct Seen {
    status: JobStatus,
    files: (Option<i64>, Option<i64>),
    /// When it was first seen with this status; nothing if it had that at the first look already.
    since: Option<Duration>,
    advised: bool,
}

/// What is new about a job.
#[derive(Debug, PartialEq)]
pub enum News<'f> {
    /// It has another status.
    Status(&'f Followed),
    /// It has been uploaded for so long that something is probably wrong. Told once.
    Stuck(&'f Followed, Advice),
}

impl Watch {
    /// Looks every `interval` at most, and gives up after `timeout`.
    pub fn new(interval: Duration, timeout: Option<Duration>) -> Watch {
        Watch {
            interval: interval.max(SHORTEST),
            timeout,
            unchanged: 0,
            seen: HashMap::new(),
            start: None,
            now: JobsProgress::default(),
        }
    }

    /// What is new, `at` this time since the beginning; `now` is the time by the server's clock.
    pub fn see<'f>(&mut self, jobs: &'f [Followed], at: Duration, now: NaiveDateTime) -> Vec<News<'f>> {
        let is_first = self.start.is_none();
        let mut news = vec![];
        let mut moved = is_first;
        for followed in jobs {
            let job = &followed.job;
            let files = (job.files_downloaded, job.files_processed);
            let fresh = || Seen { status: job.status.clone(), files, since: (!is_first).then_some(at), advised: false };
            let seen = self.seen.entry(job.job_id).or_insert_with(fresh);
            if seen.status != job.status {
                *seen = fresh();
                news.push(News::Status(followed));
                moved = true;
            }
            moved |= seen.files != files;
            seen.files = files;
            let is_late = match seen.since {
                Some(since) => at.saturating_sub(since) > STUCK_AFTER,
                None => job.created_at().is_some_and(|date| now - date > delta(STUCK_AFTER)),
            };
            if job.status == JobStatus::Uploaded && is_late && !seen.advised {
                seen.advised = true;
                news.push(News::Stuck(followed, stuck()));
            }
        }
        self.now = progress(jobs);
        self.start.get_or_insert((at, self.now));
        self.unchanged = if moved { 0 } else { self.unchanged.saturating_add(1) };
        news
    }

    /// What comes after a look.
    pub fn next(&self, at: Duration) -> Next {
        if self.start.is_some() && self.now.settled == self.now.jobs {
            return Next::Over;
        }
        let left = self.timeout.map(|timeout| timeout.saturating_sub(at));
        match left {
            Some(Duration::ZERO) => Next::TimedOut,
            Some(left) => Next::After(self.pause().min(left)),
            None => Next::After(self.pause()),
        }
    }

    /// The server could not be reached: that counts as no change, so the next request comes later.
    pub fn see_nothing(&mut self) {
        self.unchanged = self.unchanged.saturating_add(1);
    }

    fn pause(&self) -> Duration {
        let doublings = (self.unchanged / PATIENCE).min(16);
        (self.interval * 2_u32.pow(doublings)).min(LONGEST.max(self.interval))
    }

    /// How far they are.
    pub fn progress(&self) -> JobsProgress {
        self.now
    }

    /// Files anonymized a second, since the first look.
    pub fn rate(&self, at: Duration) -> Option<f64> {
        let (since, before) = self.start?;
        let seconds = at.saturating_sub(since).as_secs_f64();
        let files = self.now.processed.saturating_sub(before.processed);
        (seconds > 0.0 && files > 0).then(|| files as f64 / seconds)
    }

    /// About how long it takes until all are settled, as fast as they were since the first look.
    pub fn left(&self, at: Duration) -> Option<Duration> {
        let (since, before) = self.start?;
        let done = self.now.settled.saturating_sub(before.settled);
        let rest = self.now.jobs - self.now.settled;
        (done > 0).then(|| at.saturating_sub(since).mul_f64(rest as f64 / done as f64))
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

/// Whether the server still has to do something for a job.
pub fn is_under_way(status: &JobStatus) -> bool {
    matches!(status, JobStatus::Active | JobStatus::Uploaded)
}

fn progress(jobs: &[Followed]) -> JobsProgress {
    let files = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default();
    let mut progress = JobsProgress { jobs: jobs.len(), ..JobsProgress::default() };
    for Followed { job, .. } in jobs {
        progress.settled += usize::from(!is_under_way(&job.status));
        progress.processed = progress.processed.saturating_add(files(job.files_processed));
        progress.downloaded = progress.downloaded.saturating_add(files(job.files_downloaded));
    }
    progress
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const INTERVAL: Duration = Duration::from_secs(30);

    fn job(id: i64, status: &str, processed: i64) -> Followed {
        let job = serde_json::from_value(json!({
            "job_id": id, "date": "2026-11-23T12:00:00", "user_name": null, "status": status, "error": null,
            "description": null, "project_name": null, "priority": 0, "files_downloaded": 100, "files_processed": processed
        }));
        Followed { job: job.unwrap(), pseudonym: None, source: None, line: None }
    }

    /// Each look: seconds, and the jobs.
    fn watched(watch: &mut Watch, at: u64, jobs: &[Followed]) -> Vec<String> {
        let start: NaiveDateTime = "2026-11-23T12:00:00".parse().unwrap();
        let now = start + TimeDelta::seconds(at.cast_signed());
        let news = watch.see(jobs, Duration::from_secs(at), now);
        let word = |news: &News<'_>| match news {
            News::Status(followed) => format!("{} {}", followed.job.job_id, followed.job.status),
            News::Stuck(followed, _) => format!("{} stuck", followed.job.job_id),
        };
        news.iter().map(word).collect()
    }

    fn seconds(watch: &Watch, at: u64) -> u64 {
        match watch.next(Duration::from_secs(at)) {
            Next::After(pause) => pause.as_secs(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn changes_are_reported_until_no_job_is_running() {
        let mut watch = Watch::new(INTERVAL, None);
        assert_eq!(watched(&mut watch, 0, &[job(1, "ACTIVE", 0), job(2, "ERROR", 0)]), [""; 0]);
        assert_eq!(watched(&mut watch, 30, &[job(1, "UPLOADED", 0), job(2, "ERROR", 0)]), ["1 UPLOADED"]);
        assert_eq!(watch.next(Duration::from_secs(30)), Next::After(INTERVAL));
        assert_eq!(watched(&mut watch, 60, &[job(1, "DONE", 0), job(2, "ERROR", 0)]), ["1 DONE"]);
        assert_eq!(watch.next(Duration::from_secs(60)), Next::Over);
    }

    #[test]
    fn it_asks_less_often_while_nothing_changes_and_never_too_often() {
        let mut watch = Watch::new(INTERVAL, None);
        let mut pauses = vec![];
        for look in 0..14 {
            watched(&mut watch, look, &[job(1, "ACTIVE", 0)]);
            pauses.push(seconds(&watch, look));
        }
        assert_eq!(pauses, [30, 30, 30, 60, 60, 60, 120, 120, 120, 240, 240, 240, 300, 300]);
        watched(&mut watch, 20, &[job(1, "ACTIVE", 1)]);
        assert_eq!(seconds(&watch, 20), 30, "a file more is a change");
        for _ in 0..3 {
            watch.see_nothing();
        }
        assert_eq!(seconds(&watch, 20), 60, "a server that does not answer is left alone for longer");
        assert_eq!(seconds(&Watch::new(Duration::from_millis(1), None), 0), 5);
        assert_eq!(seconds(&Watch::new(Duration::from_secs(3600), None), 0), 3600);
    }

    #[test]
    fn time_that_is_given_is_kept() {
        let mut watch = Watch::new(INTERVAL, Some(Duration::from_secs(40)));
        watched(&mut watch, 0, &[job(1, "ACTIVE", 0)]);
        assert_eq!(seconds(&watch, 30), 10);
        assert_eq!(watch.next(Duration::from_secs(40)), Next::TimedOut);
        watched(&mut watch, 40, &[job(1, "DONE", 0)]);
        assert_eq!(watch.next(Duration::from_secs(40)), Next::Over, "what is done at the last moment is done");
    }

    #[test]
    fn a_job_that_stays_uploaded_is_reported_once() {
        let mut watch = Watch::new(INTERVAL, None);
        watched(&mut watch, 1700, &[job(1, "ACTIVE", 0), job(2, "UPLOADED", 0)]);
        // Already UPLOADED when first seen: only its date says for how long.
        assert_eq!(
            watched(&mut watch, 1801, &[job(1, "UPLOADED", 0), job(2, "UPLOADED", 0)]),
            ["1 UPLOADED", "2 stuck"]
        );
        assert_eq!(watched(&mut watch, 3000, &[job(1, "UPLOADED", 0), job(2, "UPLOADED", 0)]), [""; 0]);
        assert_eq!(watched(&mut watch, 3602, &[job(1, "UPLOADED", 0), job(2, "UPLOADED", 0)]), ["1 stuck"]);
    }

    #[test]
    fn speed_and_the_time_that_is_left_are_those_since_the_first_look() {
        let mut watch = Watch::new(INTERVAL, None);
        let jobs = |done: i64| -> Vec<Followed> {
            (0..10).map(|id| job(id, if id < done { "DONE" } else { "ACTIVE" }, done)).collect()
        };
        watched(&mut watch, 100, &jobs(2));
        assert_eq!((watch.rate(Duration::from_secs(100)), watch.left(Duration::from_secs(100))), (None, None));
        watched(&mut watch, 160, &jobs(5));
        let at = Duration::from_secs(160);
        assert_eq!((watch.rate(at), watch.left(at)), (Some(0.5), Some(Duration::from_secs(100))));
        assert_eq!(watch.progress(), JobsProgress { settled: 5, jobs: 10, processed: 50, downloaded: 1000 });
    }
}
