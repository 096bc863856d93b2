//! Recognising jobs that were asked for and never answered among those that the server has.

use std::collections::HashSet;

use chrono::{Duration, NaiveDateTime};
use serde_json::Value;

use crate::api::{Client, Data, Job, JobId, NewJob};
use crate::creation::journal::{Fingerprint, Journal};
use crate::error::Result;
use crate::plan::Planned;
use crate::settings::Server;

/// How far the server's clock may be from ours: it may even be in another time zone.
const CLOCKS_DIFFER: Duration = Duration::hours(26);

/// Looks for the jobs of rows that were asked for and never got an id, among the latest jobs of the server.
///
/// A job is taken for a row's if user, source, project, destination and pseudonyms are the same, if it was created after the row
/// was asked for, if it is not one that the row got before, and if it is the only such job.
///
/// # Errors
/// When the server cannot be asked.
pub fn recognise<'a>(
    client: &Client,
    server: &Server,
    rows: impl Iterator<Item = &'a Planned>,
    journal: &Journal,
) -> Result<Vec<(Fingerprint, JobId)>> {
    let ids: Vec<JobId> = client.get_jobs()?.iter().map(|job| job.job_id).collect();
    let jobs = client.get_jobs_list_extended(&ids)?;
    let mut seen = HashSet::new();
    let mut recognised = vec![];
    for row in rows {
        let fingerprint = Fingerprint::of(&server.url, &row.job);
        let Some(asked) = journal.asked_at(&fingerprint).filter(|_| seen.insert(fingerprint.clone())) else { continue };
        let mut candidates = jobs.iter().filter(|job| {
            is_by(job, client.user())
                && is_after(job, asked)
                && is_for(job, &row.job)
                && !journal.has_id(&fingerprint, job.job_id)
        });
        if let (Some(job), None) = (candidates.next(), candidates.next()) {
            recognised.push((fingerprint, job.job_id));
        }
    }
    Ok(recognised)
}

fn is_by(job: &Job, user: &str) -> bool {
    job.user_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(user))
}

fn is_after(job: &Job, asked: NaiveDateTime) -> bool {
    let date = job.date.as_deref().and_then(|date| date.get(..19)?.replace(' ', "T").parse::<NaiveDateTime>().ok());
    date.is_some_and(|date| date >= asked - CLOCKS_DIFFER)
}

fn is_for(job: &Job, wanted: &NewJob) -> bool {
    let text = |name: &str| match job.more.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let source = match &wanted.data {
        Data::Path(path) => text("source_path").as_ref() == Some(path),
        Data::Pacs(instance) => text("source_instance_id").as_ref() == Some(instance),
    };
    // What was not sent, the server may have filled in.
    let same = |name: &str, sent: &Option<String>| sent.is_none() || text(name) == *sent;
    source
        && job.project_name.as_ref() == Some(&wanted.project)
        && text("destination_path").as_ref() == Some(&wanted.destination_path)
        && same("source_anonymizedpatientname", &wanted.pseudo_name)
        && same("source_anonymizedpatientid", &wanted.pseudo_id)
        && same("source_pims_keyfile_id", &wanted.pims_key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted() -> NewJob {
        NewJob {
            data: Data::Path(r"folder:\\server\share\in".to_owned()),
            project: "P".to_owned(),
            destination_path: r"\\server\share\out".to_owned(),
            pseudo_name: Some("A".to_owned()),
            pseudo_id: Some("A".to_owned()),
            description: None,
            pims_key: None,
        }
    }

    fn job(changed: Value) -> Job {
        let mut job = json!({
            "job_id": 7, "date": "2026-11-23T12:00:00", "user_name": "Z123456", "status": "ACTIVE", "error": null,
            "description": null, "project_name": "P", "priority": 0, "files_downloaded": null, "files_processed": 0,
            "source_path": r"folder:\\server\share\in", "destination_path": r"\\server\share\out",
            "source_anonymizedpatientname": "A", "source_anonymizedpatientid": "A", "source_pims_keyfile_id": 12
        });
        for (name, value) in changed.as_object().unwrap() {
            job[name] = value.clone();
        }
        serde_json::from_value(job).unwrap()
    }

    #[test]
    fn a_job_is_recognised_by_all_that_makes_it() {
        assert!(is_for(&job(json!({})), &wanted()));
        for name in ["project_name", "source_path", "destination_path", "source_anonymizedpatientname"] {
            assert!(!is_for(&job(json!({name: "other"})), &wanted()), "{name}");
            assert!(!is_for(&job(json!({name: null})), &wanted()), "{name}");
        }
        let without = NewJob { pseudo_name: None, pseudo_id: None, ..wanted() };
        assert!(is_for(&job(json!({"source_anonymizedpatientid": "given by PIMS"})), &without));
        assert!(is_for(&job(json!({})), &NewJob { pims_key: Some("12".to_owned()), ..wanted() }));
        assert!(!is_for(&job(json!({})), &NewJob { pims_key: Some("13".to_owned()), ..wanted() }));
        let pacs = NewJob { data: Data::Pacs("1.2".to_owned()), ..wanted() };
        assert!(!is_for(&job(json!({})), &pacs));
        assert!(is_for(&job(json!({"source_instance_id": "1.2"})), &pacs));
    }

    #[test]
    fn a_job_of_another_user_or_of_before_is_not_meant() {
        assert!(is_by(&job(json!({})), "z123456") && !is_by(&job(json!({})), "z1"));
        let asked = "2026-11-24T11:00:00".parse().unwrap();
        assert!(is_after(&job(json!({})), asked), "clocks differ");
        assert!(is_after(&job(json!({"date": "2026-11-24 11:00:00.123"})), asked));
        for date in [json!("2026-11-22T11:00:00"), json!("yesterday"), json!("2026-11-24T11:00:0é"), json!(null)] {
            assert!(!is_after(&job(json!({"date": date})), asked), "{date}");
        }
    }
}
