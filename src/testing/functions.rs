//! The functions of the web API, on the jobs of one server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::delivery::Delivery;
use super::job::FakeJob;
use super::life::{Course, Life};
use super::received::Received;
use super::world::Setup;
use crate::api::JobId;

/// Each function with its method and its arguments.
pub(super) const FUNCTIONS: [(&str, &str, &[&str]); 7] = [
    ("get_job", "GET", &["job_id"]),
    ("get_jobs", "GET", &[]),
    ("get_jobs_list", "GET", &["job_ids"]),
    ("get_jobs_list_extended", "GET", &["job_ids"]),
    ("create_job", "POST", &["source_type", "project_name", "destination_path"]),
    ("cancel_job", "POST", &["job_id"]),
    ("modify_job", "POST", &["job_id"]),
];

/// `get_jobs` goes no further back than this many jobs.
const LATEST: usize = 100;

/// The project that no user is connected to.
const UNKNOWN_PROJECT: &str = "no-such-project";

/// What the server answers: a status and JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Reply {
    pub(super) fn ok(body: Value) -> Reply {
        Reply { status: 200, body }
    }

    pub(super) fn error(status: u16, name: &str, message: impl Into<String>) -> Reply {
        let message: String = message.into();
        Reply { status, body: json!({"errors": {name: message}}) }
    }

    /// The API is alive, but has no such function.
    pub(super) fn documentation() -> Reply {
        let handlers: Map<String, Value> = FUNCTIONS
            .iter()
            .map(|(name, method, required)| ((*name).to_owned(), json!({"method": method, "required": required})))
            .collect();
        let body = json!({
            "404": "The API call you tried to make was not defined.",
            "documentation": {"overview": "IDIS web API", "handlers": handlers},
        });
        Reply { status: 404, body }
    }
}

/// A job, and how far it has come.
#[derive(Debug, Clone)]
struct Tracked {
    job: FakeJob,
    /// The number of this job on its server, in order of creation.
    ordinal: u64,
    attempt: u32,
    /// `None` for a job that nothing happens to.
    course: Option<Course>,
}

impl Tracked {
    fn at(&self, now: Duration, life: Life) -> FakeJob {
        let mut job = self.job.clone();
        if let Some(course) = &self.course {
            course.follow(&mut job, now, life);
        }
        job
    }

    /// The job begins, or begins again.
    fn activate(&mut self, now: Duration, delivery: Option<&Arc<Delivery>>) {
        self.attempt += 1;
        self.course = Some(Course::begin(&self.job, self.ordinal, self.attempt, now, delivery));
    }

    fn modify(&mut self, mut job: FakeJob, call: &Received, now: Duration, delivery: Option<&Arc<Delivery>>) {
        for (name, value) in call.params.iter().filter(|(name, _)| name != "job_id" && name != "user_name") {
            job.set_argument(name, value);
        }
        self.job = job;
        match call.param("status") {
            Some("ACTIVE") => self.activate(now, delivery),
            Some(_) => self.course = None,
            None => {}
        }
    }
}

/// Chosen that were chosen, given in turn.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    jobs: Vec<FakeJob>,
    next: usize,
}

impl Chosen {
    pub(super) fn new(jobs: Vec<FakeJob>) -> Chosen {
        Chosen { jobs, next: 0 }
    }

    fn take(&mut self) -> Option<FakeJob> {
        let job = self.jobs.get(self.next % self.jobs.len().max(1)).cloned();
        self.next += 1;
        job
    }
}

/// The jobs of one server.
#[derive(Debug, Clone)]
pub(super) struct Jobs {
    records: BTreeMap<JobId, Tracked>,
    next_id: i64,
    created: u64,
    replies: Option<Chosen>,
    life: Life,
    delivery: Option<Arc<Delivery>>,
    clock: Clock,
}

/// What the server's clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// The date of every job that is created is years ago, as in the manual.
    Stopped,
    /// So many seconds more than ours.
    Ahead(i64),
}

impl Jobs {
    pub(super) fn new(setup: &Setup) -> Jobs {
        let record = |(job, ordinal): (&FakeJob, u64)| {
            (job.id(), Tracked { job: job.clone(), ordinal, attempt: 1, course: None })
        };
        let records = setup.seeds.iter().zip(1..).map(record).collect();
        Jobs {
            records,
            next_id: setup.first_new_id,
            created: 0,
            replies: setup.replies.clone().map(Chosen::new),
            life: setup.life,
            delivery: setup.delivery.clone(),
            clock: setup.clock,
        }
    }

    pub(super) fn all(&self, now: Duration) -> Vec<FakeJob> {
        self.records.values().map(|record| record.at(now, self.life)).collect()
    }

    /// Does what a call of an existing function, with the right method, asks for.
    pub(super) fn answer(&mut self, call: &Received, now: Duration) -> Reply {
        match call.function.as_str() {
            "get_jobs" => self.latest(now),
            "get_jobs_list" => self.list(call, now, FakeJob::brief),
            "get_jobs_list_extended" => self.list(call, now, FakeJob::whole),
            "create_job" => self.create(call, now),
            _ => self.with_one(call, now),
        }
    }

    fn latest(&mut self, now: Duration) -> Reply {
        let jobs = match &self.replies {
            Some(replies) => replies.jobs.clone(),
            None => self.records.values().rev().take(LATEST).map(|record| record.at(now, self.life)).collect(),
        };
        Reply::ok(keyed(&jobs, FakeJob::brief))
    }

    fn list(&mut self, call: &Received, now: Duration, describe: fn(&FakeJob) -> Value) -> Reply {
        let ids = call.all("job_ids").into_iter().filter_map(|id| id.parse().ok());
        let jobs: Vec<FakeJob> = ids.filter_map(|id| self.find(id, now)).collect();
        Reply::ok(keyed(&jobs, describe))
    }

    /// A job as it is now, or the next chosen reply under this id.
    fn find(&mut self, id: JobId, now: Duration) -> Option<FakeJob> {
        match &mut self.replies {
            Some(replies) => replies.take().map(|job| job.with_id(id)),
            None => self.records.get(&id).map(|record| record.at(now, self.life)),
        }
    }

    fn with_one(&mut self, call: &Received, now: Duration) -> Reply {
        let Some(text) = call.param("job_id") else {
            return missing("job_id");
        };
        let Some(job) = text.parse().ok().and_then(|id| self.find(id, now)) else {
            return Reply::error(400, "job_id", format!("Job with id {text} does not exist"));
        };
        let Some(record) = self.records.get_mut(&job.id()).filter(|_| self.replies.is_none()) else {
            return Reply::ok(job.whole());
        };
        match call.function.as_str() {
            "cancel_job" => {
                record.job = job.status("INACTIVE");
                record.course = None;
            }
            "modify_job" => record.modify(job, call, now, self.delivery.as_ref()),
            _ => return Reply::ok(job.whole()),
        }
        Reply::ok(record.at(now, self.life).whole())
    }

    fn create(&mut self, call: &Received, now: Duration) -> Reply {
        if let Some(refusal) = refuse_to_create(call) {
            return refusal;
        }
        let id = JobId(self.next_id);
        self.next_id += 1;
        self.created += 1;
        if let Some(reply) = self.replies.as_mut().and_then(Chosen::take) {
            // It is about the data that was asked for, whatever else was chosen.
            let mut reply = reply.with_id(id);
            let echoed = ["source_path", "source_instance_id", "anonymizedpatientname", "anonymizedpatientid"];
            for (name, value) in call.params.iter().filter(|(name, _)| echoed.contains(&name.as_str())) {
                reply.set_argument(name, value);
            }
            return Reply::ok(reply.whole());
        }
        let mut job = FakeJob::created(id, &call.params);
        if let Clock::Ahead(seconds) = self.clock {
            let date = chrono::Local::now() + chrono::TimeDelta::seconds(seconds);
            job.set("date", date.format("%Y-%m-%dT%H:%M:%S").to_string().into());
        }
        let mut record = Tracked { job, ordinal: self.created, attempt: 0, course: None };
        record.activate(now, self.delivery.as_ref());
        let answer = Reply::ok(record.at(now, self.life).whole());
        self.records.insert(id, record);
        answer
    }
}

fn refuse_to_create(call: &Received) -> Option<Reply> {
    let required: &[&str] =
        FUNCTIONS.iter().find(|(name, ..)| *name == "create_job").map_or(&[], |(_, _, names)| names);
    let source = match call.param("source_type") {
        Some("PATH") => "source_path",
        Some("WADO") => "source_instance_id",
        Some(other) => return Some(Reply::error(400, "source_type", format!("Unknown source type {other}"))),
        None => "source_type",
    };
    if let Some(name) = required.iter().chain([&source]).find(|name| call.param(name).is_none()) {
        return Some(missing(name));
    }
    (call.param("project_name") == Some(UNKNOWN_PROJECT)).then(|| {
        let message = format!("given user_name is not connected to given project_name {UNKNOWN_PROJECT}");
        Reply::error(400, "AnonymizeInputException", message)
    })
}

fn missing(name: &str) -> Reply {
    Reply::error(400, name, format!("Required parameter {name} not supplied"))
}

/// Lists are objects: `{"1": {"job_id": 1, …}, …}`.
pub(super) fn keyed(jobs: &[FakeJob], describe: fn(&FakeJob) -> Value) -> Value {
    jobs.iter().map(|job| (job.id().to_string(), describe(job))).collect()
}
