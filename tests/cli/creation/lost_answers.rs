//! Jobs that may have been created, because no answer came.

use std::time::Duration;

use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy, Life};

use super::{batch, create, env_at, journal, on_server, spoiled};

#[test]
fn a_job_whose_answer_was_lost_is_not_created_again_unasked() {
    let (idis, proxy, env) = spoiled(3);
    proxy.after(Calls::nth("create_job", 2), Fault::Close);
    create(&env, "").assert(
        r"
        exit 1
        stdout:
          Created job with id 1001
          created 1 jobs: [1001]
          Saved job ids in batch in current folder
        stderr:
          This will create 3 jobs on p01, for projects '['Wetenschap-Algemeen']', writing data to '['\\\\server\\share\\out']'. Are you sure? [y/N]: y
          error: line 10: {url}/create_job: the connection was closed before the whole answer came (the job was perhaps created)
          error: 1 jobs created, 0 failed, 1 perhaps created, 1 not tried (from line 11 on); try again; if it stays so, check the URL with 'anon server list' or inform a server admin; then run it again: only the rest will be created
        files:
          + ./.anonbatch
          + ~/.anonapi/journal.jsonl
        ",
    );
    assert_eq!(batch(&env), [1001]);
    assert_eq!(journal(&env), ["0 asked", "0 created 1001", "1 asked"]);
    create(&env, "").assert(
        r"
        exit 0
        stdout:
          Created job with id 1003
          created 1 jobs: [1003]
          Saved job ids in batch in current folder
          Done
        stderr:
          warning: line 10: the job was perhaps created, the answer never came; look for them with 'anon server jobs'; add those that exist with 'anon batch add ID', and create the others with '--again --filter PSEUDONYM'
          1 of 3 rows already have a job and are left out ('--again' creates all anew)
          This will create 1 jobs on p01, for projects '['Wetenschap-Algemeen']', writing data to '['\\\\server\\share\\out']'. Are you sure? [y/N]: y
        files:
          ~ ./.anonbatch
          ~ ~/.anonapi/journal.jsonl
        ",
    );
    assert_eq!(on_server(&idis), ["A", "B", "C"]);
    create(&env, "").assert(
        r"
        exit 1
        stderr:
          warning: line 10: the job was perhaps created, the answer never came; look for them with 'anon server jobs'; add those that exist with 'anon batch add ID', and create the others with '--again --filter PSEUDONYM'
          2 of 3 rows already have a job and are left out ('--again' creates all anew)
          error: 1 jobs were perhaps created; none is created again unasked; look for them with 'anon server jobs'; add those that exist with 'anon batch add ID', and create the others with '--again --filter PSEUDONYM'
        ",
    );
    create(&env, "--again --filter B").assert_ok().assert_says(&["Created job with id 1004"]);
    assert_eq!(on_server(&idis), ["A", "B", "C", "B"]);
    assert_eq!(batch(&env), [1001, 1003, 1004]);
    create(&env, "").assert_ok().assert_says(&["Each of the 3 rows already has a job"]);
}

#[test]
fn a_job_whose_answer_was_lost_is_found_again_on_the_server() {
    // Here jobs have the date of today.
    let idis = FakeIdis::builder().life(Life::passing(Duration::from_secs(3600))).start();
    let proxy = FaultyProxy::before(&idis);
    proxy.after(Calls::nth("create_job", 2), Fault::Close);
    let env = env_at(&proxy.url("p01"), 3);
    create(&env, "").assert_status(1).assert_says(&["perhaps created"]);
    let found = "found jobs that were perhaps created on p01: [1002]";
    create(&env, "").assert_ok().assert_says(&[found, "2 of 3 rows already have a job", "created 1 jobs: [1003]"]);
    assert_eq!((on_server(&idis).len(), batch(&env)), (3, vec![1001, 1002, 1003]));
}

#[test]
fn create_job_is_never_sent_twice() {
    // Whether the server has created the job all the same.
    let faults = [
        (Fault::Close, true),
        (Fault::Reset, true),
        (Fault::Truncate, true),
        (Fault::Nonsense, true),
        (Fault::page(500, "boom"), true),
        (Fault::page(502, "bad gateway"), true),
        (Fault::page(504, "gateway timeout"), true),
        (Fault::page(200, "<html>Please log in</html>"), true),
        (Fault::json(200, "{}"), true),
        (Fault::Delay(Duration::from_secs(30)), true),
        (Fault::Close, false),
        (Fault::Reset, false),
        (Fault::page(500, "boom"), false),
        (Fault::page(503, "upgrading"), false),
    ];
    let check = |fault: &Fault, done: bool| {
        let (idis, proxy, env) = spoiled(1);
        let calls = Calls::nth("create_job", 1);
        if done {
            proxy.after(calls, fault.clone())
        } else {
            proxy.on(calls, fault.clone())
        }
        let asked = || proxy.received().iter().filter(|call| call.function == "create_job").count();
        create(&env, "--timeout 1").assert_status(1).assert_says(&["the job was perhaps created"]);
        assert_eq!((asked(), on_server(&idis).len()), (1, usize::from(done)), "{fault:?}");
        create(&env, "").assert_status(1).assert_says(&["perhaps created", "anon server jobs", "--again"]);
        assert_eq!(asked(), 1, "{fault:?}");
        create(&env, "--again").assert_ok();
        assert_eq!((asked(), batch(&env).len()), (2, 1), "{fault:?}");
    };
    std::thread::scope(|scope| {
        for (fault, done) in &faults {
            scope.spawn(|| check(fault, *done));
        }
    });
}
