use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use chrono::Local;
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::followed::{self, FollowedView, counts, missing, rows};
use super::status::BatchStatus;
use crate::api::{ApiError, Client, JobId, JobStatus, Stage};
use crate::commands::console::{Console, Interrupt, Level, Live, RowsIn, View};
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::following::watch::{self, News, Next};
use crate::following::{Followed, Rows};
use crate::settings::Server;
use crate::text::counted;
use crate::troubleshooting::in_few_words;

/// Follow the batch until no job is ACTIVE or UPLOADED any more
///
/// 'anon batch wait' is the same.
/// Prints a line for each job whose status changes. Ctrl-C stops watching and leaves the jobs alone; '--timeout SECONDS' stops it
/// after that time. The exit status tells how it went: 0 all jobs are done, 1 some are not, 3 time was up.
#[derive(Args)]
#[command(
    // A visible alias would stand in the place of the name where the Tab key completes.
    alias = "wait",
    after_help = "Examples:
  anon batch watch
  anon batch watch --interval 60 --bell
  anon batch watch --timeout 3600 --quiet"
)]
pub struct Watch {
    /// Seconds between requests to the server, at least 5; less often while nothing changes
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(5..=86_400))]
    interval: u64,
    /// Ring the terminal's bell at the end
    #[arg(long)]
    bell: bool,
}

/// How a watch ended, and the jobs at that moment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BatchWatch {
    /// How it ended.
    pub outcome: WatchOutcome,
    #[serde(flatten)]
    pub status: BatchStatus,
}

/// How a watch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WatchOutcome {
    /// All jobs are done.
    Done,
    /// No job is running any more, and some are not done.
    Failed,
    /// Jobs were still running when time was up.
    TimedOut,
    /// It was interrupted.
    Interrupted,
}

impl View for BatchWatch {
    const COLUMNS: &'static [&'static str] = FollowedView::COLUMNS;
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["jobs"])];
}

impl Watch {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let batch = context.batch().load()?;
        let (client, timeout) = context.client_for_long(&batch.server)?;
        super::warn_of_others(context, &batch);
        let ids: Vec<JobId> = batch.job_ids.into_iter().collect();
        let watch = watch::Watch::new(Duration::from_secs(self.interval), timeout);
        let rows = rows(context, &batch.server);
        let watching = Watching { console, client: &client, server: &batch.server, ids: &ids, rows, watch };
        let (next, jobs) = watching.run()?;
        if self.bell {
            console.ring();
        }
        finish(console, &batch.server, &ids, next, &jobs)
    }
}

/// What is at work while it goes on.
struct Watching<'a> {
    console: &'a Console,
    client: &'a Client,
    server: &'a Server,
    ids: &'a [JobId],
    rows: Rows,
    watch: watch::Watch,
}

impl Watching<'_> {
    /// Watches until the end. Returns how it ended (`None` if interrupted), and the jobs as last seen.
    fn run(mut self) -> Result<(Option<Next>, Vec<Followed>)> {
        let start = Instant::now();
        let interrupt = Interrupt::listen(self.console);
        let mut jobs = self.first_look(start, &interrupt)?;
        if jobs.iter().any(|followed| watch::is_under_way(&followed.job.status)) {
            self.console.report(overview(self.server, &jobs, missing(self.ids, &jobs).len()));
        }
        let live = self.console.live([&self.server.name, "files"]);
        let mut fails = false;
        loop {
            if !fails {
                self.tell(&jobs, start.elapsed(), &live);
            }
            let pause = match self.watch.next(start.elapsed()) {
                Next::After(pause) => pause,
                end => return Ok((Some(end), jobs)),
            };
            if !sleep(pause, &interrupt) {
                return Ok((None, jobs));
            }
            match self.client.get_jobs_list(self.ids) {
                Ok(found) => {
                    let mut now = self.rows.follow(found);
                    remember(&mut now, &jobs);
                    (jobs, fails) = (now, false);
                }
                // Nobody but the user can put that right.
                Err(error) if error.stage() == Stage::Credentials => return Err(error.into()),
                Err(error) => {
                    self.watch.see_nothing();
                    if !std::mem::replace(&mut fails, true) {
                        live.above(|| self.tell_of(&error));
                    }
                }
            }
            if interrupt.is_pressed() {
                return Ok((None, jobs));
            }
        }
    }

    /// At the beginning, a server that is missing or does not know the user is not worth waiting for; anything else may pass.
    fn first_look(&mut self, start: Instant, interrupt: &Interrupt) -> Result<Vec<Followed>> {
        let mut fails = false;
        loop {
            let error = match self.client.get_jobs_list_extended(self.ids) {
                Ok(found) => return Ok(self.rows.follow(found)),
                Err(error) if error.concerns_the_server() => return Err(error.into()),
                Err(error) => error,
            };
            self.watch.see_nothing();
            if !std::mem::replace(&mut fails, true) {
                self.tell_of(&error);
            }
            match self.watch.next(start.elapsed()) {
                Next::After(pause) if sleep(pause, interrupt) => {}
                Next::After(_) => return Err(Error::Interrupted("the jobs continue".to_owned())),
                _ => return Err(Error::TimedOut(format!("time is up. {error}"))),
            }
        }
    }

    fn tell_of(&self, error: &ApiError) {
        self.console.note(format_args!("{error}; retrying until the server answers"));
    }

    fn tell(&mut self, jobs: &[Followed], at: Duration, live: &Live) {
        let now = Local::now();
        for news in self.watch.see(jobs, at, now.naive_local()) {
            let time = now.format("%Y-%m-%dT%H:%M:%S");
            live.above(|| match news {
                News::Status(followed) => self.console.report(format_args!("{time}  {}", change(followed))),
                News::Stuck(followed, advice) => self.console.warn(format_args!(
                    "job {} has been UPLOADED for more than 30 minutes. {} {}",
                    followed.job.job_id, advice.meaning, advice.remedy
                )),
            });
        }
        live.show(levels(&self.watch, jobs, at));
    }
}

/// Waits, unless interrupted.
fn sleep(pause: Duration, interrupt: &Interrupt) -> bool {
    /// How long a person waits for an answer to Ctrl-C.
    const MOMENT: Duration = Duration::from_millis(50);
    let start = Instant::now();
    while !interrupt.is_pressed() {
        let left = pause.saturating_sub(start.elapsed());
        if left.is_zero() {
            return true;
        }
        thread::sleep(left.min(MOMENT));
    }
    false
}

/// The short list does not say whose the jobs are.
fn remember(now: &mut [Followed], before: &[Followed]) {
    let before: std::collections::HashMap<JobId, &Followed> =
        before.iter().map(|followed| (followed.job.job_id, followed)).collect();
    for followed in now {
        if let Some(earlier) = before.get(&followed.job.job_id) {
            followed.remember(earlier);
        }
    }
}

/// `1077  ERROR     C0077  The patient has opted out`.
fn change(followed: &Followed) -> String {
    let job = &followed.job;
    let mut text = format!("{}  {:<8}", job.job_id, job.status.as_str());
    if let Some(pseudonym) = &followed.pseudonym {
        let _ = write!(text, "  {pseudonym}");
    }
    let files = match job.status {
        JobStatus::Done => job.files_processed,
        JobStatus::Uploaded => job.files_downloaded,
        _ => None,
    };
    if let Some(count) = files.and_then(|count| usize::try_from(count).ok()) {
        let _ = write!(text, "  {}", counted(count, "file"));
    }
    if job.status == JobStatus::Error {
        let _ = write!(text, "  {}", in_few_words(job, Local::now().naive_local()).unwrap_or_default());
    }
    text
}

/// `p01: 300 jobs, 221 DONE, 79 ACTIVE`.
fn overview(server: &Server, jobs: &[Followed], missing: usize) -> String {
    format!("{}: {}, {}", server.name, counted(jobs.len() + missing, "job"), tally(jobs, missing))
}

fn tally(jobs: &[Followed], missing: usize) -> String {
    match counts(jobs, missing).as_slice() {
        [] => "none of them to wait for".to_owned(),
        counts => followed::tally(counts),
    }
}

fn levels(watch: &watch::Watch, jobs: &[Followed], at: Duration) -> [Level; 2] {
    let progress = watch.progress();
    let left = watch.left(at).map(|left| format!("   about {} left", roughly(left))).unwrap_or_default();
    let rate = watch.rate(at).map(|rate| format!("  {rate:.1}/s")).unwrap_or_default();
    let (processed, downloaded) = (progress.processed, progress.downloaded);
    [
        Level { done: progress.settled as u64, of: progress.jobs as u64, message: format!("{}{left}", tally(jobs, 0)) },
        Level { done: processed, of: downloaded, message: format!("{processed} of {downloaded} processed{rate}") },
    ]
}

/// `40 s`, `12 min`, `2 h`, `3 days`.
fn roughly(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..=90 => format!("{seconds} s"),
        seconds @ ..=5400 => format!("{} min", (seconds + 30) / 60),
        seconds @ ..=172_800 => format!("{} h", (seconds + 1800) / 3600),
        seconds => format!("{} days", (seconds + 43_200) / 86_400),
    }
}

fn finish(console: &Console, server: &Server, ids: &[JobId], next: Option<Next>, jobs: &[Followed]) -> Result<()> {
    let missing = missing(ids, jobs);
    let done = jobs.iter().filter(|followed| followed.job.status == JobStatus::Done).count();
    let outcome = match next {
        None => WatchOutcome::Interrupted,
        Some(Next::TimedOut) => WatchOutcome::TimedOut,
        Some(_) if done == ids.len() => WatchOutcome::Done,
        Some(_) => WatchOutcome::Failed,
    };
    let status = BatchStatus::of(server, jobs, counts(jobs, missing.len()), ids, &missing);
    let view = BatchWatch { outcome, status };
    let overview = overview(server, jobs, missing.len());
    console.show(&view, |console| {
        if matches!(outcome, WatchOutcome::Done | WatchOutcome::Failed) {
            console.print(&overview);
        }
    });
    match outcome {
        WatchOutcome::Done => Ok(()),
        WatchOutcome::Failed => Err(Error::Partly {
            summary: format!("{} of {} are not done", ids.len() - done, counted(ids.len(), "job")),
            hint: Some("'anon batch show-error' says why jobs failed".to_owned()),
        }),
        WatchOutcome::TimedOut => Err(Error::TimedOut(format!("time is up. {overview}"))),
        WatchOutcome::Interrupted => Err(Error::Interrupted(format!("the jobs continue. {overview}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_say_them() {
        let told = [40, 91, 720, 5400, 7300, 200_000].map(|seconds| roughly(Duration::from_secs(seconds)));
        assert_eq!(told, ["40 s", "2 min", "12 min", "90 min", "2 h", "2 days"]);
    }
}
