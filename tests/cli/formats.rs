//! `--format` and `--json`: results that scripts read, and errors as one object.

use serde_json::json;

use crate::support::Env;

#[test]
fn results_are_of_the_documented_shapes() {
    let env = Env::with_jobs();
    let jobs = env.run("job list 1 2 --json").assert_ok().json("jobs");
    assert_eq!(jobs["server"], "p01");
    assert_eq!(jobs["jobs"][1]["job_id"], 2);
    let servers = env.run("server list --format json").assert_ok().json("servers");
    assert_eq!(servers["servers"][0]["active"], true);
}

#[test]
fn what_was_done_and_what_failed_is_told() {
    let env = Env::with_jobs();
    let outcome = env.run("job reset 1 99999 -y --json").assert_status(1);
    let acted = outcome.json("acted");
    assert_eq!((&acted["done"], &acted["failed"][0]["job_id"]), (&json!([1]), &json!(99999)));
    let complaints = outcome.complaints();
    assert_eq!(complaints["exit_status"], 1);
    assert!(complaints["error"].as_str().is_some_and(|text| text.contains("1 done, 1 failed")), "{complaints}");
}

#[test]
fn csv_is_all_that_is_on_stdout() {
    let env = Env::with_jobs();
    let outcome = env.run("job list 1 --format csv").assert_ok();
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], "\u{feff}job_id,date,status,files_downloaded,files_processed,user_name,error");
    assert!(lines.len() == 2 && lines[1].starts_with("1,"), "{lines:?}");
}

#[test]
fn wrong_usage_is_an_object_too() {
    let complaints = Env::new().run("job reset --json").assert_status(2).complaints();
    assert_eq!(complaints["exit_status"], 2);
}

#[test]
fn quiet_leaves_out_what_was_done() {
    Env::with_jobs().run("job reset 1 -y -q").assert(
        "
        exit 0
        requests:
          POST p01/modify_job job_id=1 status=ACTIVE[..]
        ",
    );
}
