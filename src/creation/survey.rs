//! What is known of the rows of a session: from the journal, and from the server.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDateTime;

use super::fingerprint::Fingerprint;
use super::journal::{Journal, Known};
use super::recognition::{Lookalike, Sighting, Sightings};
use super::session::{Doubtful, Row, Session, Survey, Surveyed};
use crate::api::{ApiError, Job, JobId};
use crate::error::Result;

/// What was seen on the server.
#[derive(Debug, Default)]
pub(super) struct Recognised {
    /// Jobs that certainly are a row's, and whose.
    pub(super) found: Vec<(Fingerprint, JobId)>,
    /// Jobs that may be a row's.
    pub(super) lookalikes: HashMap<Fingerprint, Vec<Lookalike>>,
    /// Why the requested jobs could not be looked for.
    pub(super) unseen: Option<ApiError>,
}

impl Recognised {
    fn take(&mut self, job: Fingerprint, sighting: Option<Sighting>) {
        match sighting {
            Some(Sighting::Its(ids)) => self.found.extend(ids.into_iter().map(|id| (job, id))),
            Some(Sighting::Perhaps(lookalikes)) => drop(self.lookalikes.insert(job, lookalikes)),
            None => {}
        }
    }

    /// Writes down whose the jobs are that were found, and returns those jobs, each once.
    pub(super) fn write_down(&mut self, journal: &mut Journal) -> Result<Vec<JobId>> {
        self.found.sort_unstable_by_key(|(job, id)| (*id, *job));
        // Two rows can ask for the same job.
        self.found.dedup();
        let write = |(job, id): (Fingerprint, JobId)| journal.created(&job, id, None).map(|()| id);
        self.found.drain(..).map(write).collect()
    }
}

impl Session<'_> {
    /// Whether there is anything to look for on the server.
    pub(super) fn is_to_look(&self, journal: &Journal, rows: &[&Row], strangers: &BTreeSet<JobId>) -> bool {
        let is_without_job = |row: &&Row| !matches!(journal.known(&row.job), Known::Created(_));
        rows.iter().any(|row| journal.asked_at(&row.job).is_some())
            || !strangers.is_empty() && rows.iter().any(is_without_job)
    }

    /// Looks for rows without a job among jobs of the batch.
    pub(super) fn look_in_batch(
        &self,
        journal: &Journal,
        rows: &[&Row],
        strangers: &BTreeSet<JobId>,
    ) -> Result<Recognised> {
        let mut recognised = Recognised::default();
        if strangers.is_empty() {
            return Ok(recognised);
        }
        let ids: Vec<JobId> = strangers.iter().copied().collect();
        let jobs = self.client.get_jobs_list_extended(&ids)?;
        let sightings = Sightings::of(&jobs, &self.rows, journal);
        for row in rows.iter().filter(|row| !matches!(journal.known(&row.job), Known::Created(_))) {
            recognised.take(row.job, sightings.in_batch(row.job));
        }
        let adopted: HashSet<JobId> = recognised.found.iter().map(|(_, id)| *id).collect();
        self.strangers.replace(strangers.iter().filter(|id| !adopted.contains(id)).copied().collect());
        Ok(recognised)
    }

    /// Looks among the latest jobs on the server for those requested without an answer.
    pub(super) fn look_for_requests(&self, journal: &Journal, rows: &[&Row], recognised: &mut Recognised) {
        let asked: BTreeMap<Fingerprint, NaiveDateTime> =
            rows.iter().filter_map(|row| Some((row.job, journal.asked_at(&row.job)?))).collect();
        if asked.is_empty() {
            return;
        }
        let jobs = match self.latest() {
            Ok(jobs) => jobs,
            Err(error) => {
                recognised.unseen = Some(error);
                return;
            }
        };
        let sightings = Sightings::of(&jobs, &self.rows, journal);
        for (job, at) in asked {
            recognised.take(job, sightings.of_request(job, self.client.user(), at, journal));
        }
    }

    fn latest(&self) -> Result<Vec<Job>, ApiError> {
        let ids: Vec<JobId> = self.client.get_jobs()?.iter().map(|job| job.job_id).collect();
        self.client.get_jobs_list_extended(&ids)
    }
}

/// Sorts rows by what the journal knows of their jobs, and by what was seen on the server.
pub(super) fn sort<'s>(rows: &[&'s Row], journal: &Journal, mut recognised: Recognised) -> Survey<'s> {
    let mut survey = Survey::default();
    let mut seen = HashSet::new();
    let could_look = recognised.unseen.is_none();
    for row in rows {
        let known = journal.known(&row.job);
        let surveyed = Surveyed { row, known, time: journal.time(&row.job) };
        if !seen.insert(row.job) {
            survey.repeated.push(&row.planned);
        } else if let Known::Created(id) = known {
            survey.created.push((surveyed, id));
        } else {
            let lookalikes = recognised.lookalikes.remove(&row.job).unwrap_or_default();
            // A server that failed has probably made nothing, if nothing is to be seen of it.
            match known {
                Known::Nothing if lookalikes.is_empty() => survey.new.push(surveyed),
                Known::Failed(_) if lookalikes.is_empty() && could_look => survey.new.push(surveyed),
                _ => survey.perhaps.push(Doubtful { row: surveyed, lookalikes }),
            }
        }
    }
    survey.unseen = recognised.unseen;
    survey
}
