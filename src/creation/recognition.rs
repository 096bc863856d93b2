//! Recognising the jobs of rows among those that a server has.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::clock::{Age, age};
use super::fingerprint::Fingerprint;
use super::journal::{self, Journal};
use super::session::Row;
use crate::api::{Data, Job, JobId, JobStatus, NewJob};

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
        let mut by_source: HashMap<(&str, &str), Vec<&Row>> = HashMap::new();
        for row in rows {
            let rows = by_source.entry(source(&row.planned.job)).or_default();
            if !rows.iter().any(|earlier| earlier.job == row.job) {
                rows.push(row);
            }
        }
        let mut by_row: HashMap<Fingerprint, Vec<(&Job, bool)>> = HashMap::new();
        for job in jobs.iter().filter(|job| journal.owner(job.job_id).is_none()) {
            let sources =
                ["source_path", "source_instance_id"].map(|name| (name, job.detail(name).unwrap_or_default()));
            let rows = sources.iter().filter_map(|(name, value)| by_source.get(&(*name, value.as_str()))).flatten();
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

/// The field of a job that names its source, and what it holds.
fn source(job: &NewJob) -> (&'static str, &str) {
    match &job.data {
        Data::Path(path) => ("source_path", path),
        Data::Pacs(instance) => ("source_instance_id", instance),
    }
}

/// The field of a job that names the kinds of files that it takes.
const CLASSES: &str = "source_sop_class_filter_list";

/// In how many of the values that were sent for it a job agrees with a row; `None` if it is another job.
fn fit(job: &Job, wanted: &NewJob) -> Option<usize> {
    let (name, value) = source(wanted);
    let same = |name: &str, value: &str| job.detail(name).is_some_and(|given| given == value);
    let is_it = same(name, value)
        && job.project_name.as_ref() == Some(&wanted.project)
        && same("destination_path", &wanted.destination_path)
        // A server that does not know of the filter does not tell of it either.
        && (!job.more.contains_key(CLASSES) || wanted.has_sop_classes(&job.detail(CLASSES).unwrap_or_default()));
    // What was not sent, the server may have filled in.
    let sent = [
        ("source_anonymizedpatientname", &wanted.pseudo_name),
        ("source_anonymizedpatientid", &wanted.pseudo_id),
        ("source_pims_keyfile_id", &wanted.pims_key),
    ];
    let mut sent = sent.iter().filter_map(|(name, value)| Some((*name, value.as_ref()?)));
    let count = sent.clone().count();
    (is_it && sent.all(|(name, value)| same(name, value))).then_some(count)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::plan::Planned;
    use crate::values::Source;

    const URL: &str = "https://a/p01";

    fn wanted() -> NewJob {
        NewJob {
            data: Data::Path(r"folder:\\server\share\in".to_owned()),
            project: "P".to_owned(),
            destination_path: r"\\server\share\out".to_owned(),
            pseudo_name: Some("A".to_owned()),
            pseudo_id: Some("A".to_owned()),
            description: None,
            pims_key: None,
            sop_classes: vec![],
        }
    }

    fn row(job: NewJob) -> Row {
        let source = Source::parse("folder:in").unwrap().value;
        Row::new(URL, Planned { line: 9, source, job })
    }

    fn job(id: i64, changed: &Value) -> Job {
        let mut job = json!({
            "job_id": id, "date": "2026-11-23T12:00:00", "user_name": "Z123456", "status": "ACTIVE", "error": null,
            "description": null, "project_name": "P", "priority": 0, "files_downloaded": null, "files_processed": 0,
            "source_path": r"folder:\\server\share\in", "destination_path": r"\\server\share\out",
            "source_anonymizedpatientname": "A", "source_anonymizedpatientid": "A", "source_pims_keyfile_id": 12
        });
        for (name, value) in changed.as_object().unwrap() {
            job[name] = value.clone();
        }
        serde_json::from_value(job).unwrap()
    }

    fn journal() -> Journal {
        Journal::parse(std::path::Path::new("j"), URL, b"").unwrap()
    }

    /// What is said of a row that was asked for at noon of the day of [`job`].
    fn sighting(row: &Row, rows: &[Row], jobs: &[Job]) -> Option<Sighting> {
        let (asked, journal) = ("2026-11-23T12:00:00".parse().unwrap(), journal());
        Sightings::of(jobs, rows, &journal).of_request(row.job, "z123456", asked, &journal)
    }

    fn perhaps(sighting: Option<Sighting>) -> Vec<i64> {
        match sighting {
            Some(Sighting::Perhaps(jobs)) => jobs.iter().map(|job| job.id.0).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_job_is_recognised_by_all_that_makes_it() {
        let fits = |changed: Value, wanted: &NewJob| fit(&job(7, &changed), wanted).is_some();
        assert!(fits(json!({}), &wanted()));
        for name in ["project_name", "source_path", "destination_path", "source_anonymizedpatientname"] {
            assert!(!fits(json!({name: "other"}), &wanted()), "{name}");
            assert!(!fits(json!({name: null}), &wanted()), "{name}");
        }
        let without = NewJob { pseudo_name: None, pseudo_id: None, ..wanted() };
        assert!(fits(json!({"source_anonymizedpatientid": "given by PIMS"}), &without));
        assert!(fits(json!({}), &NewJob { pims_key: Some("12".to_owned()), ..wanted() }));
        assert!(!fits(json!({}), &NewJob { pims_key: Some("13".to_owned()), ..wanted() }));
        let ct = || NewJob { sop_classes: vec!["1.2".to_owned(), "1.3".to_owned()], ..wanted() };
        assert!(fits(json!({"source_sop_class_filter_list": "1.3,1.2"}), &ct()) && fits(json!({}), &ct()));
        for (filter, job) in [(json!("1.2"), ct()), (json!(null), ct()), (json!("1.2"), wanted())] {
            assert!(!fits(json!({"source_sop_class_filter_list": filter}), &job), "{filter}");
        }
        let pacs = NewJob { data: Data::Pacs("1.2".to_owned()), ..wanted() };
        assert!(!fits(json!({}), &pacs));
        assert!(fits(json!({"source_instance_id": "1.2"}), &pacs));
    }

    #[test]
    fn the_only_job_that_can_be_the_row_s_is_taken() {
        let row = row(wanted());
        let rows = std::slice::from_ref(&row);
        assert_eq!(sighting(&row, rows, &[job(7, &json!({}))]), Some(Sighting::Its(vec![JobId(7)])));
        for other in [
            json!({"user_name": "somebody"}),
            json!({"user_name": null}),
            json!({"status": "INACTIVE"}),
            json!({"date": "2026-11-20T12:00:00"}),
            json!({"project_name": "other"}),
        ] {
            assert_eq!(sighting(&row, rows, &[job(7, &other)]), None, "{other}");
            let with_another = [job(6, &other), job(7, &json!({}))];
            assert_eq!(sighting(&row, rows, &with_another), Some(Sighting::Its(vec![JobId(7)])), "{other}");
        }
    }

    #[test]
    fn of_two_none_is_taken_nor_one_of_an_uncertain_age() {
        let row = row(wanted());
        let rows = std::slice::from_ref(&row);
        let two = [job(8, &json!({"status": "DONE"})), job(7, &json!({}))];
        assert_eq!(perhaps(sighting(&row, rows, &two)), [7, 8]);
        assert_eq!(perhaps(sighting(&row, rows, &[job(7, &json!({"date": "2026-11-22T16:00:00"}))])), [7]);
        assert_eq!(perhaps(sighting(&row, rows, &[job(7, &json!({"date": null}))])), [7]);
        // Listed twice, it is one.
        assert_eq!(
            sighting(&row, rows, &[job(7, &json!({})), job(7, &json!({}))]),
            Some(Sighting::Its(vec![JobId(7)]))
        );
    }

    #[test]
    fn a_job_whose_row_is_known_is_no_other_row_s() {
        let (one, mut journal) = (row(wanted()), journal());
        let line = format!(r#"{{"job":"{}","event":{{"created":7}},"time":"2026-11-23T12:00:00"}}"#, one.job);
        journal = Journal::parse(std::path::Path::new("j"), URL, line.as_bytes()).unwrap_or(journal);
        journal.claim(&one.job);
        let pims = row(NewJob { pseudo_name: None, pseudo_id: None, ..wanted() });
        let asked = "2026-11-23T12:00:00".parse().unwrap();
        let jobs = [job(7, &json!({}))];
        // Even if the other row is not in the mapping any more.
        let sightings = Sightings::of(&jobs, std::slice::from_ref(&pims), &journal);
        assert_eq!(sightings.of_request(pims.job, "z123456", asked, &journal), None);
    }

    #[test]
    fn a_job_belongs_to_the_row_that_it_fits_best() {
        let named = row(wanted());
        let pims = row(NewJob { pseudo_name: None, pseudo_id: None, ..wanted() });
        let rows = [row(NewJob { pseudo_name: None, pseudo_id: None, ..wanted() }), row(wanted())];
        let jobs = [job(7, &json!({}))];
        assert_eq!(sighting(&named, &rows, &jobs), Some(Sighting::Its(vec![JobId(7)])));
        assert_eq!(sighting(&pims, &rows, &jobs), None);
        let given = [job(7, &json!({"source_anonymizedpatientname": "P1", "source_anonymizedpatientid": "P1"}))];
        assert_eq!(sighting(&named, &rows, &given), None);
        assert_eq!(sighting(&pims, &rows, &given), Some(Sighting::Its(vec![JobId(7)])));
    }

    #[test]
    fn a_job_that_fits_two_rows_alike_is_neither_s() {
        let by_name = || row(NewJob { pseudo_id: None, ..wanted() });
        let by_id = || row(NewJob { pseudo_name: None, ..wanted() });
        let rows = [by_name(), by_id()];
        let jobs = [job(7, &json!({}))];
        assert_eq!(perhaps(sighting(&by_name(), &rows, &jobs)), [7]);
        let in_batch = Sightings::of(&jobs, &rows, &journal()).in_batch(by_id().job);
        assert_eq!(perhaps(in_batch), [7]);
    }

    #[test]
    fn in_the_batch_it_does_not_matter_who_created_a_job_or_when() {
        let row = row(wanted());
        let jobs = [
            job(9, &json!({"user_name": "colleague", "date": "2020-01-01T12:00:00", "status": "INACTIVE"})),
            job(8, &json!({})),
            job(7, &json!({"project_name": "other"})),
        ];
        let sightings = Sightings::of(&jobs, std::slice::from_ref(&row), &journal());
        assert_eq!(sightings.in_batch(row.job), Some(Sighting::Its(vec![JobId(8), JobId(9)])));
    }
}
