//! Jobs that may have been created, because no answer came.

use std::time::Duration;

use anonapi::api::JobId;
use anonapi::testing::{Calls, FakeIdis, FakeJob, Fault, FaultyProxy, Lie};
use snapbox::str;

use crate::support::Env;

use super::{batch, create, env_at, journal, on_server};

/// A server, what stands before it, and rows A, B, … to create on it. Jobs get the date of now, by which they are recognised.
fn dated(count: usize) -> (FakeIdis, FaultyProxy, Env) {
    let idis = FakeIdis::builder().clock_ahead(0).start();
    let proxy = FaultyProxy::before(&idis);
    let mut env = env_at(&proxy.url("p01"), count);
    env.name_url(&proxy.url("p01"), "{url}");
    (idis, proxy, env)
}

#[test]
fn a_request_without_an_answer_or_a_job_is_left_to_the_user() {
    let (idis, proxy, env) = dated(3);
    proxy.on(Calls::nth("create_job", 2), Fault::Close);
    create(&env, "").assert(str![[r#"
exit 1
stdout:
  Created job with id 1001 (1 of 3, line 9)
  created 1 job: 1001
  Saving job ids in batch in current folder
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 3 jobs on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  error: line 10: {url}/create_job: the connection was closed before the answer was complete (the job was perhaps created)
  error: 1 job created, 1 perhaps created, 1 not tried (from line 11 on); try again; if that does not help, check the URL with 'anon server list' or inform a server admin; then run it again: only the rest will be created; 'anon create from-mapping --perhaps' checks once more for the jobs that were perhaps created, and offers to create them again; see 'anon help troubleshooting perhaps created'
files:
  + ./.anonbatch
  + ~/.anonapi/journal.jsonl
"#]]);
    assert_eq!(batch(&env), [1001]);
    assert_eq!(journal(&env), ["0 asked", "0 created 1001", "1 asked"]);
    create(&env, "").assert(str![[r#"
exit 1
stdout:
  Created job with id 1002 (1 of 1, line 11)
  created 1 job: 1002
  Saving job ids in batch in current folder
stderr:
  warning: line 10: its job was perhaps created; there was no usable answer
  1 of 3 rows already has a job and is left out
  mapping  ./anon_mapping.csv
  batch    . (1 job so far)
  This will create 1 job on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  error: 1 job created; 1 job was perhaps created before; 'anon create from-mapping --perhaps' checks once more for the jobs that were perhaps created, and offers to create them again; see 'anon help troubleshooting perhaps created'
files:
  ~ ./.anonbatch
  ~ ~/.anonapi/journal.jsonl
"#]]);
    create(&env, "").assert(str![[r#"
exit 1
stderr:
  warning: line 10: its job was perhaps created; there was no usable answer
  2 of 3 rows already have a job and are left out
  error: 1 job was perhaps created; 'anon create from-mapping --perhaps' checks once more for the jobs that were perhaps created, and offers to create them again; see 'anon help troubleshooting perhaps created'
"#]]);
    assert_eq!(on_server(&idis), ["A", "C"]);
    env.answer("create from-mapping --perhaps", "n\n").assert(str![[r#"
exit 0
stderr:
  2 of 3 rows already have a job and are left out
  mapping  ./anon_mapping.csv
  batch    . (2 jobs so far)
  these rows were sent, but there was no answer, and the server does not show their jobs:
    line 10  accession_number:12.B  B  [..]
  This will create 1 job on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: n
  Cancelled: no job was created
"#]]);
    create(&env, "--perhaps").assert_ok().assert_stdout(&["Created job with id 1003 (1 of 1, line 10)"]);
    assert_eq!((on_server(&idis).len(), batch(&env)), (3, vec![1001, 1002, 1003]));
    create(&env, "").assert_ok().assert_stdout(&["Each of the 3 rows already has a job"]);
    create(&env, "--perhaps").assert_ok().assert_stdout(&["Each of the 3 rows already has a job"]);
}

#[test]
fn only_what_was_perhaps_created_is_created_anew() {
    let (idis, proxy, env) = dated(3);
    // Rows that share a pseudonym, or have none.
    let text = env.read("anon_mapping.csv");
    env.write("anon_mapping.csv", text.replace("12.B,B,", "12.B,A,").replace("12.C,C,", "12.C,,"));
    proxy.on(Calls::nth("create_job", 2), Fault::Close);
    create(&env, "").assert_status(1);
    proxy.on(Calls::nth("create_job", 3), Fault::Close);
    create(&env, "").assert_status(1);
    create(&env, "--perhaps")
        .assert_ok()
        .assert_stderr(&["line 10  accession_number:12.B  A  ", "line 11  accession_number:12.C  no pseudonym"]);
    let sources: Vec<_> = idis.jobs("p01").iter().map(|job| job.get("source_instance_id").unwrap().clone()).collect();
    assert_eq!(sources, ["accession_number:12.A", "accession_number:12.B", "accession_number:12.C"]);
    create(&env, "--perhaps --again").assert_status(2);
}

#[test]
fn a_job_whose_answer_was_lost_is_found_at_once() {
    let (idis, proxy, env) = dated(3);
    proxy.after(Calls::nth("create_job", 2), Fault::Close);
    create(&env, "").assert(str![[r#"
exit 0
stdout:
  Created job with id 1001 (1 of 3, line 9)
  Created job with id 1002 (2 of 3, line 10, found on the server)
  Created job with id 1003 (3 of 3, line 11)
  created 3 jobs: 1001-1003
  Saving job ids in batch in current folder
  Done
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 3 jobs on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  Follow them with 'anon batch watch'
files:
  + ./.anonbatch
  + ~/.anonapi/journal.jsonl
"#]]);
    assert_eq!((on_server(&idis).len(), batch(&env)), (3, vec![1001, 1002, 1003]));
}

#[test]
fn a_job_that_could_not_be_found_at_once_is_found_by_the_next_run() {
    let (idis, proxy, env) = dated(2);
    proxy.after(Calls::nth("create_job", 1), Fault::Close);
    proxy.on(Calls::nth("get_jobs", 1), Fault::json(401, "{}"));
    let says = ["warning: cannot look for the jobs that were perhaps created: ", "1 perhaps created"];
    create(&env, "").assert_status(1).assert_stderr(&says);
    create(&env, "")
        .assert_ok()
        .assert_stdout(&["created 1 job: 1002"])
        .assert_stderr(&["found 1 job that was perhaps created on p01: 1001"]);
    assert_eq!((on_server(&idis).len(), batch(&env)), (2, vec![1001, 1002]));
}

/// A server with a job of twenty hours ago that is as the first row asks for, and another one whose answer is lost.
fn with_two_candidates() -> (FakeIdis, Env) {
    let date = (chrono::Local::now() - chrono::TimeDelta::hours(20)).format("%Y-%m-%dT%H:%M:%S").to_string();
    let old = FakeJob::new(JobId(5))
        .field("date", date)
        .field("source_path", serde_json::Value::Null)
        .field("source_instance_id", "accession_number:12.A")
        .field("source_anonymizedpatientname", "A")
        .field("source_anonymizedpatientid", "A");
    let idis = FakeIdis::builder().clock_ahead(0).job(old).start();
    idis.lie(Calls::nth("create_job", 1), Lie::Id(0));
    let mut env = env_at(&idis.url("p01"), 1);
    env.name_url(&idis.url("p01"), "{url}");
    (idis, env)
}

#[test]
fn of_two_jobs_none_is_taken_unasked() {
    let (idis, env) = with_two_candidates();
    create(&env, "").assert(str![[r#"
exit 1
stdout:
  created 0 jobs
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 1 job on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  error: line 9: {url}/create_job: the answer is not as expected: 0 is not the id of a job (the job was perhaps created)
  warning: line 9: its job may have been created, and may be one of these on p01:
    5  DONE  [..]
    1001  ACTIVE  [..]
  error: 0 jobs created, 1 perhaps created; the server may run another version; inform a server admin; then run it again: only the rest will be created; 'anon create from-mapping --perhaps' checks once more for the jobs that were perhaps created, and offers to create them again; see 'anon help troubleshooting perhaps created'
files:
  + ~/.anonapi/journal.jsonl
"#]]);
    for options in ["", "--perhaps"] {
        create(&env, options).assert_status(1).assert_stderr(&["5  DONE  ", "1001  ACTIVE  ", "answer the question"]);
        // Nobody there.
        env.run(&format!("create from-mapping {options}")).assert_status(1).assert_stderr(&["1001  ACTIVE  "]);
    }
    assert_eq!((idis.calls("create_job"), batch_or_none(&env)), (1, vec![]));
    env.answer("create from-mapping", "7\nperhaps\n1001\n").assert(str![[r#"
exit 0
stdout:
  The row already has a job: see 'anon batch status'
stderr:
  warning: line 9: its job may have been created, and may be one of these on p01:
    5  DONE  [..]
    1001  ACTIVE  [..]
  Which one is the job of line 9? Type its id, 'none', or Enter to decide later: 7
  please type one of these ids, 'none', or Enter
  Which one is the job of line 9? Type its id, 'none', or Enter to decide later: perhaps
  please type one of these ids, 'none', or Enter
  Which one is the job of line 9? Type its id, 'none', or Enter to decide later: 1001
files:
  + ./.anonbatch
  ~ ~/.anonapi/journal.jsonl
"#]]);
    assert_eq!((idis.calls("create_job"), batch(&env)), (1, vec![1001]));
}

#[test]
fn whoever_says_that_it_is_none_of_them_can_create_it_anew() {
    let (idis, env) = with_two_candidates();
    create(&env, "").assert_status(1);
    env.answer("create from-mapping --perhaps", "\n").assert_status(1);
    env.answer("create from-mapping", "none\n").assert_status(1);
    assert_eq!(idis.calls("create_job"), 1);
    env.answer("create from-mapping --perhaps", "none\ny\n").assert_ok().assert_stdout(&["created 1 job: 1002"]);
    assert_eq!((idis.calls("create_job"), batch(&env)), (2, vec![1002]));
}

fn batch_or_none(env: &Env) -> Vec<i64> {
    if env.path(".anonbatch").exists() { batch(env) } else { vec![] }
}

#[test]
fn the_id_of_another_row_is_told_and_not_taken() {
    let (idis, _proxy, env) = dated(2);
    idis.lie(Calls::nth("create_job", 2), Lie::Repeat);
    let outcome = create(&env, "").assert_ok();
    assert_eq!((on_server(&idis).len(), batch(&env)), (2, vec![1001, 1002]), "{}", outcome.story());
}

#[test]
fn create_job_is_never_sent_twice_unasked() {
    let faults = [
        Fault::Close,
        Fault::Reset,
        Fault::Truncate,
        Fault::Nonsense,
        Fault::page(502, "bad gateway"),
        Fault::page(504, "gateway timeout"),
        Fault::page(200, "<html>Please log in</html>"),
        Fault::json(200, "{}"),
        Fault::Delay(Duration::from_secs(30)),
        Fault::page(500, "boom"),
        Fault::page(503, "upgrading"),
    ];
    // What the server has done is found at once; what it has not, nobody can know, unless it said so itself.
    let check = |fault: &Fault, done: bool| {
        let (idis, proxy, env) = dated(1);
        let calls = Calls::nth("create_job", 1);
        let asked = || proxy.received().iter().filter(|call| call.function == "create_job").count();
        if done {
            proxy.after(calls, fault.clone());
            create(&env, "--timeout 1")
                .assert_ok()
                .assert_stdout(&["Created job with id 1001 (1 of 1, line 9, found on the server)"]);
            create(&env, "").assert_ok().assert_stdout(&["The row already has a job"]);
            assert_eq!((asked(), on_server(&idis).len(), batch(&env)), (1, 1, vec![1001]), "{fault:?}");
            return;
        }
        proxy.on(calls, fault.clone());
        let outcome = create(&env, "--timeout 1").assert_status(1);
        assert_eq!((asked(), on_server(&idis).len()), (1, 0), "{fault:?}");
        if matches!(fault, Fault::Answer { status: 500 | 503, .. }) {
            let _ = outcome.assert_stderr(&["the server shows no job for it"]);
            create(&env, "").assert_ok();
        } else {
            let _ = outcome.assert_stderr(&["the job was perhaps created", "anon create from-mapping --perhaps"]);
            create(&env, "").assert_status(1).assert_stderr(&["1 job was perhaps created", "--perhaps"]);
            assert_eq!(asked(), 1, "{fault:?}");
            create(&env, "--perhaps").assert_ok();
        }
        assert_eq!((asked(), batch(&env)), (2, vec![1001]), "{fault:?}");
    };
    std::thread::scope(|scope| {
        for fault in &faults {
            let check = &check;
            scope.spawn(move || [true, false].map(|done| check(fault, done)));
        }
    });
}
