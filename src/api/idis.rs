use std::collections::{BTreeSet, HashSet};

use serde::de::IgnoredAny;
use serde_json::Value;

use super::client::{Call, Client};
use super::created::Created;
use super::error::{Effect, Failure, Result};
use super::form::Form;
use super::job::{Job, JobStatus};
use super::reply::Jobs;
use super::transport::Over;
use crate::values::JobId;

/// How many jobs one call asks for: the arguments of more would not fit what web servers take in one body.
const CHUNK: usize = 1000;

/// What a reset makes of a job's error. The API refuses an empty text, but takes a space.
const RESET_ERROR: &str = " ";

/// The data of a new job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Files on a share: `\\server\share\folder`, or `fileselection:\\server\share\…\fileselection.txt`.
    Path(String),
    /// A study in PACS: a bare StudyInstanceUID, or `accession_number:<value>`.
    Pacs(String),
}

/// A new job.
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
    /// The UIDs of the SOP classes to take: only files of these kinds. All files without one.
    pub sop_classes: Vec<String>,
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
            .with_some("source_sop_class_filter_list", self.sop_class_filter())
    }

    /// The SOP classes as the API has them: a list within one value.
    fn sop_class_filter(&self) -> Option<String> {
        if self.sop_classes.is_empty() { None } else { Some(self.sop_classes.join(", ")) }
    }

    /// Whether a filter of the API is for the same SOP classes, in whichever order.
    pub(crate) fn has_sop_classes(&self, filter: &str) -> bool {
        let given: BTreeSet<&str> = filter.split(',').map(str::trim).filter(|uid| !uid.is_empty()).collect();
        given == self.sop_classes.iter().map(String::as_str).collect()
    }
}

/// One method for each function of the API that `anon` uses. All fail with [`super::ApiError`], which names the URL.
impl Client {
    /// One job, with its source and destination.
    ///
    /// # Errors
    /// When the call fails; an unknown id is [`super::Failure::Rejected`].
    pub fn get_job(&self, id: JobId) -> Result<Job> {
        let job: Job = self.read("get_job", Form::new().with("job_id", id))?;
        if job.job_id == id {
            return Ok(job);
        }
        let why = format!("it is about job {}, not about job {id}", job.job_id);
        Err(self.failed("get_job", Failure::BadAnswer(why)))
    }

    /// The latest jobs of the server, in the server's order.
    pub fn get_jobs(&self) -> Result<Vec<Job>> {
        self.read("get_jobs", Form::new()).map(|Jobs(jobs)| jobs)
    }

    /// The jobs with these ids, in the server's order. Unknown ids are left out, and so is what else the server lists.
    pub fn get_jobs_list(&self, ids: &[JobId]) -> Result<Vec<Job>> {
        self.list("get_jobs_list", ids)
    }

    /// As [`Client::get_jobs_list`], with source and destination.
    pub fn get_jobs_list_extended(&self, ids: &[JobId]) -> Result<Vec<Job>> {
        self.list("get_jobs_list_extended", ids)
    }

    /// Sets a job to INACTIVE.
    pub fn cancel_job(&self, id: JobId) -> Result<()> {
        self.change("cancel_job", Form::new().with("job_id", id))
    }

    /// Has a job processed again.
    ///
    /// It is not blindly sent twice: a job that was reset may have been processed again, and even finished, by the time a lost answer is
    /// noticed. The job is read first, and reset again only if it shows no trace of having been reset.
    ///
    /// # Errors
    /// When the call fails; [`super::Failure::PerhapsReset`] if that is unknown.
    pub fn reset_job(&self, id: JobId) -> Result<()> {
        let Err(error) = self.reset_once(id, Over::Kept) else { return Ok(()) };
        if !matches!(error.effect(), Effect::Unknown | Effect::Failed)
            || matches!(error.failure, Failure::Redirected(_))
        {
            return Err(error);
        }
        // If the job cannot be read either, the first error says more.
        let Ok(job) = self.get_job(id) else { return Err(error) };
        match &job.status {
            JobStatus::Active => Ok(()),
            _ if job.error.as_deref() != Some(RESET_ERROR) => self.reset_once(id, Over::Fresh),
            _ => Err(self.failed("modify_job", Failure::PerhapsReset(job.status))),
        }
    }

    fn reset_once(&self, id: JobId, over: Over) -> Result<()> {
        let form = Form::new().with("job_id", id).with("status", "ACTIVE");
        let form = form.with("files_downloaded", 0).with("files_processed", 0).with("error", RESET_ERROR);
        self.call(Call { over, ..Call::once("modify_job", form) }).map(|IgnoredAny| ())
    }

    /// Has a job processed although the patient has opted out, for the reason given.
    pub fn set_opt_out_ignore(&self, id: JobId, reason: &str) -> Result<()> {
        let form = Form::new().with("job_id", id).with_bool("source_ignore_opt_out", true);
        self.change("modify_job", form.with("source_ignore_opt_out_reason", format!("Reason: {reason}")))
    }

    /// Creates a job. Never sent twice, nor over a connection that the server may have closed.
    ///
    /// # Errors
    /// When the call fails, or the answer is about another job. [`super::ApiError::effect`] says whether the job may exist anyway.
    pub fn create_job(&self, job: &NewJob) -> Result<Created> {
        let answer: Value = self.call(Call::once("create_job", job.form()))?;
        Created::read(&answer, job).map_err(|failure| self.failed("create_job", failure))
    }

    /// Changing a job to what it already is does no harm, so this is tried again when the network fails.
    fn change(&self, function: &str, form: Form) -> Result<()> {
        self.call(Call::setting(function, form)).map(|IgnoredAny| ())
    }

    fn list(&self, function: &str, ids: &[JobId]) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let Jobs(chunk) = self.read(function, Form::new().with_all("job_ids", chunk))?;
            jobs.extend(chunk);
        }
        let mut asked: HashSet<JobId> = ids.iter().copied().collect();
        jobs.retain(|job: &Job| asked.remove(&job.job_id));
        Ok(jobs)
    }
}
