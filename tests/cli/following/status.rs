use anonapi::api::JobId;
use anonapi::testing::{FakeIdis, FakeJob};
use serde_json::json;
use snapbox::str;

use super::{created, created_elsewhere, functions, on_terminal, with_jobs};
use crate::support::Env;

fn seven() -> Env {
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    env.run("batch add 1-7 99").assert_ok();
    env
}

#[test]
fn columns_tell_whose_each_job_is() {
    created(FakeIdis::builder()).run("batch status --columns pseudonym,source,line").assert(str![[r#"
exit 0
stdout:
  Job info for 3 jobs on p01: {url}/p01:
    id  date                 status    down      proc  pseudonym    source                      line
  ----  -------------------  --------  ------  ------  -----------  ------------------------  ------
  1001  2016-08-26T15:04:41  ACTIVE                 0  A            accession_number:12.1         10
  1002  2016-08-26T15:04:42  ACTIVE                 0  B            accession_number:12.2         11
  1003  2016-08-26T15:04:43  ACTIVE                 0  C            study_instance_uid:1.2.3      12
  Summary for all 3 jobs:
  Status      count  percentage
  --------  -------  ------------
  ACTIVE          3  100.0 %
  Total           3  100 %
requests:
  GET p01/get_jobs_list_extended job_ids=1001 job_ids=1002 job_ids=1003 user_name=z123456
"#]]);
}

#[test]
fn jobs_of_another_program_have_their_rows_too() {
    let env = created_elsewhere();
    let jobs = env.run("batch status --json").assert_ok().json("batch-status")["jobs"].clone();
    let told = |job: &serde_json::Value| json!([job["pseudonym"], job["source"], job["line"]]);
    assert_eq!(told(&jobs[1]), json!(["B", "accession_number:12.2", 11]));
    assert_eq!(told(&jobs[2]), json!(["C", "study_instance_uid:1.2.3", 12]));
    // Without the mapping, the server's own words.
    std::fs::remove_file(env.work().join("anon_mapping.csv")).unwrap();
    let jobs = env.run("batch status --json").assert_ok().json("batch-status")["jobs"].clone();
    assert_eq!(told(&jobs[1]), json!(["B", "accession_number:12.2", null]));
}

#[test]
fn who_sees_other_users_jobs_sees_their_names() {
    let other = FakeJob::new(JobId(2)).field("user_name", "z999999");
    let outcome = with_jobs([FakeJob::new(JobId(1)), other]).run("batch status --columns pseudonym").assert_ok();
    assert!(outcome.stdout.contains("user     pseudonym") && outcome.stdout.contains("z999999"), "{}", outcome.stdout);
}

#[test]
fn some_are_chosen_by_their_status() {
    seven().run("batch status --status error,Not_Found").assert(str![[r#"
exit 0
stdout:
  Job info for 2 of 7 jobs on p01: {url}/p01:
    id  date                 status      down    proc  user
  ----  -------------------  --------  ------  ------  -------
     2  2016-08-26T15:04:02  ERROR         20       0  z123456
     6  2016-08-26T15:04:06  ERROR         60       0  z123456
  not on the server: 99
  Summary for all 8 jobs:
  Status       count  percentage
  ---------  -------  ------------
  INACTIVE         1  12.5 %
  ERROR            2  25.0 %
  DONE             1  12.5 %
  UPLOADED         1  12.5 %
  ACTIVE           2  25.0 %
  NOT_FOUND        1  12.5 %
  Total            8  100 %
requests:
  GET p01/get_jobs_list [..]
"#]]);
    let outcome = seven().run("batch status --status EROR").assert_status(2);
    assert_eq!(outcome.stderr, "error: 'EROR' is not a job status; did you mean ERROR?\n");
}

#[test]
fn ids_can_be_piped_on() {
    let env = seven();
    let outcome = env.run("batch status --status ERROR,NOT_FOUND --ids").assert_ok();
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("2\n6\n99\n", ""));
    assert_eq!(functions(&outcome), ["get_jobs_list"]);
    assert_eq!(env.run("batch status --ids --sort status --limit 3").assert_ok().stdout, "5\n7\n3\n");
}

#[test]
fn nothing_that_matches_is_told_with_what_there_is() {
    let env = seven();
    env.run("batch remove 2 6").assert_ok();
    env.run("batch status --status error,Inactive").assert_ok();
    env.run("batch status --status ERROR,TIMED_OUT").assert_status(2);
    let why = "none of the 6 jobs in the batch is ERROR: 1 INACTIVE, 1 DONE, 1 UPLOADED, 2 ACTIVE, 1 NOT_FOUND";
    let outcome = env.run("batch status --status error").assert_status(1);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr), ("", format!("error: {why}\n")));
    let outcome = env.run("batch status --status error --json").assert_status(1);
    assert_eq!((&outcome.json("batch-status")["jobs"], &outcome.complaints()["error"]), (&json!([]), &json!(why)));
    // Where the ids are piped on, why there are none is a remark, and the error is what comes of it.
    let outcome = env.run("batch status --status error --ids").assert_status(1);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr), ("", format!("{why}\n")));
    let outcome = env.answer("job reset - --yes", "").assert_status(1);
    assert_eq!(outcome.stderr, "error: there are no job ids on standard input: nothing was done\n");

    let one = with_jobs([FakeJob::new(JobId(1))]).run("batch status --status ERROR,ACTIVE").assert_status(1);
    assert_eq!(one.stderr, "error: the only job in the batch is not ERROR or ACTIVE: 1 DONE\n");
    let none = Env::with_jobs();
    none.run("batch init").assert_ok();
    none.run("batch status").assert_ok();
    assert_eq!(none.run("batch status --ids").assert_status(1).stderr, "the batch is empty\n");
}

#[test]
fn they_are_sorted_by_any_column_and_what_has_no_value_comes_last() {
    let env = seven();
    let ids = |line: &str| {
        let view = env.run(line).assert_ok().json("batch-status");
        view["jobs"].as_array().unwrap().iter().map(|job| job["job_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("batch status --json --sort down"), [1, 2, 3, 4, 6, 5, 7]);
    assert_eq!(ids("batch status --json --sort pseudonym --limit 2"), [1, 2]);
    assert_eq!(ids("batch status --json --sort down --reverse"), [6, 4, 3, 2, 1, 5, 7]);
    assert_eq!(ids("batch status --json --sort pseudonym --reverse --limit 2"), [7, 6]);
    assert_eq!(ids("batch status --json --reverse --limit 3"), [7, 6, 5]);
    for column in ["id", "date", "status", "proc", "user", "source", "line"] {
        assert_eq!(ids(&format!("batch status --json --sort {column}")).len(), 7, "{column}");
    }
}

#[test]
fn a_summary_can_stand_alone() {
    let outcome = seven().run("batch status --summary").assert_ok();
    assert!(outcome.stdout.starts_with("Summary for all 8 jobs:\n"), "{}", outcome.stdout);
    assert!(!outcome.stdout.contains("2016-08-26"), "{}", outcome.stdout);
}

#[test]
fn scripts_read_it_whole() {
    let env = seven();
    let view = env.run("batch status --json").assert_ok().json("batch-status");
    assert_eq!(
        (&view["total"], &view["not_found"], &view["jobs"][2]["status"]),
        (&json!(8), &json!([99]), &json!("DONE"))
    );
    assert_eq!(view["summary"][1], json!({"status": "ERROR", "count": 2}));
    let csv = env.run("batch status --format csv").assert_ok();
    assert!(csv.stdout.contains("job_id,date,status,files_downloaded"), "{}", csv.stdout);
    assert_eq!(csv.stdout.lines().count(), 8);
    let empty = Env::with_jobs();
    empty.run("batch init").assert_ok();
    assert_eq!(empty.run("batch status --json").assert_ok().json("batch-status")["jobs"], json!([]));
}

#[cfg(target_os = "linux")]
#[test]
fn what_would_scroll_out_of_sight_comes_first() {
    let env = seven();
    let first = |text: &str| text.find("Summary for").unwrap() < text.find("Job info for").unwrap();
    assert!(first(&on_terminal(&env, 20, "batch status", "")));
    assert!(!first(&on_terminal(&env, 40, "batch status", "")));
    assert!(!first(&env.run("batch status").assert_ok().stdout));
}

#[test]
fn a_journal_that_cannot_be_read_keeps_nobody_from_looking() {
    let env = created(FakeIdis::builder());
    std::fs::write(env.home().join(".anonapi/journal.jsonl"), "?\n").unwrap();
    let outcome = env.run("batch status").assert_ok();
    assert!(outcome.stderr.contains("warning: cannot tell whose jobs these are"), "{}", outcome.stderr);
}

#[test]
fn a_mapping_elsewhere_and_one_with_a_wrong_row_tell_as_much_as_they_can() {
    let env = created(FakeIdis::builder());
    let text = env.read("anon_mapping.csv");
    std::fs::create_dir(env.work().join("mappings")).unwrap();
    std::fs::remove_file(env.work().join("anon_mapping.csv")).unwrap();
    env.write("mappings/anon_mapping.csv", text.replace("accession_number:12.1", "fodler:12.1"));
    env.run("-C mappings map activate").assert_ok();
    let jobs = env.run("batch status --json").assert_ok().json("batch-status")["jobs"].clone();
    assert_eq!((&jobs[0]["line"], &jobs[1]["line"]), (&json!(null), &json!(11)));
    assert_eq!(jobs[0]["source"], "accession_number:12.1", "the server's own words");
}

#[test]
fn jobs_of_some_kinds_of_files_have_their_lines() {
    let env = Env::with_idis(FakeIdis::builder());
    env.settings();
    env.write("anon_mapping.csv", super::MAPPING);
    env.run("map activate").assert_ok();
    env.run("create from-mapping -y --sop-class CTImageStorage --filter A").assert_ok();
    env.run("create from-mapping -y --sop-class MRImageStorage --sop-class CTImageStorage --filter B").assert_ok();
    let lines = |env: &Env| {
        let view = env.run("batch status --json").assert_ok().json("batch-status");
        [0, 1].map(|index| view["jobs"][index]["line"].clone())
    };
    assert_eq!(lines(&env), [10, 11]);
    std::fs::remove_dir_all(env.home().join(".anonapi")).unwrap();
    assert_eq!(lines(&env), [10, 11], "as the server has them");
}
