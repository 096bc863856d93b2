use serde_json::{Value, json};

use super::*;
use crate::api::{Data, NewJob};
use crate::creation::Fingerprint;
use crate::values::Source;

const URL: &str = "https://a/p01";

fn planned(line: usize, pseudonym: Option<&str>) -> Planned {
    let pseudonym = pseudonym.map(str::to_owned);
    let job = NewJob {
        data: Data::Pacs("accession_number:1.1".to_owned()),
        project: "P".to_owned(),
        destination_path: r"\\server\share\out".to_owned(),
        pseudo_name: pseudonym.clone(),
        pseudo_id: pseudonym,
        description: None,
        pims_key: None,
        sop_classes: vec![],
    };
    Planned { line, source: Source::parse("accession_number:1.1").unwrap().value, job }
}

fn job(id: i64, more: &Value) -> Job {
    let mut job = json!({
        "job_id": id, "date": null, "user_name": "z1", "status": "DONE", "error": null, "description": null,
        "project_name": "P", "priority": 0, "files_downloaded": 1, "files_processed": 1
    });
    for (name, value) in more.as_object().unwrap() {
        job[name] = value.clone();
    }
    serde_json::from_value(job).unwrap()
}

fn extended(id: i64, pseudonym: &str) -> Job {
    job(
        id,
        &json!({
            "source_instance_id": "accession_number:1.1", "destination_path": r"\\server\share\out",
            "source_anonymizedpatientname": pseudonym, "source_anonymizedpatientid": pseudonym
        }),
    )
}

fn rows(planned: Vec<Planned>, journal: &str) -> Rows {
    let journal = Journal::parse(Path::new("j"), URL, journal.as_bytes()).unwrap();
    Rows { planned, journal: Some(journal), url: URL.to_owned() }
}

fn created(row: &Planned, id: i64) -> String {
    let job = Fingerprint::of(URL, &row.job);
    format!("{{\"job\":\"{job}\",\"event\":{{\"created\":{id}}},\"time\":\"2026-11-23T12:00:00\"}}\n")
}

fn told(followed: &Followed) -> (Option<&str>, Option<&str>, Option<usize>) {
    (followed.pseudonym.as_deref(), followed.source.as_deref(), followed.line)
}

#[test]
fn the_journal_knows_whose_a_job_is_without_asking() {
    let row = planned(12, Some("A"));
    let journal = created(&row, 7);
    let followed = rows(vec![row], &journal).follow(vec![job(7, &json!({})), job(8, &json!({}))]);
    assert_eq!(told(&followed[0]), (Some("A"), Some("accession_number:1.1"), Some(12)));
    assert_eq!(told(&followed[1]), (None, None, None));
    assert!(followed[0].is_known() && !followed[1].is_known());
}

#[test]
fn a_job_that_the_server_does_not_know_is_its_row_s_all_the_same() {
    let row = planned(12, Some("A"));
    let journal = created(&row, 7);
    let followed = rows(vec![row], &journal).follow(vec![unknown(JobId(7)), unknown(JobId(8))]);
    let entries = followed.iter().map(|followed| report::Entry::of(followed, "2026-11-23T12:00:00".parse().unwrap()));
    let told: Vec<_> = entries.map(|entry| (entry.line, entry.pseudonym, entry.status, entry.cause)).collect();
    let (lost, cause) = (NOT_FOUND.to_owned(), Some("The server does not know this job".to_owned()));
    assert_eq!(told, [(Some(12), Some("A".to_owned()), lost.clone(), cause.clone()), (None, None, lost, cause)]);
}

#[test]
fn a_job_of_another_program_is_recognised_by_what_the_server_says() {
    let followed = rows(vec![planned(12, Some("A")), planned(13, Some("B"))], "").follow(vec![extended(9, "B")]);
    assert_eq!(told(&followed[0]), (Some("B"), Some("accession_number:1.1"), Some(13)));
}

#[test]
fn without_a_mapping_the_server_s_own_words_stay() {
    let followed = Rows::default().follow(vec![
        extended(9, "B"),
        job(10, &json!({"source_instance_id": "1.2.3", "source_anonymizedpatientid": "C"})),
        job(11, &json!({"source_path": r"folder:\\server\share\in", "source_instance_id": null})),
    ]);
    assert_eq!(told(&followed[0]), (Some("B"), Some("accession_number:1.1"), None));
    assert_eq!(told(&followed[1]), (Some("C"), Some("study_instance_uid:1.2.3"), None));
    assert_eq!(told(&followed[2]), (None, Some(r"folder:\\server\share\in"), None));
}

#[test]
fn a_job_that_fits_two_rows_equally_has_no_line() {
    let by_id =
        Planned { line: 13, job: NewJob { pseudo_name: None, ..planned(13, Some("A")).job }, ..planned(13, None) };
    let by_name = Planned { job: NewJob { pseudo_id: None, ..planned(12, Some("A")).job }, ..planned(12, None) };
    let followed = rows(vec![by_name, by_id], "").follow(vec![extended(9, "A")]);
    assert_eq!(followed[0].line, None);
}

#[test]
fn of_rows_that_ask_for_the_same_job_the_first_has_it() {
    let journal = created(&planned(12, Some("A")), 7);
    let followed = rows(vec![planned(12, Some("A")), planned(40, Some("A"))], &journal).follow(vec![extended(7, "A")]);
    assert_eq!(followed[0].line, Some(12));
}
