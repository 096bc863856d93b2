//! `anon batch`.

use anonapi::testing::{Calls, Lie};
use snapbox::str;

use crate::support::Env;

fn env_with_batch(ids: &str) -> Env {
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    env.run(&format!("batch add {ids}")).assert_ok();
    env
}

#[test]
fn a_batch_begins_grows_shrinks_and_ends() {
    let env = Env::with_jobs();
    env.run("batch info").assert(str![[r#"
exit 1
stderr:
  error: No batch defined in current folder; go to the folder where you created the jobs, or create a batch with 'anon batch init'
"#]]);
    env.run("batch init").assert(str![[r#"
exit 0
stdout:
  Initialised batch for p01: {url}/p01 in current dir
files:
  + ./.anonbatch
"#]]);
    env.run("batch init").assert(str![[r#"
exit 1
stderr:
  error: a batch is already defined in this folder; see it with 'anon batch info', remove it with 'anon batch delete'
"#]]);
    env.run("batch info").assert(str![[r#"
exit 0
stdout:
  job_ids: []
  server:
    name: p01
    url: {url}/p01
"#]]);
    env.run("batch add 1 2 3").assert(str![[r#"
exit 0
stdout:
  Added 1-3 to batch
files:
  ~ ./.anonbatch
"#]]);
    env.run("batch add 5-12").assert(str![[r#"
exit 0
stdout:
  Added 5-12 to batch
files:
  ~ ./.anonbatch
"#]]);
    env.run("batch remove 8-11").assert(str![[r#"
exit 0
stdout:
  Removed 8-11 from batch
files:
  ~ ./.anonbatch
"#]]);
    env.run("batch remove 1 99").assert(str![[r#"
exit 0
stdout:
  Removed 1 from batch
stderr:
  warning: not in the batch: 99
files:
  ~ ./.anonbatch
"#]]);
    env.run("batch info").assert(str![[r#"
exit 0
stdout:
  job_ids:
  - '2'
  - '3'
  - '5'
  - '6'
  - '7'
  - '12'
  server:
    name: p01
    url: {url}/p01
"#]]);
    env.run("batch delete").assert(str![[r#"
exit 0
stdout:
  Removed batch in current dir
  it held these jobs of p01: {url}/p01: 2-3,5-7,12
files:
  - ./.anonbatch
"#]]);
    env.run("batch delete").assert_status(1).assert_stderr(&["No batch defined"]);
}

#[test]
fn the_file_holds_ids_as_text_in_numeric_order() {
    let env = env_with_batch("10 9 1,2");
    let url = env.idis().url("p01");
    assert_eq!(
        env.read(".anonbatch"),
        format!("job_ids:\n- '1'\n- '2'\n- '9'\n- '10'\nserver:\n  name: p01\n  url: {url}\n")
    );
}

#[test]
fn without_a_batch_each_command_says_how_to_make_one() {
    let env = Env::with_jobs();
    for command in [
        "info",
        "status",
        "add 1",
        "remove 1",
        "delete",
        "reset",
        "cancel",
        "reset-error",
        "cancel-active",
        "show-error",
    ] {
        let outcome = env.answer(&format!("batch {command}"), "y\n").assert_status(1);
        assert!(outcome.requests.is_empty() && outcome.files.is_empty(), "{}", outcome.story());
        let _ = outcome.assert_stderr(&["No batch defined in current folder", "anon batch init"]);
    }
}

#[test]
fn status_shows_jobs_and_how_many_there_are_of_each_status() {
    let env = env_with_batch("1-7 99");
    env.run("batch status").assert(str![[r#"
exit 0
stdout:
  Job info for 7 jobs on p01: {url}/p01:
    id  date                 status      down    proc  user
  ----  -------------------  --------  ------  ------  -------
     1  2016-08-26T15:04:01  INACTIVE      10       0  z123456
     2  2016-08-26T15:04:02  ERROR         20       0  z123456
     3  2016-08-26T15:04:03  DONE          30      30  z123456
     4  2016-08-26T15:04:04  UPLOADED      40       0  z123456
     5  2016-08-26T15:04:05  ACTIVE                 0  z123456
     6  2016-08-26T15:04:06  ERROR         60       0  z123456
     7  2016-08-26T15:04:07  ACTIVE                 0  z123456
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
  GET p01/get_jobs_list job_ids=1 job_ids=2 job_ids=3 job_ids=4 job_ids=5 job_ids=6 job_ids=7 job_ids=99 user_name=z123456
"#]]);
    env.run("batch status --patient-name --patient-name").assert_ok();
    env.run("batch status --patient-name").assert(str![[r#"
exit 0
stdout:
  Job info for 7 jobs on p01: {url}/p01:
    id  date                 status      down    proc  user     anon_name
  ----  -------------------  --------  ------  ------  -------  -----------
     1  2016-08-26T15:04:01  INACTIVE      10       0  z123456  patient1
     2  2016-08-26T15:04:02  ERROR         20       0  z123456  patient2
     3  2016-08-26T15:04:03  DONE          30      30  z123456  patient3
     4  2016-08-26T15:04:04  UPLOADED      40       0  z123456  patient4
     5  2016-08-26T15:04:05  ACTIVE                 0  z123456  patient5
     6  2016-08-26T15:04:06  ERROR         60       0  z123456  patient6
     7  2016-08-26T15:04:07  ACTIVE                 0  z123456  patient7
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
  GET p01/get_jobs_list_extended job_ids=1 job_ids=2 job_ids=3 job_ids=4 job_ids=5 job_ids=6 job_ids=7 job_ids=99 user_name=z123456
"#]]);
}

#[test]
fn reset_error_and_cancel_active_take_only_theirs() {
    let env = env_with_batch("1-7");
    env.answer("batch reset-error", "y\n").sorted().assert(str![[r#"
exit 0
stdout:
  Reset job 2 on p01: {url}/p01
  Reset job 6 on p01: {url}/p01
stderr:
  This will reset 2 jobs on p01: {url}/p01. Are you sure? [y/N]: y
  warning: 2 jobs (2,6): The patient has opted out; this data must not be used. '--except-opted-out' leaves such jobs out
requests:
  GET p01/get_jobs_list job_ids=1 job_ids=2 job_ids=3 job_ids=4 job_ids=5 job_ids=6 job_ids=7 user_name=z123456
  POST p01/modify_job job_id=2 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
  POST p01/modify_job job_id=6 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
"#]]);
    env.answer("batch cancel-active", "y\n").sorted().assert(str![[r#"
exit 0
stdout:
  Cancelled job 2 on p01
  Cancelled job 5 on p01
  Cancelled job 6 on p01
  Cancelled job 7 on p01
stderr:
  This will cancel 4 jobs on p01: {url}/p01. Are you sure? [y/N]: y
requests:
  GET p01/get_jobs_list job_ids=1 job_ids=2 job_ids=3 job_ids=4 job_ids=5 job_ids=6 job_ids=7 user_name=z123456
  POST p01/cancel_job job_id=2 user_name=z123456
  POST p01/cancel_job job_id=5 user_name=z123456
  POST p01/cancel_job job_id=6 user_name=z123456
  POST p01/cancel_job job_id=7 user_name=z123456
"#]]);
    env.answer("batch reset-error", "y\n").assert(str![[r#"
exit 1
stderr:
  error: there are no jobs to reset; 'anon batch status' shows what there is
requests:
  GET p01/get_jobs_list job_ids=1 job_ids=2 job_ids=3 job_ids=4 job_ids=5 job_ids=6 job_ids=7 user_name=z123456
"#]]);
}

#[test]
fn reset_and_cancel_take_all() {
    let env = env_with_batch("1-3");
    env.answer("batch cancel", "y\n").sorted().assert(str![[r#"
exit 0
stdout:
  Cancelled job 1 on p01
  Cancelled job 2 on p01
  Cancelled job 3 on p01
stderr:
  This will cancel 3 jobs on p01: {url}/p01. Are you sure? [y/N]: y
requests:
  POST p01/cancel_job job_id=1 user_name=z123456
  POST p01/cancel_job job_id=2 user_name=z123456
  POST p01/cancel_job job_id=3 user_name=z123456
"#]]);
    env.answer("batch reset", "y\n").sorted().assert(str![[r#"
exit 0
stdout:
  Reset job 1 on p01: {url}/p01
  Reset job 2 on p01: {url}/p01
  Reset job 3 on p01: {url}/p01
stderr:
  This will reset 3 jobs on p01: {url}/p01. Are you sure? [y/N]: y
requests:
  POST p01/modify_job job_id=1 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
  POST p01/modify_job job_id=2 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
  POST p01/modify_job job_id=3 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
"#]]);
}

#[test]
fn a_refusal_or_the_end_of_the_input_changes_nothing() {
    let env = env_with_batch("1-7");
    let before = env.idis().jobs("p01");
    for command in ["reset", "cancel", "reset-error", "cancel-active"] {
        env.answer(&format!("batch {command}"), "n\n").assert_ok();
        env.answer(&format!("batch {command}"), "\n").assert_ok();
        env.answer(&format!("batch {command}"), "maybe\nn\n").assert_ok().assert_stderr(&["please answer y or n"]);
        env.run(&format!("batch {command}")).assert_status(1).assert_stderr(&["no answer: nothing was done"]);
    }
    assert_eq!(env.idis().jobs("p01"), before);
    assert_eq!(env.idis().calls("modify_job") + env.idis().calls("cancel_job"), 0);
}

#[test]
fn a_batch_keeps_its_own_server() {
    let env = env_with_batch("1");
    env.run("server activate p02").assert_ok();
    let outcome = env.run("batch status").assert_ok().assert_stdout(&["Job info for 1 job on p01"]);
    assert_eq!(outcome.requests[0].server, "p01");
    env.run("server remove p01").assert_ok();
    env.answer("batch reset", "y\n").assert_ok().assert_stdout(&["Reset job 1 on p01"]);
}

#[test]
fn a_batch_that_cannot_be_read_is_named_and_kept() {
    let env = Env::with_jobs();
    let broken = "job_ids:\n- '1'\nserver: p01\n";
    env.write(".anonbatch", broken);
    for command in ["info", "status", "add 1", "remove 1", "reset"] {
        let outcome = env.answer(&format!("batch {command}"), "y\n").assert_status(1);
        let _ = outcome.assert_stderr(&["./.anonbatch, line 3: ", "anon batch delete"]);
        assert_eq!(env.read(".anonbatch"), broken);
    }
    env.run("batch delete").assert(str![[r#"
exit 0
stdout:
  Removed batch in current dir
files:
  - ./.anonbatch
"#]]);
}

#[test]
fn what_anonapi_left_among_the_ids_is_named_and_left_alone() {
    let env = Env::with_jobs();
    let url = env.idis().url("p01");
    let server = format!("server:\n  name: p01\n  url: {url}\n");
    env.write(".anonbatch", format!("job_ids:\n- '1'\n- '2,3'\n- abc\n- '-1'\n{server}"));
    env.run("batch status").assert(str![[r#"
exit 0
stdout:
  Job info for 3 jobs on p01: {url}/p01:
    id  date                 status      down    proc  user
  ----  -------------------  --------  ------  ------  -------
     1  2016-08-26T15:04:01  INACTIVE      10       0  z123456
     2  2016-08-26T15:04:02  ERROR         20       0  z123456
     3  2016-08-26T15:04:03  DONE          30      30  z123456
  Summary for all 3 jobs:
  Status      count  percentage
  --------  -------  ------------
  INACTIVE        1  33.3 %
  ERROR           1  33.3 %
  DONE            1  33.3 %
  Total           3  100 %
stderr:
  warning: the batch contains something that is not a job id, which is left alone: 'abc', '-1'; remove it with 'anon batch remove abc'
requests:
  GET p01/get_jobs_list job_ids=1 job_ids=2 job_ids=3 user_name=z123456
"#]]);
    env.run("batch info").assert_ok().assert_stdout(&["- abc"]).assert_stderr(&["something that is not a job id"]);
    env.answer("batch reset", "y\n").assert_ok().assert_stderr(&["reset 3 jobs on p01"]);
    env.run("batch add 7").assert_ok();
    assert_eq!(env.read(".anonbatch"), format!("job_ids:\n- '1'\n- '2'\n- '3'\n- '7'\n- abc\n- '-1'\n{server}"));
    env.run("batch remove 2 abc -1").assert(str![[r#"
exit 0
stdout:
  Removed 2, 'abc', '-1' from batch
files:
  ~ ./.anonbatch
"#]]);
    assert_eq!(env.read(".anonbatch"), format!("job_ids:\n- '1'\n- '3'\n- '7'\n{server}"));
    for typed in ["batch add abc", "batch add 0", "batch add -1", "batch remove abc", "job info 0", "job reset -1 -y"] {
        let outcome = env.run(typed).assert_status(2).assert_stderr(&["is not a job id"]);
        assert!(outcome.requests.is_empty() && outcome.files.is_empty(), "{}", outcome.story());
    }
}

#[test]
fn only_jobs_that_were_asked_for_are_acted_upon() {
    let env = env_with_batch("3 4");
    env.idis().lie(Calls::every("get_jobs_list"), Lie::ListAll);
    env.run("batch status").assert_ok().assert_stdout(&["Job info for 2 jobs", "Summary for all 2 jobs"]);
    env.run("batch show-error").assert_ok().assert_stdout(&["no jobs"]);
    for command in ["batch cancel-active", "batch reset-error"] {
        let outcome = env.answer(command, "y\n").assert_status(1).assert_stderr(&["no jobs"]);
        let changing = outcome.requests.iter().filter(|call| call.method == "POST").count();
        assert_eq!(changing, 0, "neither job 3 nor job 4 is meant: {}", outcome.story());
    }
    env.run("job list 3").assert_ok().assert_stdout(&["2016-08-26T15:04:03"]);
    env.idis().lie(Calls::every("get_job"), Lie::Id(5));
    env.run("job info 3").assert_status(1).assert_stderr(&["it is about job 5, not about job 3"]);
}

#[test]
fn many_ids_at_once_are_shown_as_ranges() {
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    // As a shell passes the lines of a Windows file.
    env.anon(["batch", "add", "1\r", "2\r", "3\r"]).run().assert_ok();
    let ids = (1..=20_000).map(|id| id.to_string());
    let outcome = env.anon(["batch".to_owned(), "add".to_owned()].into_iter().chain(ids)).run().assert_ok();
    assert_eq!(outcome.stdout, "Added 1-20000 to batch\n");
}
