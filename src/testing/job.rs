//! A job as the web API would describe it.

use serde_json::{Map, Value, json};

use crate::api::{JobId, JobStatus};

/// What every reply about a job holds; the rest comes with `get_job` and `get_jobs_list_extended` only.
const ALWAYS: [&str; 10] = [
    "job_id",
    "date",
    "user_name",
    "status",
    "error",
    "description",
    "project_name",
    "priority",
    "files_downloaded",
    "files_processed",
];

/// Fields that are numbers in replies. Arguments of calls are always text.
const NUMBERS: [&str; 3] = ["priority", "files_downloaded", "files_processed"];

/// The statuses of the jobs that [`FakeIdisBuilder::jobs`](super::FakeIdisBuilder::jobs) makes, in turn.
const STATUSES: [&str; 7] = ["INACTIVE", "ERROR", "DONE", "UPLOADED", "ACTIVE", "ERROR", "ACTIVE"];

/// A job as the web API would describe it: realistic values, each of which can be set.
///
/// ```
/// use anonapi::api::{JobId, JobStatus};
/// use anonapi::testing::FakeJob;
///
/// let job = FakeJob::new(JobId(12))
///     .status(JobStatus::Error)
///     .error("No space left on device")
///     .field("project_name", "project1")
///     .field("destination_path", r"\\server\share\folder")
///     .field("priority", 50);
/// assert_eq!(job.get("priority").unwrap(), 50);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FakeJob {
    id: JobId,
    fields: Map<String, Value>,
}

impl Default for FakeJob {
    /// Job 1. As a fixed reply it takes the requested id.
    fn default() -> FakeJob {
        FakeJob::new(JobId(1))
    }
}

impl FakeJob {
    /// A job with this id that is done.
    pub fn new(id: JobId) -> FakeJob {
        let JobId(number) = id;
        let fields = json!({
            "job_id": number,
            "date": format!("2016-08-26T15:04:{:02}", number.rem_euclid(60)),
            "user_name": "z123456",
            "status": "DONE",
            "error": null,
            "description": format!("job number {number}"),
            "project_name": "Wetenschap-Algemeen",
            "priority": 0,
            "files_downloaded": number * 10,
            "files_processed": number * 10,
            "destination_id": number,
            "destination_name": null,
            "destination_path": r"\\server\share\out",
            "destination_network": null,
            "destination_status": "BASE",
            "destination_type": "PATH",
            "source_id": number,
            "source_instance_id": null,
            "source_status": "NEW",
            "source_type": "PATH",
            "source_anonymizedpatientid": format!("patient{number}"),
            "source_anonymizedpatientname": format!("name{number}"),
            "source_name": null,
            "source_path": r"\\server\share\in",
            "source_pims_keyfile_id": null,
            "source_protocol": 3178,
            "source_subject": 3178,
        });
        let fields = if let Value::Object(fields) = fields { fields } else { Map::new() };
        FakeJob { id, fields }
    }

    /// One of the jobs that a server starts with: each status comes by.
    pub(super) fn sample(number: u32) -> FakeJob {
        let status = STATUSES[(number as usize + STATUSES.len() - 1) % STATUSES.len()];
        let job = FakeJob::new(JobId(number.into())).status(status);
        match status {
            "DONE" => job,
            "ACTIVE" => job.field("files_downloaded", Value::Null).field("files_processed", 0),
            "ERROR" => job
                .error("Patient \"123456\" does not want his or her data to be used for research")
                .field("files_processed", 0),
            _ => job.field("files_processed", 0),
        }
    }

    /// A newly requested job: it has the arguments of `create_job` and no results.
    pub(super) fn created(id: JobId, params: &[(String, String)]) -> FakeJob {
        let mut job =
            FakeJob::new(id).status("ACTIVE").field("files_downloaded", Value::Null).field("files_processed", 0);
        for unknown in ["description", "source_path", "source_anonymizedpatientid", "source_anonymizedpatientname"] {
            job.set(unknown, Value::Null);
        }
        for (name, value) in params {
            job.set_argument(name, value);
        }
        job
    }

    /// Chooses the status: `ACTIVE`, `UPLOADED`, `DONE`, `ERROR`, `INACTIVE`, or what no server should say.
    #[must_use]
    pub fn status(self, status: impl Into<JobStatus>) -> FakeJob {
        self.field("status", status.into().as_str())
    }

    /// Chooses the error message.
    #[must_use]
    pub fn error(self, message: impl Into<String>) -> FakeJob {
        self.field("error", message.into())
    }

    /// Chooses any field of the reply, also one that IDIS does not know. `Value::Null` makes it null.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> FakeJob {
        self.set(name, value.into());
        self
    }

    /// Leaves a field out of the replies.
    #[must_use]
    pub fn without(mut self, name: &str) -> FakeJob {
        self.fields.remove(name);
        self
    }

    /// The id under which the server knows the job.
    pub fn id(&self) -> JobId {
        self.id
    }

    /// A field of the reply.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }

    /// Sets a field from an argument of `create_job` or `modify_job`.
    pub(super) fn set_argument(&mut self, name: &str, text: &str) {
        let name = match name {
            "anonymizedpatientid" => "source_anonymizedpatientid",
            "anonymizedpatientname" => "source_anonymizedpatientname",
            "pims_keyfile_id" => "source_pims_keyfile_id",
            name => name,
        };
        let number = NUMBERS.contains(&name).then(|| text.parse::<i64>().ok()).flatten();
        self.set(name, number.map_or_else(|| text.into(), Value::from));
    }

    /// The same job under another id.
    pub(super) fn with_id(&self, id: JobId) -> FakeJob {
        let mut job = FakeJob { id, fields: self.fields.clone() };
        if job.fields.contains_key("job_id") {
            job.set("job_id", id.0.into());
        }
        job
    }

    /// All fields, as `get_job` gives them.
    pub(super) fn whole(&self) -> Value {
        Value::Object(self.fields.clone())
    }

    /// The fields that `get_jobs` and `get_jobs_list` give, and those that were added to the usual ones.
    pub(super) fn brief(&self) -> Value {
        let kept = |name: &String| {
            let extended = name.starts_with("source_") || name.starts_with("destination_");
            !extended || ALWAYS.contains(&name.as_str())
        };
        self.fields.iter().filter(|(name, _)| kept(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Whether the patient's opt-out is overruled.
    pub(super) fn ignores_opt_out(&self) -> bool {
        self.text("source_ignore_opt_out").eq_ignore_ascii_case("true")
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}
