use anonapi::testing::FakeIdis;
use serde_json::json;
use snapbox::str;

use super::{created, failed, functions, with_jobs};
use crate::support::Env;

const OPTED_OUT: &str = "does not want his or her data to be used for research";

/// Six jobs in error, for three reasons.
fn six() -> Env {
    let missing = |study: &str| format!("WadoWrapperException: study {study}: 'HTTP Error 404: Not Found'");
    with_jobs([
        failed(1, &missing("1.2.840.1")),
        failed(2, &format!("Patient \"123456\" {OPTED_OUT}")),
        failed(3, r"cannot read \\server\share\a 1.dcm"),
        failed(4, &format!("Patient \"654321\" {OPTED_OUT}")),
        failed(5, &missing("1.2.840.2")),
        failed(6, &format!("Patient \"654321\" {OPTED_OUT}")),
        anonapi::testing::FakeJob::new(anonapi::api::JobId(7)),
    ])
}

#[test]
fn they_are_grouped_by_cause_with_their_pseudonyms_and_sources() {
    six().run("batch show-error --patient-name").assert(str![[r#"
exit 0
stdout:
  6 of 7 jobs are in error, for 3 reasons

  1. The patient has opted out (3 jobs)
     Patient "…" does not want his or her data to be used for research
     what it means: The patient does not want this data to be used for research.
     what to do: Do not use this data. If the patient has signed a consent for your specific research, contact the trial bureau, then see 'anon job set-opt-out-ignore --help'.
     id  pseudonym  source
      2  name2      \\server\share\in
      4  name4      \\server\share\in
      6  name6      \\server\share\in

  2. The image server does not have the data now (2 jobs)
     WadoWrapperException: study …: 'HTTP Error 404: Not Found'
     what it means: The data could not be retrieved from the hospital's image server, often because of a temporary fault there.
     what to do: Wait at least 30 minutes, then run 'anon job reset' for this job or 'anon batch reset-error'.
     to try these again: anon batch reset-error --cause 2
     id  pseudonym  source
      1  name1      \\server\share\in
      5  name5      \\server\share\in

  3. cannot read … … (1 job)
     cannot read \\server\share\a 1.dcm
     to try these again: anon batch reset-error --cause 3
     id  pseudonym  source
      3  name3      \\server\share\in
requests:
  GET p01/get_jobs_list_extended [..]
"#]]);
}

#[test]
fn the_journal_tells_whose_they_are_without_another_call() {
    let env =
        created(FakeIdis::builder().life(anonapi::testing::Life::passing(std::time::Duration::from_secs(36_000))));
    env.write("more.csv", super::MAPPING.replace(",A", ",A2").replace(",B", ",B2").replace(",C", ",C2"));
    env.run("create from-mapping --mapping more.csv -y").assert_ok();
    env.idis().pass(std::time::Duration::from_secs(360_000));
    let outcome = env.run("batch show-error").assert_ok();
    // The fourth and the sixth job, whose rows the mapping of this folder does not have.
    assert_eq!(functions(&outcome), ["get_jobs_list"]);
    let _ = outcome
        .assert_stdout(&["2 of 6 jobs are in error"])
        .assert_stderr(&["'anon batch show-error --patient-name' asks the server"]);
    std::fs::rename(env.work().join("more.csv"), env.work().join("anon_mapping.csv")).unwrap();
    let outcome = env.run("batch show-error").assert_ok();
    assert_eq!((functions(&outcome), outcome.stderr.as_str()), (vec!["get_jobs_list"], ""));
    let _ = outcome.assert_stdout(&[
        "1004  A2         accession_number:12.1 (line 10)",
        "1006  C2         study_instance_uid:1.2.3 (line 12)",
    ]);
}

#[test]
fn each_text_can_be_seen_in_full() {
    let outcome = six().run("batch show-error --full").assert_ok();
    for patient in ["123456", "654321"] {
        assert!(outcome.stdout.contains(&format!("     Patient \"{patient}\" {OPTED_OUT}\n")), "{}", outcome.stdout);
    }
}

#[test]
fn scripts_read_them() {
    let view = six().run("batch show-error --json").assert_ok().json("batch-errors");
    assert_eq!((&view["total"], &view["causes"][0]["do_not_use"]), (&json!(7), &json!(true)));
    assert_eq!(view["causes"][1]["jobs"][1]["job_id"], 5);
    assert_eq!(view["causes"][1]["jobs"][1]["pseudonym"], "name5");
    let csv = six().run("batch show-error --format csv").assert_ok();
    assert_eq!(csv.stdout.lines().count(), 7, "{}", csv.stdout);
    let none = with_jobs([anonapi::testing::FakeJob::default()]).run("batch show-error").assert_ok();
    assert_eq!(none.stdout, "There are no jobs with error status in this batch\n");
}

/// The ids of the jobs that were reset.
fn reset(outcome: &crate::support::Outcome) -> Vec<String> {
    let resets = outcome.requests.iter().filter(|call| call.function == "modify_job");
    let mut ids: Vec<String> = resets.map(|call| call.param("job_id").unwrap().to_owned()).collect();
    ids.sort();
    ids
}

#[test]
fn what_must_not_be_used_is_not_reset_unasked() {
    let outcome = six().run("batch reset-error --yes").assert_ok();
    assert_eq!(reset(&outcome), ["1", "3", "5"]);
    let _ =
        outcome.assert_stderr(&["warning: 3 jobs left out (2,4,6): The patient has opted out", "--include-opted-out"]);
    assert_eq!(reset(&six().run("batch reset-error --except-opted-out --yes").assert_ok()), ["1", "3", "5"]);
    assert_eq!(reset(&six().run("batch reset-error --include-opted-out --yes").assert_ok()).len(), 6);
    // Who is asked has been told.
    let outcome = six().answer("batch reset-error", "y\n").assert_ok();
    assert_eq!(reset(&outcome).len(), 6);
    let told = outcome.stderr.find("3 jobs (2,4,6): The patient has opted out; this data must not be used.").unwrap();
    assert!(told < outcome.stderr.find("Are you sure").unwrap(), "{}", outcome.stderr);
}

#[test]
fn nor_is_it_with_the_jobs_that_are_named_or_all_of_the_batch() {
    for command in ["job reset 1-7", "batch reset"] {
        let outcome = six().run(&format!("{command} --yes --json")).assert_ok();
        assert_eq!(reset(&outcome), ["1", "3", "5", "7"], "{command}");
        let acted = outcome.json("acted");
        assert_eq!((&acted["left_out"], &acted["not_tried"]), (&json!([2, 4, 6]), &json!([])), "{command}");
        let warning = outcome.complaints()["warnings"][0].to_string();
        assert!(warning.contains("3 jobs left out (2,4,6): The patient has opted out"), "{warning}");

        let outcome = six().run(&format!("{command} --yes --include-opted-out")).assert_ok();
        assert_eq!((reset(&outcome).len(), outcome.requests.len()), (7, 7), "{command}");
        let outcome = six().run(&format!("{command} --yes --dry-run")).assert_ok();
        assert_eq!((reset(&outcome), outcome.stdout.contains("reset 4 jobs")), (vec![], true), "{}", outcome.story());
        let outcome = six().answer(&format!("{command} --except-opted-out"), "y\n").assert_ok();
        assert_eq!(reset(&outcome), ["1", "3", "5", "7"], "{command}");
        // Who answers has named them, and is not kept waiting for a look.
        let outcome = six().answer(command, "y\n").assert_ok();
        assert_eq!((reset(&outcome).len(), outcome.requests.len()), (7, 7), "{command}");
    }
    let env = six();
    let none = env.run("job reset 2 --yes").assert_status(1);
    assert_eq!(reset(&none), [""; 0]);
    let _ = none.assert_stderr(&["warning: 1 job left out (2)", "error: there are no jobs to reset\n"]);
    // As the manual chains them.
    let ids = env.run("batch status --status ERROR --ids").assert_ok().stdout;
    assert_eq!(reset(&env.answer("job reset - --yes", &ids).assert_ok()), ["1", "3", "5"]);
}

#[cfg(target_os = "linux")]
#[test]
fn who_sits_at_a_terminal_is_told_before_the_question() {
    let env = six();
    let shown = super::on_terminal(&env, 24, "job reset 1-2", "y\n");
    let told = shown.find("warning: 1 job (2): The patient has opted out; this data must not be used").expect(&shown);
    assert!(told < shown.find("Are you sure").unwrap() && shown.contains("Reset job 2"), "{shown}");
}

#[test]
fn one_cause_is_reset() {
    let outcome = six().run("batch reset-error --cause 2 --yes").assert_ok();
    assert_eq!(reset(&outcome), ["1", "5"]);
    let _ = outcome.assert_stderr(&[
        "This will reset 2 jobs on p01",
        "(The image server does not have the data now). Are you sure?",
    ]);
    let outcome = six().run("batch reset-error --cause 1 --yes --json").assert_status(1);
    assert_eq!((reset(&outcome), &outcome.json("acted")["done"]), (vec![], &json!([])));
    for cause in ["0", "4"] {
        let outcome = six().run(&format!("batch reset-error --cause {cause} --yes")).assert_status(1);
        assert!(outcome.stderr.contains(&format!("there is no cause {cause}: the errors in this batch have 3 causes")));
        assert_eq!(reset(&outcome), [""; 0]);
    }
}
