//! What is known of the rows of a session: from the journal, and from the server.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::fingerprint::Fingerprint;
use super::journal::{Journal, Known};
use super::recognition::{Lookalike, Sighting, Sightings};
use super::session::{Doubtful, Row, Session, Survey, Surveyed};
use crate::api::{ApiError, Job, JobId};
use crate::error::Result;

/// What was seen on the server.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Jobs of the batch, and whose they are.
    pub(super) in_batch: Vec<(Fingerprint, JobId)>,
    /// Jobs that were asked for without an answer.
    pub(super) of_request: Vec<(Fingerprint, JobId)>,
    /// Jobs that may be a row's.
    pub(super) lookalikes: HashMap<Fingerprint, Vec<Lookalike>>,
    /// Why it could not be looked for what was asked for.
    pub(super) unseen: Option<ApiError>,
}

impl Session<'_> {
    /// Whether there is anything to look for on the server.
    pub(super) fn is_to_look(&self, journal: &Journal, rows: &[&Row], strangers: &BTreeSet<JobId>) -> bool {
        let is_without_job = |row: &&Row| !matches!(journal.known(&row.job), Known::Created(_));
        rows.iter().any(|row| journal.asked_at(&row.job).is_some())
            || !strangers.is_empty() && rows.iter().any(is_without_job)
    }

    /// Looks on the server for the jobs of rows: among the jobs of the batch whose rows are not known, and for what was asked for
    /// without an answer.
    pub(super) fn look(&self, journal: &Journal, rows: &[&Row], strangers: &BTreeSet<JobId>) -> Result<Look> {
        let mut look = self.look_in_batch(journal, rows, strangers)?;
        let in_batch: HashSet<Fingerprint> = look.in_batch.iter().map(|(job, _)| *job).collect();
        let missing: Vec<&Row> = rows.iter().filter(|row| !in_batch.contains(&row.job)).copied().collect();
        let requests = self.look_for_requests(journal, &missing);
        look.of_request = requests.of_request;
        look.lookalikes.extend(requests.lookalikes);
        look.unseen = requests.unseen;
        Ok(look)
    }

    /// Looks for rows without a job among jobs of the batch.
    pub(super) fn look_in_batch(&self, journal: &Journal, rows: &[&Row], strangers: &BTreeSet<JobId>) -> Result<Look> {
        let mut look = Look::default();
        if strangers.is_empty() {
            return Ok(look);
        }
        let ids: Vec<JobId> = strangers.iter().copied().collect();
        let jobs = self.client.get_jobs_list_extended(&ids)?;
        let sightings = Sightings::of(&jobs, &self.rows, journal);
        for row in rows.iter().filter(|row| !matches!(journal.known(&row.job), Known::Created(_))) {
            match sightings.in_batch(row.job) {
                Some(Sighting::Its(ids)) => look.in_batch.extend(ids.into_iter().map(|id| (row.job, id))),
                Some(Sighting::Perhaps(lookalikes)) => drop(look.lookalikes.insert(row.job, lookalikes)),
                None => {}
            }
        }
        let adopted: HashSet<JobId> = look.in_batch.iter().map(|(_, id)| *id).collect();
        self.strangers.replace(strangers.iter().filter(|id| !adopted.contains(id)).copied().collect());
        Ok(look)
    }

    /// Looks among the latest jobs of the server for what was asked for without an answer.
    pub(super) fn look_for_requests(&self, journal: &Journal, rows: &[&Row]) -> Look {
        let mut look = Look::default();
        let asked: Vec<_> = rows.iter().filter_map(|row| Some((row.job, journal.asked_at(&row.job)?))).collect();
        if asked.is_empty() {
            return look;
        }
        let jobs = match self.latest() {
            Ok(jobs) => jobs,
            Err(error) => return Look { unseen: Some(error), ..look },
        };
        let sightings = Sightings::of(&jobs, &self.rows, journal);
        let mut seen = HashSet::new();
        for (job, at) in asked.into_iter().filter(|(job, _)| seen.insert(*job)) {
            match sightings.of_request(job, self.client.user(), at, journal) {
                Some(Sighting::Its(ids)) => look.of_request.extend(ids.into_iter().map(|id| (job, id))),
                Some(Sighting::Perhaps(lookalikes)) => drop(look.lookalikes.insert(job, lookalikes)),
                None => {}
            }
        }
        look
    }

    fn latest(&self) -> Result<Vec<Job>, ApiError> {
        let ids: Vec<JobId> = self.client.get_jobs()?.iter().map(|job| job.job_id).collect();
        self.client.get_jobs_list_extended(&ids)
    }
}

/// Sorts rows by what the journal knows of their jobs, and by what was seen on the server.
pub(super) fn sort<'s>(rows: &[&'s Row], journal: &Journal, mut look: Look) -> Survey<'s> {
    let mut survey = Survey::default();
    let mut seen = HashSet::new();
    let could_look = look.unseen.is_none();
    for row in rows {
        let known = journal.known(&row.job);
        let surveyed = Surveyed { row, known, time: journal.time(&row.job) };
        if !seen.insert(row.job) {
            survey.repeated.push(&row.planned);
        } else if let Known::Created(id) = known {
            survey.created.push((surveyed, id));
        } else {
            let lookalikes = look.lookalikes.remove(&row.job).unwrap_or_default();
            // A server that failed has probably made nothing, if nothing is to be seen of it.
            match known {
                Known::Nothing if lookalikes.is_empty() => survey.new.push(surveyed),
                Known::Failed(_) if lookalikes.is_empty() && could_look => survey.new.push(surveyed),
                _ => survey.perhaps.push(Doubtful { row: surveyed, lookalikes }),
            }
        }
    }
    survey.unseen = look.unseen;
    survey
}
