//! The functions of the web API, on the jobs of one server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::delivery::Delivery;
use super::job::FakeJob;
use super::life::{Course, Life};
use super::received::Received;
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
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    pub(super) fn ok(body: Value) -> Answer {
        Answer { status: 200, body }
    }

    pub(super) fn error(status: u16, name: &str, message: impl Into<String>) -> Answer {
        let message: String = message.into();
        Answer { status, body: json!({"errors": {name: message}}) }
    }

    /// The API is alive, but has no such function.
    pub(super) fn documentation() -> Answer {
        let handlers: Map<String, Value> = FUNCTIONS
            .iter()
            .map(|(name, method, required)| ((*name).to_owned(), json!({"method": method, "required": required})))
            .collect();
        let body = json!({
            "404": "The API call you tried to make was not defined.",
            "documentation": {"overview": "IDIS web API", "handlers": handlers},
        });
        Answer { status: 404, body }
    }
}

/// A job, and how far it has come.
#[derive(Debug, Clone)]
struct Record {
    job: FakeJob,
    /// The how-manieth job of its server this is.
    ordinal: u64,
    attempt: u32,
    /// `None` for a job that nothing happens to.
    course: Option<Course>,
}

impl Record {
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

/// Replies that were chosen, given in turn.
#[derive(Debug, Clone)]
pub(super) struct Replies {
    jobs: Vec<FakeJob>,
    next: usize,
}

impl Replies {
    pub(super) fn new(jobs: Vec<FakeJob>) -> Replies {
        Replies { jobs, next: 0 }
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
    records: BTreeMap<JobId, Record>,
    next_id: i64,
    created: u64,
    replies: Option<Replies>,
    life: Life,
    delivery: Option<Arc<Delivery>>,
}

impl Jobs {
    pub(super) fn new(
        seeds: &[FakeJob],
        first_new_id: i64,
        replies: Option<Replies>,
        life: Life,
        delivery: Option<Arc<Delivery>>,
    ) -> Jobs {
        let record = |(job, ordinal): (&FakeJob, u64)| {
            (job.id(), Record { job: job.clone(), ordinal, attempt: 1, course: None })
        };
        let records = seeds.iter().zip(1..).map(record).collect();
        Jobs { records, next_id: first_new_id, created: 0, replies, life, delivery }
    }

    pub(super) fn all(&self, now: Duration) -> Vec<FakeJob> {
        self.records.values().map(|record| record.at(now, self.life)).collect()
    }

    /// Does what a call of an existing function, with the right method, asks for.
    pub(super) fn answer(&mut self, call: &Received, now: Duration) -> Answer {
        match call.function.as_str() {
            "get_jobs" => self.latest(now),
            "get_jobs_list" => self.list(call, now, FakeJob::brief),
            "get_jobs_list_extended" => self.list(call, now, FakeJob::whole),
            "create_job" => self.create(call, now),
            _ => self.with_one(call, now),
        }
    }

    fn latest(&mut self, now: Duration) -> Answer {
        let jobs = match &self.replies {
            Some(replies) => replies.jobs.clone(),
            None => self.records.values().rev().take(LATEST).map(|record| record.at(now, self.life)).collect(),
        };
        Answer::ok(keyed(&jobs, FakeJob::brief))
    }

    fn list(&mut self, call: &Received, now: Duration, describe: fn(&FakeJob) -> Value) -> Answer {
        let ids = call.all("job_ids").into_iter().filter_map(|id| id.parse().ok());
        let jobs: Vec<FakeJob> = ids.filter_map(|id| self.find(id, now)).collect();
        Answer::ok(keyed(&jobs, describe))
    }

    /// A job as it is now, or the next chosen reply under this id.
    fn find(&mut self, id: JobId, now: Duration) -> Option<FakeJob> {
        match &mut self.replies {
            Some(replies) => replies.take().map(|job| job.with_id(id)),
            None => self.records.get(&id).map(|record| record.at(now, self.life)),
        }
    }

    fn with_one(&mut self, call: &Received, now: Duration) -> Answer {
        let Some(text) = call.param("job_id") else {
            return missing("job_id");
        };
        let Some(job) = text.parse().ok().and_then(|id| self.find(id, now)) else {
            return Answer::error(400, "job_id", format!("Job with id {text} does not exist"));
        };
        let Some(record) = self.records.get_mut(&job.id()).filter(|_| self.replies.is_none()) else {
            return Answer::ok(job.whole());
        };
        match call.function.as_str() {
            "cancel_job" => {
                record.job = job.status("INACTIVE");
                record.course = None;
            }
            "modify_job" => record.modify(job, call, now, self.delivery.as_ref()),
            _ => return Answer::ok(job.whole()),
        }
        Answer::ok(record.at(now, self.life).whole())
    }

    fn create(&mut self, call: &Received, now: Duration) -> Answer {
        if let Some(refusal) = refuse_to_create(call) {
            return refusal;
        }
        let id = JobId(self.next_id);
        self.next_id += 1;
        self.created += 1;
        if let Some(reply) = self.replies.as_mut().and_then(Replies::take) {
            return Answer::ok(reply.with_id(id).whole());
        }
        let mut job = FakeJob::created(id, &call.params);
        if self.life != Life::still() {
            job.set("date", chrono::Local::now().format("%Y-%m-%dT%H:%M:%S").to_string().into());
        }
        let mut record = Record { job, ordinal: self.created, attempt: 0, course: None };
        record.activate(now, self.delivery.as_ref());
        let answer = Answer::ok(record.at(now, self.life).whole());
        self.records.insert(id, record);
        answer
    }
}

fn refuse_to_create(call: &Received) -> Option<Answer> {
    let required: &[&str] =
        FUNCTIONS.iter().find(|(name, ..)| *name == "create_job").map_or(&[], |(_, _, names)| names);
    let source = match call.param("source_type") {
        Some("PATH") => "source_path",
        Some("WADO") => "source_instance_id",
        Some(other) => return Some(Answer::error(400, "source_type", format!("Unknown source type {other}"))),
        None => "source_type",
    };
    if let Some(name) = required.iter().chain([&source]).find(|name| call.param(name).is_none()) {
        return Some(missing(name));
    }
    (call.param("project_name") == Some(UNKNOWN_PROJECT)).then(|| {
        let message = format!("given user_name is not connected to given project_name {UNKNOWN_PROJECT}");
        Answer::error(400, "AnonymizeInputException", message)
    })
}

fn missing(name: &str) -> Answer {
    Answer::error(400, name, format!("Required parameter {name} not supplied"))
}

/// Lists are objects: `{"1": {"job_id": 1, …}, …}`.
fn keyed(jobs: &[FakeJob], describe: fn(&FakeJob) -> Value) -> Value {
    jobs.iter().map(|job| (job.id().to_string(), describe(job))).collect()
}
