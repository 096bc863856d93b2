use std::panic::{AssertUnwindSafe, catch_unwind};

use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};

use super::*;
use crate::api::JobId;

/// Calls a function as `anon` does: with a form body, even for GET.
fn call(fake: &FakeIdis, method: &str, function: &str, params: &[(&str, &str)]) -> Response {
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("{}/{function}", fake.url("p01"));
    let request = Client::builder().no_proxy().build().unwrap().request(method.parse().unwrap(), url);
    request.header("Authorization", "Token secret").form(params).send().unwrap()
}

fn get(fake: &FakeIdis, function: &str, params: &[(&str, &str)]) -> Value {
    call(fake, "GET", function, params).json().unwrap()
}

const A_PACS_JOB: [(&str, &str); 7] = [
    ("user_name", "z123456"),
    ("source_type", "WADO"),
    ("source_name", "IDC_WADO"),
    ("source_instance_id", "accession_number:1234567.12345678"),
    ("project_name", "Wetenschap-Algemeen"),
    ("destination_path", r"\\server\share\out"),
    ("anonymizedpatientid", "studyA"),
];

#[test]
fn tells_about_jobs() {
    let fake = FakeIdis::builder().jobs(3).job(FakeJob::new(JobId(70)).without("status").field("extra", 1)).start();
    assert_eq!(get(&fake, "get_job", &[("job_id", "2")])["status"], "ERROR");
    assert_eq!(get(&fake, "get_job", &[("job_id", "2")])["source_path"], r"\\server\share\in");

    let latest = get(&fake, "get_jobs", &[]);
    assert_eq!(latest.as_object().unwrap().keys().collect::<Vec<_>>(), ["70", "3", "2", "1"]);
    assert_eq!(latest["70"].get("status"), None);
    assert_eq!(latest["70"]["extra"], 1);
    assert_eq!(latest["3"].get("source_path"), None);

    let ids = [("job_ids", "3"), ("job_ids", "99"), ("job_ids", "x"), ("job_ids", "1")];
    let listed = get(&fake, "get_jobs_list", &ids);
    assert_eq!(listed.as_object().unwrap().keys().collect::<Vec<_>>(), ["3", "1"]);
    let extended = get(&fake, "get_jobs_list_extended", &ids);
    assert_eq!(extended["1"]["source_anonymizedpatientname"], "name1");

    assert_eq!(fake.calls("get_job"), 2);
    let last = fake.requests().pop().unwrap();
    assert_eq!(last.all("job_ids"), ["3", "99", "x", "1"]);
    assert_eq!(last.authorization.as_deref(), Some("Token secret"));
    fake.reset_requests();
    assert_eq!(fake.requests(), []);
}

#[test]
fn creates_and_changes_jobs() {
    let fake = FakeIdis::builder().first_new_id(7).start();
    let created: Value = call(&fake, "POST", "create_job", &A_PACS_JOB).json().unwrap();
    assert_eq!(created["job_id"], 7);
    assert_eq!(created["source_anonymizedpatientid"], "studyA");
    assert_eq!(created["source_path"], Value::Null);
    assert_eq!(fake.jobs("p01")[0].get("status").unwrap(), "ACTIVE");
    assert_eq!(fake.jobs("p02"), [], "each base path has its own jobs");

    call(&fake, "POST", "cancel_job", &[("job_id", "7")]);
    assert_eq!(fake.jobs("p01")[0].get("status").unwrap(), "INACTIVE");
    let reset = [("job_id", "7"), ("status", "ACTIVE"), ("files_downloaded", "0"), ("error", " ")];
    call(&fake, "POST", "modify_job", &reset);
    let job = &fake.jobs("p01")[0];
    assert_eq!(job.get("status").unwrap(), "ACTIVE");
    assert_eq!(job.get("files_downloaded").unwrap(), &json!(0));
}

#[test]
fn errors_are_those_of_the_web_api() {
    let fake = FakeIdis::builder().jobs(1).token("secret").require_user("z123456").start();
    let user = ("user_name", "z123456");
    let answer = |method, function, params: &[(&str, &str)]| {
        let response = call(&fake, method, function, params);
        (response.status().as_u16(), response.json::<Value>().unwrap())
    };
    let (status, body) = answer("GET", "get_job", &[user, ("job_id", "12")]);
    assert_eq!((status, &body["errors"]["job_id"]), (400, &json!("Job with id 12 does not exist")));
    assert_eq!(answer("POST", "cancel_job", &[user]).0, 400);

    let mut job = A_PACS_JOB;
    job[4].1 = "no-such-project";
    let (status, body) = answer("POST", "create_job", &job);
    assert_eq!(status, 400);
    assert!(body["errors"]["AnonymizeInputException"].as_str().unwrap().contains("no-such-project"));
    for missing in ["source_type", "source_instance_id", "project_name", "destination_path"] {
        let rest: Vec<_> = A_PACS_JOB.into_iter().filter(|(name, _)| *name != missing).collect();
        let (status, body) = answer("POST", "create_job", &rest);
        assert_eq!((status, body["errors"][missing].is_string()), (400, true), "{missing}: {body}");
    }

    assert_eq!(answer("GET", "get_jobs", &[("user_name", "somebody")]).0, 401);
    let (status, body) = answer("GET", "", &[user]);
    assert_eq!((status, body["documentation"].is_object()), (404, true), "the bare base URL");
    assert_eq!(fake.jobs("p01").len(), 1, "nothing was created");
}

#[test]
fn refuses_a_wrong_token() {
    let fake = FakeIdis::builder().token("another").start();
    assert_eq!(call(&fake, "GET", "get_jobs", &[]).status(), 401);
}

#[test]
fn chosen_replies_come_in_turn() {
    let fake = FakeIdis::replying(vec![
        FakeJob::default().status("DONE"),
        FakeJob::new(JobId(9)).status("ERROR").field("priority", 50),
    ]);
    let job = |id| get(&fake, "get_job", &[("job_id", id)]);
    assert_eq!((job("5")["status"].clone(), job("5")["status"].clone()), (json!("DONE"), json!("ERROR")));
    assert_eq!(job("5")["job_id"], 5, "and begins again, under the id that is asked for");
    let list = get(&fake, "get_jobs_list", &[("job_ids", "1"), ("job_ids", "2")]);
    assert_eq!((&list["1"]["priority"], &list["2"]["status"]), (&json!(50), &json!("DONE")));
    let latest = get(&fake, "get_jobs", &[]);
    assert_eq!(latest.as_object().unwrap().keys().collect::<Vec<_>>(), ["1", "9"]);
}

#[test]
fn jobs_have_a_life_that_tests_need_not_wait_for() {
    let hour = Duration::from_secs(3600);
    let fake = FakeIdis::builder().jobs(2).life(Life::passing(hour)).start();
    for _ in 0..4 {
        call(&fake, "POST", "create_job", &A_PACS_JOB);
    }
    let statuses = || fake.jobs("p01").iter().map(|job| job.text("status").to_owned()).collect::<Vec<_>>();
    assert_eq!(statuses(), ["INACTIVE", "ERROR", "ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE"]);
    fake.pass(3 * hour);
    assert_eq!(statuses()[2..], ["UPLOADED", "UPLOADED", "UPLOADED", "ERROR"]);
    fake.pass(3 * hour);
    assert_eq!(statuses()[2..], ["DONE", "DONE", "DONE", "ERROR"]);

    call(&fake, "POST", "modify_job", &[("job_id", "1001"), ("status", "ACTIVE"), ("files_processed", "0")]);
    call(&fake, "POST", "modify_job", &[("job_id", "1004"), ("source_ignore_opt_out", "True")]);
    assert_eq!(statuses()[2..], ["ACTIVE", "DONE", "DONE", "ERROR"]);
    call(&fake, "POST", "modify_job", &[("job_id", "1004"), ("status", "ACTIVE")]);
    fake.pass(2 * hour + hour / 2);
    call(&fake, "POST", "cancel_job", &[("job_id", "1001")]);
    fake.pass(9 * hour);
    assert_eq!(statuses()[2..], ["INACTIVE", "DONE", "DONE", "DONE"]);
}

#[test]
fn a_call_that_nobody_expected_fails_the_test() {
    let outcome = |prepare: fn(&FakeIdis)| {
        let fake = FakeIdis::start();
        prepare(&fake);
        let panic = catch_unwind(AssertUnwindSafe(|| drop(fake))).err()?;
        Some(panic.downcast_ref::<String>().unwrap().split_once('\n').unwrap().1.to_owned())
    };
    let unknown = |fake: &FakeIdis| assert_eq!(call(fake, "GET", "get_coffee", &[("sugar", "1")]).status(), 404);
    assert_eq!(outcome(unknown).unwrap(), "nobody expected the call GET p01/get_coffee sugar=1");
    let wrong_method = |fake: &FakeIdis| assert_eq!(call(fake, "POST", "get_jobs", &[]).status(), 405);
    assert_eq!(outcome(wrong_method).unwrap(), "nobody expected the call POST p01/get_jobs");
    let too_few = |fake: &FakeIdis| {
        fake.expect("get_jobs", 2);
        call(fake, "GET", "get_jobs", &[]);
        fake.reset_requests();
    };
    assert_eq!(outcome(too_few).unwrap(), "expected 2 calls of 'get_jobs', 1 came");
    let announced = |fake: &FakeIdis| {
        fake.expect("get_coffee", 1);
        call(fake, "GET", "get_coffee", &[]);
    };
    assert_eq!(outcome(announced), None);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let fake = FakeIdis::start();
    let port = fake.server.address().port();
    let error = FakeIdis::builder().port(port).try_start().unwrap_err();
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
}

#[test]
fn does_what_is_asked_and_says_something_else() {
    let lies = [
        (Lie::Repeat, json!([1001, "accession_number:1234567.12345678"])),
        (Lie::Id(5), json!([5, "accession_number:1234567.12345678"])),
        (Lie::MixUp, json!([1002, "another"])),
        (Lie::NoEcho, json!([1002, null])),
    ];
    for (lie, said) in lies {
        let fake = FakeIdis::start();
        fake.lie(Calls::nth("create_job", 2), lie.clone());
        let create = || call(&fake, "POST", "create_job", &A_PACS_JOB).json::<Value>().unwrap();
        assert_eq!(create()["job_id"], 1001, "{lie:?}");
        let second = create();
        assert_eq!(json!([second["job_id"], second["source_instance_id"]]), said, "{lie:?}");
        assert_eq!(create()["job_id"], 1003, "{lie:?}");
        assert_eq!(fake.jobs("p01").len(), 3, "{lie:?}");
    }
    let fake = FakeIdis::builder().jobs(3).start();
    fake.lie(Calls::every("get_jobs_list"), Lie::ListAll);
    assert_eq!(get(&fake, "get_jobs_list", &[("job_ids", "2")]).as_object().unwrap().len(), 3);
}

#[test]
fn may_have_a_clock_of_its_own() {
    let fake = FakeIdis::builder().clock_ahead(3 * 3600).start();
    let job: Value = call(&fake, "POST", "create_job", &A_PACS_JOB).json().unwrap();
    let date: chrono::NaiveDateTime = job["date"].as_str().unwrap().parse().unwrap();
    let ahead = (date - chrono::Local::now().naive_local()).num_minutes();
    assert!((178..=181).contains(&ahead), "{ahead}");
}
