//! How jobs fare as time passes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::delivery::{Delivery, Shipment};
use super::job::FakeJob;
use super::messages;

/// Whether jobs change by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    step: Option<Duration>,
}

impl Life {
    /// Jobs stay as they are until a call changes them.
    pub fn still() -> Life {
        Life { step: None }
    }

    /// Jobs that are created or reset go from `ACTIVE` over `UPLOADED` to `DONE`, in about four of these steps.
    ///
    /// Some fail instead, always the same ones: of every ten jobs that are created the fourth, sixth and eighth end in `ERROR`,
    /// with the messages of a patient who opted out, of a PACS that answers 404 or 400, and of a full disk, and the
    /// ninth stays `UPLOADED`. What helps in reality helps here: after a reset the PACS has found the study and the disk has
    /// room, and a patient's opt-out can be overruled with `source_ignore_opt_out`. With a [`Delivery`], the data of a job decides this.
    pub fn passing(step: Duration) -> Life {
        Life { step: Some(step.max(Duration::from_micros(1))) }
    }

    /// How many steps a stretch of time is; `None` if nothing changes.
    fn steps(self, time: Duration) -> Option<f64> {
        self.step.map(|step| time.as_secs_f64() / step.as_secs_f64())
    }
}

/// The time since the server started; tests turn it forward instead of waiting.
#[derive(Debug)]
pub(super) struct Time {
    start: Instant,
    skipped: Duration,
}

impl Time {
    pub(super) fn new() -> Time {
        Time { start: Instant::now(), skipped: Duration::ZERO }
    }

    pub(super) fn now(&self) -> Duration {
        self.start.elapsed() + self.skipped
    }

    pub(super) fn skip(&mut self, time: Duration) {
        self.skipped += time;
    }
}

/// What becomes of a job that is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) end: End,
    /// How many files it fetches.
    pub(super) files: i64,
    /// How many of these are never processed.
    pub(super) held_back: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    Done,
    /// It stays `UPLOADED`.
    Stuck,
    /// It fails before it has fetched anything, with this message.
    Refused(String),
    /// It fails when writing the result, with this message.
    Unwritten(String),
}

/// Decides what becomes of the `ordinal`-th job (from 1) the `attempt`-th time (from 1) that it is tried.
fn fate(job: &FakeJob, ordinal: u64, attempt: u32) -> Fate {
    let id = job.id();
    let pacs = job.text("source_type") == "WADO";
    let disk_full = || End::Unwritten(messages::disk_full(id, job.text("destination_path")));
    let end = match ordinal % 10 {
        4 if !job.ignores_opt_out() => End::Refused(messages::opted_out(id, "123456")),
        6 if attempt == 1 && pacs => End::Refused(messages::pacs_not_found(id)),
        6 if attempt == 1 => disk_full(),
        8 if pacs => End::Refused(messages::pacs_bad_request(id)),
        8 if attempt == 1 => disk_full(),
        9 => End::Stuck,
        _ => End::Done,
    };
    let files = 12 + (id.0 * 37).rem_euclid(200);
    let held_back = if end == End::Stuck { files - share(0.95, files) } else { 0 };
    Fate { end, files, held_back }
}

/// The way of a job that is active, decided when it became so.
#[derive(Debug, Clone)]
pub(super) struct Course {
    since: Duration,
    /// Steps that it waits for other jobs, so that a batch does not move as one.
    wait: f64,
    fate: Fate,
    shipment: Option<Arc<Shipment>>,
}

impl Course {
    /// The `ordinal`-th job (from 1) becomes active for the `attempt`-th time (from 1).
    pub(super) fn begin(
        job: &FakeJob,
        ordinal: u64,
        attempt: u32,
        now: Duration,
        delivery: Option<&Arc<Delivery>>,
    ) -> Course {
        let (fate, shipment) = match delivery {
            Some(delivery) => delivery.examine(job, attempt),
            None => (fate(job, ordinal, attempt), None),
        };
        Course {
            since: now,
            wait: 0.25 * (ordinal.saturating_sub(1) % 4) as f64,
            fate,
            shipment: shipment.map(Arc::new),
        }
    }

    /// Brings the job up to date. Before one is done, its images are delivered.
    pub(super) fn follow(&self, job: &mut FakeJob, now: Duration, life: Life) {
        let Some(steps) = life.steps(now.saturating_sub(self.since)) else { return };
        proceed(job, &self.fate, steps - self.wait);
        let is_done = job.text("status") == "DONE";
        if let Some(Err(message)) = self.shipment.as_ref().filter(|_| is_done).map(|shipment| shipment.send(job)) {
            job.set("status", "ERROR".into());
            job.set("error", message.into());
        }
    }
}

/// Brings a job up to date, `steps` after its turn came.
fn proceed(job: &mut FakeJob, fate: &Fate, steps: f64) {
    let total = fate.files;
    let most = total - fate.held_back;
    let (status, downloaded, processed) = match (steps, &fate.end) {
        (..1.0, _) => ("ACTIVE", None, 0),
        (_, End::Refused(_)) => ("ERROR", Some(0), 0),
        (..2.0, _) => ("ACTIVE", Some(share(steps - 1.0, total)), 0),
        (..4.0, _) => ("UPLOADED", Some(total), share((steps - 2.0) / 2.0, total).min(most)),
        (_, End::Stuck) => ("UPLOADED", Some(total), most),
        (_, End::Unwritten(_)) => ("ERROR", Some(total), most),
        (_, End::Done) => ("DONE", Some(total), most),
    };
    job.set("status", status.into());
    job.set("files_downloaded", downloaded.map_or(Value::Null, Value::from));
    job.set("files_processed", processed.into());
    if let (true, End::Refused(message) | End::Unwritten(message)) = (status == "ERROR", &fate.end) {
        job.set("error", message.as_str().into());
    }
}

/// A fraction, from 0 to 1, of this many files.
fn share(of: f64, files: i64) -> i64 {
    ((files as f64) * of.clamp(0.0, 1.0)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::JobId;

    fn after(ordinal: u64, attempt: u32, source: &str, steps: f64) -> FakeJob {
        let mut job = FakeJob::created(JobId(1000 + ordinal as i64), &[("source_type".to_owned(), source.to_owned())]);
        let fate = fate(&job, ordinal, attempt);
        proceed(&mut job, &fate, steps);
        job
    }

    #[test]
    fn a_job_goes_from_active_over_uploaded_to_done() {
        let files = |job: &FakeJob| {
            (job.get("files_downloaded").unwrap().as_u64(), job.get("files_processed").unwrap().as_u64())
        };
        let mut seen = Vec::new();
        let mut before = (None, None);
        for tenth in 0..60 {
            let job = after(1, 1, "PATH", f64::from(tenth) / 10.0);
            assert!(files(&job) >= before, "files never become fewer");
            before = files(&job);
            let status = job.text("status").to_owned();
            if seen.last() != Some(&status) {
                seen.push(status);
            }
        }
        assert_eq!(seen, ["ACTIVE", "UPLOADED", "DONE"]);
        assert_eq!(before.0, before.1, "a job that is done has processed all it has downloaded");
    }

    #[test]
    fn some_jobs_fail_as_in_the_manual_and_the_same_ones_every_time() {
        for (ordinal, source, words) in [
            (4, "PATH", "does not want his or her data to be used for research"),
            (6, "WADO", "HTTP Error 404: Not Found"),
            (6, "PATH", "[Errno 28] No space left on device"),
            (8, "WADO", "HTTP Error 400: Bad Request"),
            (18, "WADO", "HTTP Error 400: Bad Request"),
        ] {
            let job = after(ordinal, 1, source, 100.0);
            assert_eq!(job.text("status"), "ERROR", "{ordinal} {source}");
            assert!(job.text("error").contains(words), "{ordinal} {source}: {}", job.text("error"));
        }
        let stuck = after(9, 1, "PATH", 100.0);
        assert_eq!(stuck.text("status"), "UPLOADED");
        assert!(stuck.get("files_processed").unwrap().as_u64() < stuck.get("files_downloaded").unwrap().as_u64());
        for ordinal in [1, 2, 3, 5, 7, 10, 11] {
            assert_eq!(after(ordinal, 1, "PATH", 100.0).text("status"), "DONE");
        }
    }

    #[test]
    fn real_remedies_work_here() {
        assert_eq!(after(6, 2, "WADO", 100.0).text("status"), "DONE");
        assert_eq!(after(6, 2, "PATH", 100.0).text("status"), "DONE");
        assert_eq!(after(8, 2, "WADO", 100.0).text("status"), "ERROR");
        let job = FakeJob::new(JobId(4)).field("source_ignore_opt_out", "True");
        assert_eq!(fate(&job, 4, 2).end, End::Done);
    }
}
