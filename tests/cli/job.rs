//! `anon job`.

use anonapi::api::JobId;
use anonapi::testing::{FakeIdis, FakeJob};
use snapbox::str;

use crate::support::Env;

#[test]
fn info_shows_all_that_is_known() {
    let env = Env::with_jobs();
    env.run("job info 3").assert(str![[r#"
exit 0
stdout:
  job 3 on p01:
  ('job_id', 3)
  ('date', '2016-08-26T15:04:03')
  ('user_name', 'z123456')
  ('status', 'DONE')
  ('error', None)
  ('description', 'job number 3')
  ('project_name', 'Wetenschap-Algemeen')
  ('priority', 0)
  ('files_downloaded', 30)
  ('files_processed', 30)
  ('destination_path', '\\\\server\\share\\out')
  ('source_type', 'PATH')
  ('source_anonymizedpatientid', 'patient3')
  ('source_anonymizedpatientname', 'name3')
  ('source_name', None)
  ('source_path', '\\\\server\\share\\in')
  ('source_pims_keyfile_id', None)
  ('source_instance_id', None)
requests:
  GET p01/get_job job_id=3 user_name=z123456
"#]]);
}

#[test]
fn info_of_several_comes_in_the_order_that_was_asked_for() {
    let env = Env::with_jobs();
    let outcome = env.run("job info 3 1-2,3").assert_ok();
    let places: Vec<_> = ["job 3 on p01", "job 1 on p01", "job 2 on p01"].map(|job| outcome.stdout.find(job)).into();
    assert!(places.is_sorted() && places[0].is_some(), "{}", outcome.story());
    assert_eq!(outcome.stdout.matches("job 3 on p01").count(), 1, "{}", outcome.story());
    assert_eq!(outcome.requests.len(), 3);
}

#[test]
fn info_explains_a_job_in_trouble() {
    let env = Env::with_jobs();
    env.run("job info 2").assert(str![[r#"
exit 0
stdout:
  job 2 on p01:
  ('job_id', 2)
  ('date', '2016-08-26T15:04:02')
  ('user_name', 'z123456')
  ('status', 'ERROR')
  ('error', 'Patient "123456" does not want his or her data to be used for research')
  ('description', 'job number 2')
  ('project_name', 'Wetenschap-Algemeen')
  ('priority', 0)
  ('files_downloaded', 20)
  ('files_processed', 0)
  ('destination_path', '\\\\server\\share\\out')
  ('source_type', 'PATH')
  ('source_anonymizedpatientid', 'patient2')
  ('source_anonymizedpatientname', 'name2')
  ('source_name', None)
  ('source_path', '\\\\server\\share\\in')
  ('source_pims_keyfile_id', None)
  ('source_instance_id', None)

  The patient does not want this data to be used for research.
  Do not use this data. If the patient has signed a consent for your specific research, contact the trial bureau, then see 'anon job set-opt-out-ignore --help'.
requests:
  GET p01/get_job job_id=2 user_name=z123456
"#]]);
}

#[test]
fn info_of_an_unknown_job_shows_the_others_and_fails() {
    let env = Env::with_jobs();
    env.run("job info 99").assert(str![[r#"
exit 1
stderr:
  error: {url}/p01/get_job: Job with id 99 does not exist
requests:
  GET p01/get_job job_id=99 user_name=z123456
"#]]);
    let outcome = env.run("job info 99 1 98").assert_status(1);
    assert!(outcome.stdout.contains("job 1 on p01"), "{}", outcome.story());
    let _ =
        outcome.assert_stderr(&["error: job 99: ", "error: job 98: ", "Job with id 98 does not exist", "2 of 3 jobs"]);
}

#[test]
fn list_shows_a_line_each() {
    let env = Env::with_jobs();
    env.run("job list 1 3-5").assert(str![[r#"
exit 0
stdout:
    id  date                 status      down    proc  user
  ----  -------------------  --------  ------  ------  -------
     1  2016-08-26T15:04:01  INACTIVE      10       0  z123456
     3  2016-08-26T15:04:03  DONE          30      30  z123456
     4  2016-08-26T15:04:04  UPLOADED      40       0  z123456
     5  2016-08-26T15:04:05  ACTIVE                 0  z123456
requests:
  GET p01/get_jobs_list job_ids=1 job_ids=3 job_ids=4 job_ids=5 user_name=z123456
"#]]);
    env.run("job list 1 99").assert(str![[r#"
exit 1
stdout:
    id  date                 status      down    proc  user
  ----  -------------------  --------  ------  ------  -------
     1  2016-08-26T15:04:01  INACTIVE      10       0  z123456
stderr:
  error: 1 of 2 jobs is not on p01: 99; 'anon server jobs' shows the latest ones there; did you mean another server?
requests:
  GET p01/get_jobs_list job_ids=1 job_ids=99 user_name=z123456
"#]]);
    env.run("job list 98-99").assert(str![[r#"
exit 1
stderr:
  error: 2 of 2 jobs are not on p01: 98-99; 'anon server jobs' shows the latest ones there; did you mean another server?
requests:
  GET p01/get_jobs_list job_ids=98 job_ids=99 user_name=z123456
"#]]);
}

#[test]
fn without_ids_there_is_nothing_to_show() {
    let env = Env::with_jobs();
    env.run("job list").assert(str![[r#"
exit 0
stdout:
  No job ids given
"#]]);
    env.run("job info").assert(str![[r#"
exit 1
stderr:
  error: no job ids given; name them: anon job info 12 14-16
"#]]);
}

#[test]
fn reset_asks_and_sends_what_idis_expects() {
    let env = Env::with_jobs();
    env.answer("job reset 2", "y\n").assert(str![[r#"
exit 0
stdout:
  Reset job 2 on p01: {url}/p01
stderr:
  This will reset job 2 on p01. Are you sure? [y/N]: y
requests:
  POST p01/modify_job job_id=2 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
"#]]);
    assert_eq!(env.idis().jobs("p01")[1].get("status").unwrap(), "ACTIVE");
}

#[test]
fn cancel_takes_ranges_and_lists() {
    let env = Env::with_jobs();
    env.answer("job cancel 1,5-7 4", "y\n").sorted().assert(str![[r#"
exit 0
stdout:
  Cancelled job 1 on p01
  Cancelled job 4 on p01
  Cancelled job 5 on p01
  Cancelled job 6 on p01
  Cancelled job 7 on p01
stderr:
  This will cancel 5 jobs on p01: 1,5-7,4. Are you sure? [y/N]: y
requests:
  POST p01/cancel_job job_id=1 user_name=z123456
  POST p01/cancel_job job_id=4 user_name=z123456
  POST p01/cancel_job job_id=5 user_name=z123456
  POST p01/cancel_job job_id=6 user_name=z123456
  POST p01/cancel_job job_id=7 user_name=z123456
"#]]);
    assert!(env.idis().jobs("p01").iter().filter(|job| job.get("status").unwrap() == "INACTIVE").count() >= 5);
}

#[test]
fn opt_out_is_overruled_for_a_reason() {
    let env = Env::with_jobs();
    env.anon(["job", "set-opt-out-ignore", "1-2,4", "signed consent"]).stdin("y\n").run().sorted().assert(str![[r#"
exit 0
stdout:
  Set opt-out ignore for job 1 on p01: {url}/p01
  Set opt-out ignore for job 2 on p01: {url}/p01
  Set opt-out ignore for job 4 on p01: {url}/p01
stderr:
  This will set opt-out ignore 'signed consent' for 3 jobs on p01: 1-2,4. Are you sure? [y/N]: y
requests:
  POST p01/modify_job job_id=1 source_ignore_opt_out=True source_ignore_opt_out_reason=Reason: signed consent user_name=z123456
  POST p01/modify_job job_id=2 source_ignore_opt_out=True source_ignore_opt_out_reason=Reason: signed consent user_name=z123456
  POST p01/modify_job job_id=4 source_ignore_opt_out=True source_ignore_opt_out_reason=Reason: signed consent user_name=z123456
"#]]);
    env.run("job set-opt-out-ignore 1 2 signed consent").assert(str![[r#"
exit 2
stderr:
  error: 'signed' is not a job id: expected a number (4), a range (4-6) or a list (1,4-6); put a reason of several words in quotes: anon job set-opt-out-ignore 12 "signed consent"
"#]]);
}

#[test]
fn the_failure_of_one_does_not_stop_the_others() {
    let env = Env::with_jobs();
    env.answer("job reset 2 99 6", "y\n").sorted().assert(str![[r#"
exit 1
stdout:
  Reset job 2 on p01: {url}/p01
  Reset job 6 on p01: {url}/p01
stderr:
  This will reset 3 jobs on p01: 2,99,6. Are you sure? [y/N]: y
  error: job 99: {url}/p01/modify_job: Job with id 99 does not exist
  error: reset: 2 done, 1 failed
requests:
  POST p01/modify_job job_id=2 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
  POST p01/modify_job job_id=6 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
  POST p01/modify_job job_id=99 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
"#]]);
}

#[test]
fn a_refusal_or_the_end_of_the_input_changes_nothing() {
    let env = Env::with_jobs();
    for command in ["job reset 1", "job cancel 1", "job set-opt-out-ignore 1 signed"] {
        let outcome = env.answer(command, "n\n").assert_ok();
        assert!(outcome.requests.is_empty(), "{}", outcome.story());
        let outcome = env.run(command).assert_status(1).assert_stderr(&["no answer: nothing was done", "--yes"]);
        assert!(outcome.requests.is_empty(), "{}", outcome.story());
    }
}

#[test]
fn wrong_ids_are_wrong_usage() {
    let env = Env::with_jobs();
    for (ids, says) in [("5-x", "looks like a range"), ("7-5", "did you mean 5-7?"), ("one", "is not a job id")] {
        for command in ["info", "list", "reset", "cancel"] {
            let outcome = env.run(&format!("job {command} {ids}")).assert_status(2).assert_stderr(&[says]);
            assert!(outcome.requests.is_empty(), "{}", outcome.story());
        }
    }
    env.run("job reset").assert_status(2);
    env.run("job cancel").assert_status(2);
}

#[test]
fn nulls_and_unknown_statuses_are_shown_as_they_are() {
    let empty = ["date", "user_name", "error", "description", "project_name", "priority", "files_downloaded"]
        .into_iter()
        .fold(FakeJob::new(JobId(1)).status("QUEUED"), |job, field| job.field(field, serde_json::Value::Null));
    let env = Env::with_idis(FakeIdis::builder().job(empty.field("new_in_3.0", "x")));
    env.settings();
    env.run("job list 1").assert(str![[r#"
exit 0
stdout:
    id  date    status    down      proc  user
  ----  ------  --------  ------  ------  ------
     1          QUEUED                10
requests:
  GET p01/get_jobs_list job_ids=1 user_name=z123456
"#]]);
    env.run("job info 1").assert_ok().assert_stdout(&["('status', 'QUEUED')", "('date', None)", "('priority', None)"]);
}
