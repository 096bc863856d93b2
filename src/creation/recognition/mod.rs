//! Recognising the jobs of rows among those that a server has.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::NaiveDateTime;

use super::clock::{Age, age};
use super::fingerprint::Fingerprint;
use super::journal::{self, Journal};
use super::session::Row;
use crate::api::{Data, Job, JobId, JobStatus, NewJob};
use crate::plan::Planned;
use crate::unc::UncPath;
use crate::values::clean;

/// A job on the server that may be a row's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookalike {
    /// Its number.
    pub id: JobId,
    /// What the server is doing with it.
    pub status: JobStatus,
    /// When it was created, by the server's clock.
    pub date: Option<String>,
}

impl Lookalike {
    fn of(job: &Job) -> Lookalike {
        Lookalike { id: job.job_id, status: job.status.clone(), date: job.date.clone() }
    }
}

/// What a look at the server says of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sighting {
    /// These jobs are certainly the row's. The newest comes last.
    Its(Vec<JobId>),
    /// Each of these may be the row's.
    Perhaps(Vec<Lookalike>),
}

/// Jobs by the row that they fit best.
pub(super) struct Sightings<'j> {
    /// Each job that fits a row, and whether it fits another row as well.
    by_row: HashMap<Fingerprint, Vec<(&'j Job, bool)>>,
}

impl<'j> Sightings<'j> {
    /// Sorts jobs by the rows that they fit.
    ///
    /// A job belongs to the row that agrees with it most: one without pseudonyms, which PIMS would give, also fits a job that
    /// has them, but such a job is another row's if that row asks for these very pseudonyms. Jobs whose row is known already do
    /// not count.
    pub(super) fn of(jobs: &'j [Job], rows: &[Row], journal: &Journal) -> Sightings<'j> {
        Sightings::by(jobs, rows, journal, has_kinds)
    }

    /// As [`Sightings::of`], for rows that do not say which kinds of files their jobs take.
    fn of_any_kinds(jobs: &'j [Job], rows: &[Row], journal: &Journal) -> Sightings<'j> {
        Sightings::by(jobs, rows, journal, |_, _| true)
    }

    fn by(
        jobs: &'j [Job],
        rows: &[Row],
        journal: &Journal,
        has_kinds: impl Fn(&Job, &NewJob) -> bool,
    ) -> Sightings<'j> {
        let mut by_source: HashMap<(&str, String), Vec<&Row>> = HashMap::new();
        for row in rows {
            let (name, value) = source(&row.planned.job);
            let rows = by_source.entry((name, canonical(value))).or_default();
            if !rows.iter().any(|earlier| earlier.job == row.job) {
                rows.push(row);
            }
        }
        let mut by_row: HashMap<Fingerprint, Vec<(&Job, bool)>> = HashMap::new();
        for job in jobs.iter().filter(|job| journal.owner(job.job_id).is_none()) {
            let sources = ["source_path", "source_instance_id"]
                .map(|name| (name, job.detail(name).map(|value| canonical(&value)).unwrap_or_default()));
            let rows = sources.iter().filter_map(|source| by_source.get(source)).flatten();
            let rows = rows.filter(|row| has_kinds(job, &row.planned.job));
            let fits: Vec<(usize, &Row)> = rows.filter_map(|row| Some((fit(job, &row.planned.job)?, *row))).collect();
            let best = fits.iter().map(|(fit, _)| *fit).max();
            let best: Vec<&Row> = fits.iter().filter(|(fit, _)| Some(*fit) == best).map(|(_, row)| *row).collect();
            for row in &best {
                by_row.entry(row.job).or_default().push((job, best.len() > 1));
            }
        }
        for jobs in by_row.values_mut() {
            jobs.sort_by_key(|(job, _)| job.job_id);
            jobs.dedup_by_key(|(job, _)| job.job_id);
        }
        Sightings { by_row }
    }

    /// What these say of a row if they are the jobs of its batch, whoever created them.
    pub(super) fn in_batch(&self, row: Fingerprint) -> Option<Sighting> {
        let jobs = self.by_row.get(&row)?;
        if jobs.iter().any(|(_, shared)| *shared) {
            return Some(Sighting::Perhaps(jobs.iter().map(|(job, _)| Lookalike::of(job)).collect()));
        }
        Some(Sighting::Its(jobs.iter().map(|(job, _)| job.job_id).collect()))
    }

    /// What these say of a row that `user` asked for at `asked` without an answer, if they are the latest jobs of the server.
    ///
    /// A job is taken for the row's if it is the user's and the only one that can be. One that was cancelled, or created before
    /// it was asked for, cannot.
    pub(super) fn of_request(
        &self,
        row: Fingerprint,
        user: &str,
        asked: NaiveDateTime,
        journal: &Journal,
    ) -> Option<Sighting> {
        let by_user = |job: &Job| job.user_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(user));
        let now = journal::now();
        let possible: Vec<_> = self
            .by_row
            .get(&row)?
            .iter()
            .filter(|(job, _)| by_user(job) && job.status != JobStatus::Inactive)
            .map(|(job, shared)| (job, *shared, age(job.created_at(), asked, now, journal.clock())))
            .filter(|(_, _, age)| *age != Age::Before)
            .collect();
        match possible.as_slice() {
            [] => None,
            [(job, false, Age::After)] => Some(Sighting::Its(vec![job.job_id])),
            many => Some(Sighting::Perhaps(many.iter().map(|(job, ..)| Lookalike::of(job)).collect())),
        }
    }
}

/// Which of these rows the jobs of a batch on the server at `url` are: as the journal has it, or else as the jobs themselves tell, if
/// the server gave their sources. Who created them does not matter, nor which kinds of files they take, and a job that fits several
/// rows is none's.
pub fn whose<'r>(jobs: &[Job], rows: &'r [Planned], url: &str, journal: &mut Journal) -> HashMap<JobId, &'r Planned> {
    let rows_of_jobs: Vec<Row> = rows.iter().map(|planned| Row::new(url, planned.clone())).collect();
    rows_of_jobs.iter().for_each(|row| journal.claim(row));
    let sightings = Sightings::of_any_kinds(jobs, &rows_of_jobs, journal);
    let mut by_job: HashMap<Fingerprint, &Planned> = HashMap::new();
    let mut found = HashMap::new();
    for (row, planned) in rows_of_jobs.iter().zip(rows) {
        // If several rows ask for the same job, the first one has it.
        let Entry::Vacant(free) = by_job.entry(row.job) else { continue };
        free.insert(planned);
        if let Some(Sighting::Its(ids)) = sightings.in_batch(row.job) {
            found.extend(ids.into_iter().map(|id| (id, planned)));
        }
    }
    let row_of = |id| by_job.get(&journal.of_all_kinds(journal.owner(id)?)).copied();
    let known = jobs.iter().filter_map(|job| Some((job.job_id, row_of(job.job_id)?)));
    found.extend(known);
    found
}

/// The field of a job that names its source, and what it holds.
fn source(job: &NewJob) -> (&'static str, &str) {
    match &job.data {
        Data::Path(path) => ("source_path", path),
        Data::Pacs(instance) => ("source_instance_id", instance),
    }
}

/// Whether a job takes the kinds of files that a row is to have. A server that does not know of the filter does not tell of it either.
fn has_kinds(job: &Job, wanted: &NewJob) -> bool {
    const CLASSES: &str = "source_sop_class_filter_list";
    !job.more.contains_key(CLASSES) || wanted.has_sop_classes(&job.detail(CLASSES).unwrap_or_default())
}

/// In how many of the values that were sent for it a job agrees with a row, whatever kinds of files it takes; `None` if it is another
/// job.
fn fit(job: &Job, wanted: &NewJob) -> Option<usize> {
    let (name, value) = source(wanted);
    let given = |name: &str| job.detail(name).map(|value| canonical(&value)).filter(|value| !value.is_empty());
    let same = |name: &str, value: &str| given(name).is_some_and(|given| given == canonical(value));
    let is_it = same(name, value)
        && job.project_name.as_deref().map(canonical).as_deref() == Some(canonical(&wanted.project).as_str())
        && same("destination_path", &wanted.destination_path);
    // The server may have filled in what was not sent.
    let sent = [
        ("source_anonymizedpatientname", &wanted.pseudo_name),
        ("source_anonymizedpatientid", &wanted.pseudo_id),
        ("source_pims_keyfile_id", &wanted.pims_key),
    ];
    let sent: Vec<(&str, &String)> = sent.iter().filter_map(|(name, value)| Some((*name, value.as_ref()?))).collect();
    // For a row with one pseudonym, AnonAPI sends the other as empty; here the one serves as both.
    let is_one = wanted.pseudo_name == wanted.pseudo_id;
    let is_left_empty = |name: &str| is_one && name != "source_pims_keyfile_id" && given(name).is_none();
    let agreeing = sent.iter().filter(|(name, value)| same(name, value)).count();
    let left_empty = sent.iter().filter(|(name, _)| is_left_empty(name)).count();
    (is_it && left_empty < 2 && agreeing + left_empty == sent.len()).then_some(agreeing)
}

/// A value as `anon` sends it, of one that AnonAPI has sent as it stood in the mapping: with spaces around it, or a path with other
/// separators. Shares do not tell capitals from small letters.
fn canonical(value: &str) -> String {
    let value = clean(value).text;
    let path_at = [r"\\", "//"].iter().filter_map(|start| value.find(start)).min();
    let path = path_at.and_then(|at| Some((&value[..at], UncPath::parse(&value[at..])?)));
    match path {
        Some((kind, path)) => format!("{kind}{}", path.sent().to_lowercase()),
        None => value.into_owned(),
    }
}
