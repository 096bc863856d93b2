//! Jobs that outlive the server.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Practice, SERVER};
use crate::api::{JobId, JobStatus};
use crate::error::Result;
use crate::problem::Problems;
use crate::storage::{self, Cap, Durability, Lock, Privacy};
use crate::testing::received::Received;
use crate::testing::{FakeIdis, FakeIdisBuilder, FakeJob};

/// What a sandbox has to show before anybody has made a job.
const SAMPLES: u32 = 7;

/// The id of the first job that somebody makes.
const FIRST_ID: i64 = 1001;

const CAP: Cap = Cap::new(64, "list of the sandbox's jobs");

impl Practice {
    /// The file that also says that the folder is one to practise in.
    pub(super) fn jobs_file(&self) -> PathBuf {
        self.folder.join("sandbox.json")
    }

    /// Marks the folder as one to practise in.
    pub(super) fn claim(&self) -> Result<()> {
        self.put("sandbox.json", as_text(&[]).as_bytes())
    }

    /// Keeps the jobs, to be served again later.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn remember(&self, jobs: &[FakeJob]) -> Result<()> {
        let path = self.jobs_file();
        let _lock = Lock::of(&path)?;
        storage::write(&path, as_text(jobs).as_bytes(), Privacy::Shared, Durability::Later)
    }

    fn remembered(&self) -> Result<Vec<FakeJob>> {
        let path = self.jobs_file();
        let not_ours = |what: &str| Problems::whole(&path, what, "delete the folder to start over");
        let bytes = storage::read(&path, CAP)?;
        let file: Value = serde_json::from_slice(&bytes).map_err(|error| not_ours(&error.to_string()))?;
        let jobs = file["jobs"].as_array().map_or(&[][..], Vec::as_slice);
        let jobs = jobs.iter().map(|job| from_fields(job).ok_or_else(|| not_ours("a job has no id").into()));
        jobs.collect()
    }

    pub(super) fn with_remembered_jobs(&self, idis: FakeIdisBuilder) -> Result<FakeIdisBuilder> {
        let jobs = self.remembered()?;
        if jobs.is_empty() {
            return Ok(idis.jobs(SAMPLES));
        }
        let next = jobs.iter().map(|job| job.id().0 + 1).max().unwrap_or(FIRST_ID).max(FIRST_ID);
        Ok(jobs.into_iter().fold(idis.first_new_id(next), FakeIdisBuilder::job))
    }

    /// Restarts jobs that somebody created and that have not finished.
    pub(super) fn resume(&self, idis: &FakeIdis) {
        let is_under_way = |job: &FakeJob| {
            job.id().0 >= FIRST_ID
                && matches!(JobStatus::from(job.text("status")), JobStatus::Active | JobStatus::Uploaded)
        };
        for job in idis.jobs(SERVER).iter().filter(|job| is_under_way(job)) {
            let params = [("job_id", job.id().to_string()), ("status", "ACTIVE".to_owned())];
            idis.hear(Received {
                method: "POST".to_owned(),
                server: SERVER.to_owned(),
                function: "modify_job".to_owned(),
                params: params.map(|(name, value)| (name.to_owned(), value)).to_vec(),
                authorization: None,
            });
        }
    }
}

fn as_text(jobs: &[FakeJob]) -> String {
    let jobs: Vec<Value> = jobs.iter().map(FakeJob::whole).collect();
    format!("{:#}\n", json!({"about": "the jobs of the sandbox of anon", "jobs": jobs}))
}

fn from_fields(job: &Value) -> Option<FakeJob> {
    let id = JobId(job["job_id"].as_i64()?);
    let fields = job.as_object()?;
    Some(fields.iter().fold(FakeJob::new(id), |job, (name, value)| job.field(name, value.clone())))
}
