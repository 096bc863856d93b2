//! Replies of the web API as they are kept in `tests/fixtures/replies`: the fake gives the same, and the client reads them.

use anonapi::api::{Client, Failure, Form, JobId, JobStatus, Token};
use anonapi::testing::{Calls, FakeIdis, FakeJob, Fault, FaultyProxy};
use serde_json::Value;

const JOB: &str = include_str!("../fixtures/replies/get_job.json");
const LIST: &str = include_str!("../fixtures/replies/get_jobs_list.json");
const EXTENDED: &str = include_str!("../fixtures/replies/get_jobs_list_extended.json");
const ERRORS: &str = include_str!("../fixtures/replies/errors.json");
const DOCUMENTATION: &str = include_str!("../fixtures/replies/documentation.json");
const LATER_VERSION: &str = include_str!("../fixtures/replies/later_version.json");

fn client(url: &str) -> Client {
    Client::new(url, "z123456", Token::new("token")).unwrap()
}

/// A server that answers everything with one reply.
fn answering(status: u16, body: &str) -> (FaultyProxy, Client) {
    let proxy = FaultyProxy::alone();
    proxy.on(Calls::all(), Fault::json(status, body));
    let client = client(&proxy.url("p01"));
    (proxy, client)
}

#[test]
fn the_fake_answers_like_the_web_api() {
    let job = |id| FakeJob::new(JobId(id));
    let opted_out = "Error while pre-processing job 51815: Patient \"123456\" does not want his or her data to be used for research";
    let fake = FakeIdis::builder()
        .job(job(50881).status("UPLOADED").field("files_downloaded", 1683).field("files_processed", 1600))
        .job(
            job(51815)
                .status("ERROR")
                .error(opted_out)
                .field("description", Value::Null)
                .field("files_downloaded", Value::Null),
        )
        .start();
    let client = client(&fake.url("p01"));
    let ids = || Form::new().with_all("job_ids", [51815, 50881, 7]);
    let same = |text: &str, answer: Value| {
        let kept: Value = serde_json::from_str(text).unwrap();
        assert_eq!(answer, kept, "\nthe fake answers\n{answer:#}");
    };
    same(JOB, client.get("get_job", Form::new().with("job_id", 51815)).unwrap());
    same(LIST, client.get("get_jobs_list", ids()).unwrap());
    same(EXTENDED, client.get("get_jobs_list_extended", ids()).unwrap());
    let documentation: Value = serde_json::from_str(DOCUMENTATION).unwrap();
    assert_eq!(client.get_documentation().unwrap(), documentation["documentation"]);
    let error = client.get_job(JobId(7)).unwrap_err();
    assert!(
        matches!(error.failure, Failure::Rejected(texts) if texts == [("job_id".into(), "Job with id 7 does not exist".into())])
    );
}

#[test]
fn the_client_reads_replies() {
    let (_server, client) = answering(200, JOB);
    let job = client.get_job(JobId(51815)).unwrap();
    assert_eq!((job.status.clone(), job.description.clone(), job.files_downloaded), (JobStatus::Error, None, None));
    assert!(job.error_text().unwrap().contains("does not want"));

    let (_server, client) = answering(200, LIST);
    let jobs = client.get_jobs_list(&[JobId(51815), JobId(50881)]).unwrap();
    assert_eq!(jobs.iter().map(|job| job.job_id.0).collect::<Vec<_>>(), [51815, 50881], "in the server's order");

    let (_server, client) = answering(200, LATER_VERSION);
    let jobs = client.get_jobs().unwrap();
    assert_eq!(jobs[0].status, JobStatus::Other("QUARANTINED".to_owned()));
    assert_eq!(jobs[0].more["quarantine"]["files"], 83, "what is new is kept");

    let (_server, client) = answering(400, ERRORS);
    let error = client.get_jobs().unwrap_err().to_string();
    assert!(error.contains("given user_name is not connected to given project_name no-such-project"), "{error}");
}
