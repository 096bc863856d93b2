//! Jobs that may have been created, because no answer came.

use std::time::Duration;

use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy, Life};

use crate::support::Env;

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
          Saving job ids in batch in current folder
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
          Saving job ids in batch in current folder
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
fn create_job_is_never_sent_twice_unasked() {
    let unanswered = [
        Fault::Close,
        Fault::Reset,
        Fault::Truncate,
        Fault::Nonsense,
        Fault::page(502, "bad gateway"),
        Fault::page(504, "gateway timeout"),
        Fault::page(200, "<html>Please log in</html>"),
        Fault::json(200, "{}"),
        Fault::Delay(Duration::from_secs(30)),
    ];
    let failures = [Fault::page(500, "boom"), Fault::page(503, "upgrading")];
    let check = |fault: &Fault, answered: bool, done: bool| {
        let (idis, proxy, env) = dated(1);
        let calls = Calls::nth("create_job", 1);
        if done {
            proxy.after(calls, fault.clone())
        } else {
            proxy.on(calls, fault.clone())
        };
        let asked = || proxy.received().iter().filter(|call| call.function == "create_job").count();
        let what = if answered { "no job was created" } else { "the job was perhaps created" };
        create(&env, "--timeout 1").assert_status(1).assert_says(&[what]);
        assert_eq!((asked(), on_server(&idis).len()), (1, usize::from(done)), "{fault:?}");
        if answered {
            // The server said that it failed. The job is looked for, and offered again only if it is not there.
            let says =
                if done { "found jobs that were perhaps created on p01: [1001]" } else { "Created job with id 1001" };
            create(&env, "").assert_ok().assert_says(&[says]);
            assert_eq!((asked(), batch(&env).len()), (if done { 1 } else { 2 }, 1), "{fault:?}");
            return;
        }
        let again = create(&env, "");
        if done {
            again.assert_ok().assert_says(&["found jobs that were perhaps created on p01: [1001]"]);
            assert_eq!((asked(), batch(&env).len()), (1, 1), "{fault:?}");
        } else {
            again.assert_status(1).assert_says(&["perhaps created", "anon server jobs", "--again"]);
            assert_eq!(asked(), 1, "{fault:?}");
            create(&env, "--again").assert_ok();
            assert_eq!((asked(), batch(&env).len()), (2, 1), "{fault:?}");
        }
    };
    std::thread::scope(|scope| {
        let answered = failures.iter().map(|fault| (fault, true));
        for (fault, answered) in unanswered.iter().map(|fault| (fault, false)).chain(answered) {
            let check = &check;
            scope.spawn(move || [true, false].map(|done| check(fault, answered, done)));
        }
    });
}

/// As [`spoiled`], but jobs get the date of today, by which they are recognised. Nothing happens to them for a day.
fn dated(count: usize) -> (FakeIdis, FaultyProxy, Env) {
    let idis = FakeIdis::builder().life(Life::passing(Duration::from_secs(86_400))).start();
    let proxy = FaultyProxy::before(&idis);
    let env = env_at(&proxy.url("p01"), count);
    (idis, proxy, env)
}
