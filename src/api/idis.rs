use std::collections::HashSet;

use super::client::{Client, Repeat};
use super::created::Created;
use super::error::{Failure, Result};
use super::form::Form;
use super::job::{Job, JobId};
use super::reply;
use reqwest::Method;

/// How many jobs one call asks for: the arguments of more would not fit what web servers take in one body.
const CHUNK: usize = 1000;

/// The data of a job that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Files on a share: `\\server\share\folder`, or `fileselection:\\server\share\…\fileselection.txt`.
    Path(String),
    /// A study in PACS: a bare StudyInstanceUID, or `accession_number:<value>`.
    Pacs(String),
}

/// A job that is to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// What to anonymize.
    pub data: Data,
    /// Whose rules to anonymize it by.
    pub project: String,
    /// The UNC path to write to.
    pub destination_path: String,
    /// Pseudonym for the patient's name.
    pub pseudo_name: Option<String>,
    /// Pseudonym for the patient's id.
    pub pseudo_id: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// The PIMS key file that gives the pseudonyms.
    pub pims_key: Option<String>,
}

impl NewJob {
    /// The arguments of `create_job`.
    pub fn form(&self) -> Form {
        let source = match &self.data {
            Data::Path(path) => Form::new().with("source_type", "PATH").with("source_path", path),
            Data::Pacs(instance) => Form::new()
                .with("source_type", "WADO")
                .with("source_name", "IDC_WADO")
                .with("source_instance_id", instance),
        };
        source
            .with("destination_type", "PATH")
            .with("project_name", &self.project)
            .with("destination_path", &self.destination_path)
            .with_some("anonymizedpatientname", self.pseudo_name.as_ref())
            .with_some("anonymizedpatientid", self.pseudo_id.as_ref())
            .with_some("description", self.description.as_ref())
            .with_some("pims_keyfile_id", self.pims_key.as_ref())
    }
}

/// One method for each function of the API that `anon` uses. All fail with [`super::ApiError`], which names the URL.
impl Client {
    /// One job, with its source and destination.
    ///
    /// # Errors
    /// When the call fails; an unknown id is [`super::Failure::Rejected`].
    pub fn get_job(&self, id: JobId) -> Result<Job> {
        let answer = self.get("get_job", Form::new().with("job_id", id))?;
        let job = self.answered("get_job", reply::understand::<Job>(answer))?;
        let other = || Failure::BadAnswer(format!("it is about job {}, not about job {id}", job.job_id));
        self.answered("get_job", if job.job_id == id { Ok(()) } else { Err(other()) })?;
        Ok(job)
    }

    /// The latest jobs of the server, in the server's order.
    ///
    /// # Errors
    /// When the call fails.
    pub fn get_jobs(&self) -> Result<Vec<Job>> {
        let answer = self.get("get_jobs", Form::new())?;
        self.answered("get_jobs", reply::jobs(answer))
    }

    /// The jobs with these ids, in the server's order. Unknown ids are left out, and so is what else the server lists.
    ///
    /// # Errors
    /// When the call fails.
    pub fn get_jobs_list(&self, ids: &[JobId]) -> Result<Vec<Job>> {
        self.list("get_jobs_list", ids)
    }

    /// As [`Client::get_jobs_list`], with source and destination.
    ///
    /// # Errors
    /// When the call fails.
    pub fn get_jobs_list_extended(&self, ids: &[JobId]) -> Result<Vec<Job>> {
        self.list("get_jobs_list_extended", ids)
    }

    /// Sets a job to INACTIVE.
    ///
    /// # Errors
    /// When the call fails.
    pub fn cancel_job(&self, id: JobId) -> Result<()> {
        self.change("cancel_job", Form::new().with("job_id", id))
    }

    /// Has a job processed again.
    ///
    /// # Errors
    /// When the call fails.
    pub fn reset_job(&self, id: JobId) -> Result<()> {
        let form = Form::new().with("job_id", id).with("status", "ACTIVE");
        // The API refuses an empty error text, but takes a space.
        self.change("modify_job", form.with("files_downloaded", 0).with("files_processed", 0).with("error", " "))
    }

    /// Has a job processed although the patient has opted out, for the reason given.
    ///
    /// # Errors
    /// When the call fails.
    pub fn set_opt_out_ignore(&self, id: JobId, reason: &str) -> Result<()> {
        let form = Form::new().with("job_id", id).with_bool("source_ignore_opt_out", true);
        self.change("modify_job", form.with("source_ignore_opt_out_reason", format!("Reason: {reason}")))
    }

    /// Creates a job. Never sent twice.
    ///
    /// # Errors
    /// When the call fails, or the answer is about another job. [`super::ApiError::effect`] says whether the job can exist all the
    /// same.
    pub fn create_job(&self, job: &NewJob) -> Result<Created> {
        let answer = self.call(Method::POST, "create_job", job.form(), Repeat::Never)?;
        self.answered("create_job", Created::read(&answer, job))
    }

    /// Changing a job to what it already is does no harm, so this is tried again when the network fails.
    fn change(&self, function: &str, form: Form) -> Result<()> {
        self.call(Method::POST, function, form, Repeat::Safe).map(drop)
    }

    fn list(&self, function: &str, ids: &[JobId]) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let answer = self.get(function, Form::new().with_all("job_ids", chunk))?;
            jobs.extend(self.answered(function, reply::jobs(answer))?);
        }
        let mut asked: HashSet<JobId> = ids.iter().copied().collect();
        jobs.retain(|job: &Job| asked.remove(&job.job_id));
        Ok(jobs)
    }
}
