use serde_json::{Value, json};

use super::*;
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

/// What is said of a row that was requested at noon on the day of [`job`].
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
        // Programs that do not send a name send an empty one.
        assert_eq!(fits(json!({name: null}), &wanted()), name.ends_with("patientname"), "{name}");
    }
    let without = NewJob { pseudo_name: None, pseudo_id: None, ..wanted() };
    assert!(fits(json!({"source_anonymizedpatientid": "given by PIMS"}), &without));
    assert!(fits(json!({}), &NewJob { pims_key: Some("12".to_owned()), ..wanted() }));
    assert!(!fits(json!({}), &NewJob { pims_key: Some("13".to_owned()), ..wanted() }));
    let ct = || NewJob { sop_classes: vec!["1.2".to_owned(), "1.3".to_owned()], ..wanted() };
    let has = |changed: Value, wanted: &NewJob| has_kinds(&job(7, &changed), wanted);
    assert!(has(json!({"source_sop_class_filter_list": "1.3,1.2"}), &ct()) && has(json!({}), &ct()));
    for (filter, job) in [(json!("1.2"), ct()), (json!(null), ct()), (json!("1.2"), wanted())] {
        assert!(!has(json!({"source_sop_class_filter_list": filter}), &job), "{filter}");
    }
    let pacs = NewJob { data: Data::Pacs("1.2".to_owned()), ..wanted() };
    assert!(!fits(json!({}), &pacs));
    assert!(fits(json!({"source_instance_id": "1.2"}), &pacs));
}

#[test]
fn values_that_anonapi_sends_unchanged_match() {
    let fits = |changed: Value, wanted: &NewJob| fit(&job(7, &changed), wanted);
    for empty in [json!(""), json!(null)] {
        assert_eq!(fits(json!({"source_anonymizedpatientname": empty}), &wanted()), Some(1));
        assert_eq!(fits(json!({"source_anonymizedpatientid": empty}), &wanted()), Some(1));
        let both = json!({"source_anonymizedpatientid": empty, "source_anonymizedpatientname": empty});
        assert_eq!(fits(both, &wanted()), None);
        let two = NewJob { pseudo_id: Some("1".to_owned()), ..wanted() };
        assert_eq!(fits(json!({"source_anonymizedpatientid": empty}), &two), None, "its own id is missing");
    }
    for (name, value) in [
        ("source_anonymizedpatientid", "A "),
        ("project_name", "P "),
        ("destination_path", "//server/share/out/"),
        ("source_path", "folder://server/share/in/"),
    ] {
        assert_eq!(fits(json!({name: value}), &wanted()), Some(2), "{name}");
    }
    assert_eq!(fits(json!({"source_path": "fileselection://server/share/in"}), &wanted()), None);
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
    assert_eq!(sighting(&row, rows, &[job(7, &json!({})), job(7, &json!({}))]), Some(Sighting::Its(vec![JobId(7)])));
}

#[test]
fn a_job_of_a_known_row_is_not_given_to_another() {
    let (one, mut journal) = (row(wanted()), journal());
    let line = format!(r#"{{"job":"{}","event":{{"created":7}},"time":"2026-11-23T12:00:00"}}"#, one.job);
    journal = Journal::parse(std::path::Path::new("j"), URL, line.as_bytes()).unwrap_or(journal);
    journal.claim(&one);
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
