//! `anon create from-mapping` when things go wrong: no job is lost, and none is made twice.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy, Life};
use serde_json::Value;

use crate::support::{Env, Outcome};

/// Rows of a mapping: pseudonyms, each with an accession number and the project that it belongs to.
fn write_mapping(env: &Env, rows: &[(&str, &str)]) {
    let mut text =
        String::from("## Description ##\nA test\n\n## Options ##\ndestination_path,\\\\server\\share\\out\n\n");
    text.push_str("## Mapping ##\nsource,pseudo_name,description,project\n");
    for (name, project) in rows {
        text.push_str(&format!("accession_number:12.{name},{name},test,{project}\n"));
    }
    env.write("anon_mapping.csv", text);
    env.run("map activate").assert_ok();
}

/// Rows A, B, … on the server at this URL.
fn env_at(url: &str, count: usize) -> Env {
    let env = Env::new();
    env.settings_for(&[("p01", url)]);
    let names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    write_mapping(&env, &names[..count].iter().map(|name| (*name, "Wetenschap-Algemeen")).collect::<Vec<_>>());
    env
}

/// A server, what stands before it, and rows A, B, … to create on it.
fn spoiled(count: usize) -> (FakeIdis, FaultyProxy, Env) {
    // Jobs get the date of today, by which they are recognised; nothing happens to them for a day.
    let idis = FakeIdis::builder().life(Life::passing(Duration::from_secs(86_400))).start();
    let proxy = FaultyProxy::before(&idis);
    let mut env = env_at(&proxy.url("p01"), count);
    env.name_url(&proxy.url("p01"), "{url}");
    (idis, proxy, env)
}

/// The ids in the batch.
fn batch(env: &Env) -> Vec<i64> {
    let text = env.read(".anonbatch");
    text.lines().filter_map(|line| line.strip_prefix("- '")?.strip_suffix('\'')?.parse().ok()).collect()
}

/// The journal's events; jobs are numbered as they first appear.
fn journal(env: &Env) -> Vec<String> {
    let text = std::fs::read_to_string(env.home().join(".anonapi").join("journal.jsonl")).unwrap_or_default();
    let mut jobs: Vec<Value> = vec![];
    let event = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let number = jobs.iter().position(|job| *job == line["job"]).unwrap_or_else(|| {
            jobs.push(line["job"].clone());
            jobs.len() - 1
        });
        match line["event"]["created"].as_i64() {
            Some(id) => format!("{number} created {id}"),
            None => format!("{number} {}", line["event"].as_str().unwrap()),
        }
    };
    text.lines().map(event).collect()
}

/// The pseudonyms of the jobs that the server has, in the order of their creation.
fn on_server(idis: &FakeIdis) -> Vec<String> {
    let name =
        |job: &anonapi::testing::FakeJob| job.get("source_anonymizedpatientname").unwrap().as_str().unwrap().to_owned();
    idis.jobs("p01").iter().map(name).collect()
}

fn create(env: &Env, options: &str) -> Outcome {
    env.run(&format!("create from-mapping -y {options}"))
}

#[test]
fn a_server_that_fails_stops_the_work_and_the_next_run_does_the_rest() {
    let (idis, proxy, env) = spoiled(4);
    proxy.on(Calls::nth("create_job", 3), Fault::page(500, "boom"));
    create(&env, "").assert(
        r"
        exit 1
        stdout:
          Created job with id 1001
          Created job with id 1002
          created 2 jobs: [1001, 1002]
          Saved job ids in batch in current folder
        stderr:
          This will create 4 jobs on p01, for projects '['Wetenschap-Algemeen']', writing data to '['\\\\server\\share\\out']'. Are you sure? [y/N]: y
          error: line 11: {url}/create_job: unexpected response: code '500', reason 'Internal Server Error' (no job was created)
          error: 2 jobs created, 1 failed, 1 not tried (from line 12 on); there may be something wrong with the job itself; inform a server admin; then run it again: only the rest will be created
        files:
          + ./.anonbatch
          + ~/.anonapi/journal.jsonl
        ",
    );
    assert_eq!(batch(&env), [1001, 1002]);
    assert_eq!(journal(&env), ["0 asked", "0 created 1001", "1 asked", "1 created 1002", "2 asked", "2 failed"]);
    create(&env, "").assert(
        r"
        exit 0
        stdout:
          Created job with id 1003
          Created job with id 1004
          created 2 jobs: [1003, 1004]
          Saved job ids in batch in current folder
          Done
        stderr:
          2 of 4 rows already have a job and are left out ('--again' creates all anew)
          This will create 2 jobs on p01, for projects '['Wetenschap-Algemeen']', writing data to '['\\\\server\\share\\out']'. Are you sure? [y/N]: y
        files:
          ~ ./.anonbatch
          ~ ~/.anonapi/journal.jsonl
        ",
    );
    assert_eq!(batch(&env), [1001, 1002, 1003, 1004]);
    assert_eq!(on_server(&idis), ["A", "B", "C", "D"]);
    create(&env, "").assert(
        r"
        exit 0
        stdout:
          Each of the 4 rows already has a job: see 'anon batch status'
        stderr:
          nothing was created; '--again' creates all anew
        ",
    );
    let created = proxy.received().iter().filter(|call| call.function == "create_job").count();
    assert_eq!(created, 5);
}

#[test]
fn a_row_that_is_refused_does_not_stop_the_others() {
    let (idis, _proxy, env) = spoiled(0);
    write_mapping(&env, &[("A", "known"), ("B", "no-such-project"), ("C", "known"), ("D", "no-such-project")]);
    create(&env, "").assert(
        r"
        exit 1
        stdout:
          Created job with id 1001
          Created job with id 1002
          created 2 jobs: [1001, 1002]
          Saved job ids in batch in current folder
        stderr:
          This will create 4 jobs on p01, for projects '['known', 'no-such-project']', writing data to '['\\\\server\\share\\out']'. Are you sure? [y/N]: y
          error: line 10: {url}/create_job: given user_name is not connected to given project_name no-such-project (no job was created)
          error: line 12: {url}/create_job: given user_name is not connected to given project_name no-such-project (no job was created)
          error: 2 jobs created, 2 failed; correct what was refused; then run it again: only the rest will be created
        files:
          + ./.anonbatch
          + ~/.anonapi/journal.jsonl
        ",
    );
    assert_eq!(on_server(&idis), ["A", "C"]);
    assert_eq!(batch(&env), [1001, 1002]);
    let told =
        ["0 asked", "0 created 1001", "1 asked", "1 refused", "2 asked", "2 created 1002", "3 asked", "3 refused"];
    assert_eq!(journal(&env), told);
    write_mapping(&env, &[("A", "known"), ("B", "other"), ("C", "known"), ("D", "other")]);
    create(&env, "").assert_ok().assert_says(&["2 of 4 rows already have a job"]);
    assert_eq!(on_server(&idis), ["A", "C", "B", "D"]);
}

#[test]
fn two_refusals_in_a_row_for_one_reason_stop_the_work() {
    let (idis, proxy, env) = spoiled(0);
    write_mapping(&env, &[("A", "no-such-project"), ("B", "no-such-project"), ("C", "known"), ("D", "known")]);
    create(&env, "").assert(
        r"
        exit 1
        stdout:
          created 0 jobs: []
        stderr:
          This will create 4 jobs on p01, for projects '['known', 'no-such-project']', writing data to '['\\\\server\\share\\out']'. Are you sure? [y/N]: y
          error: line 9: {url}/create_job: given user_name is not connected to given project_name no-such-project (no job was created)
          error: line 10: {url}/create_job: given user_name is not connected to given project_name no-such-project (no job was created)
          error: 0 jobs created, 2 failed, 2 not tried (from line 11 on); correct what was refused; then run it again: only the rest will be created
        files:
          + ~/.anonapi/journal.jsonl
        ",
    );
    assert_eq!((on_server(&idis).len(), proxy.received().len()), (0, 2));
    assert!(!env.path(".anonbatch").exists());
}

#[test]
fn two_refusals_in_a_row_for_two_reasons_do_not() {
    let (idis, proxy, env) = spoiled(3);
    proxy.on(Calls::nth("create_job", 1), Fault::json(400, r#"{"errors": {"a": "one reason"}}"#));
    proxy.on(Calls::nth("create_job", 2), Fault::json(400, r#"{"errors": {"b": "another reason"}}"#));
    create(&env, "").assert_status(1).assert_says(&["one reason", "another reason", "1 jobs created, 2 failed"]);
    assert_eq!(on_server(&idis), ["C"]);
}

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
    let asked = |proxy: &FaultyProxy| proxy.received().iter().filter(|call| call.function == "create_job").count();
    let check = |fault: &Fault, answered: bool, done: bool| {
        let (idis, proxy, env) = spoiled(1);
        let calls = Calls::nth("create_job", 1);
        if done {
            proxy.after(calls, fault.clone())
        } else {
            proxy.on(calls, fault.clone())
        };
        let what = if answered { "no job was created" } else { "the job was perhaps created" };
        create(&env, "--timeout 1").assert_status(1).assert_says(&[what]);
        assert_eq!(asked(&proxy), 1, "{fault:?}");
        assert_eq!(on_server(&idis).len(), usize::from(done), "{fault:?}");
        match (done, answered) {
            // The job is there, whatever the server said: it is found.
            (true, _) => {
                create(&env, "").assert_ok().assert_says(&["found jobs that were perhaps created on p01: [1001]"]);
            }
            // It is not there, and the server said so.
            (false, true) => {
                create(&env, "").assert_ok().assert_says(&["Created job with id 1001"]);
            }
            // Nobody knows.
            (false, false) => {
                create(&env, "").assert_status(1).assert_says(&["perhaps created", "anon server jobs", "--again"]);
                assert_eq!(asked(&proxy), 1, "{fault:?}");
                create(&env, "--again").assert_ok();
            }
        }
        assert_eq!(asked(&proxy), if done { 1 } else { 2 }, "{fault:?}");
        assert_eq!(batch(&env), [1001], "{fault:?}");
    };
    std::thread::scope(|scope| {
        let answered = failures.iter().map(|fault| (fault, true));
        for (fault, answered) in unanswered.iter().map(|fault| (fault, false)).chain(answered) {
            scope.spawn(move || [true, false].map(|done| check(fault, answered, done)));
        }
    });
}

#[test]
fn again_creates_all_anew() {
    let (idis, _proxy, env) = spoiled(2);
    create(&env, "").assert_ok();
    create(&env, "--again").assert_ok().assert_says(&["created 2 jobs: [1003, 1004]"]);
    assert_eq!(on_server(&idis), ["A", "B", "A", "B"]);
    assert_eq!(batch(&env), [1001, 1002, 1003, 1004]);
}

#[test]
fn what_makes_another_job_is_offered() {
    let (idis, _proxy, env) = spoiled(0);
    write_mapping(&env, &[("A", "one"), ("B", "one")]);
    create(&env, "").assert_ok();
    let text = env.read("anon_mapping.csv");
    env.write("anon_mapping.csv", text.replace(",test,", ",another description,"));
    create(&env, "").assert_ok().assert_says(&["Each of the 2 rows already has a job"]);
    env.write("anon_mapping.csv", text.replace("12.B,B,", "12.B,B2,"));
    create(&env, "").assert_ok().assert_says(&["1 of 2 rows already have a job"]);
    assert_eq!(on_server(&idis), ["A", "B", "B2"]);
}

#[test]
fn rows_that_ask_for_the_same_job_are_created_once() {
    let (idis, _proxy, env) = spoiled(0);
    write_mapping(&env, &[("A", "one"), ("B", "one"), ("A", "one")]);
    create(&env, "").assert_ok().assert_says(&["line 11 ask for the same job", "create 2 jobs on p01"]);
    assert_eq!(on_server(&idis), ["A", "B"]);
}

#[test]
fn a_batch_that_lost_the_ids_gets_them_back() {
    let (idis, _proxy, env) = spoiled(2);
    create(&env, "").assert_ok();
    env.run("batch delete").assert_ok();
    create(&env, "").assert(
        r"
        exit 0
        stdout:
          Each of the 2 rows already has a job: see 'anon batch status'
        stderr:
          added 2 jobs of this mapping to the batch, which did not have them
          nothing was created; '--again' creates all anew
        files:
          + ./.anonbatch
        ",
    );
    assert_eq!(batch(&env), [1001, 1002]);
    assert_eq!(on_server(&idis).len(), 2);
}

#[test]
fn a_batch_of_another_server_is_refused() {
    let env = Env::with_jobs();
    env.run("server activate p02").assert_ok();
    env.run("batch init").assert_ok();
    env.run("server activate p01").assert_ok();
    write_mapping(&env, &[("A", "one")]);
    for options in ["", "--dry-run"] {
        create(&env, options).assert(
            r"
            exit 1
            stderr:
              error: the batch in this folder belongs to p02: {url}/p02, but the active server is p01: {url}/p01; activate the server of the batch with 'anon server activate NAME', or work in another folder
            ",
        );
    }
}

#[test]
fn several_at_a_time_lose_nothing() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(100)).start();
    let proxy = FaultyProxy::before(&idis);
    let env = env_at(&proxy.url("p01"), 8);
    create(&env, "--concurrency 4").assert_ok().assert_says(&["created 8 jobs"]);
    assert!((2..=4).contains(&proxy.connections()), "{} connections", proxy.connections());
    assert_eq!(batch(&env), (1001..=1008).collect::<Vec<_>>());
    let mut names = on_server(&idis);
    names.sort();
    assert_eq!(names, ["A", "B", "C", "D", "E", "F", "G", "H"]);
}

#[test]
fn several_at_a_time_stop_together_and_go_on_together() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(50)).start();
    let proxy = FaultyProxy::before(&idis);
    proxy.on(Calls::nth("create_job", 3), Fault::page(500, "boom"));
    let env = env_at(&proxy.url("p01"), 8);
    create(&env, "--concurrency 4").assert_status(1).assert_says(&["1 failed", "not tried"]);
    let ids = |env: &Env| idis.jobs("p01").iter().map(|job| job.id().0).collect::<Vec<_>>() == batch(env);
    assert!(ids(&env) && on_server(&idis).len() < 8);
    create(&env, "--concurrency 4").assert_ok();
    assert!(ids(&env) && on_server(&idis).len() == 8, "{:?}", on_server(&idis));
}

/// Starts creating, and waits until the server has heard of so many jobs.
fn start(env: &Env, idis: &FakeIdis, heard: usize) -> Child {
    let mut command = env.anon(["create", "from-mapping", "-y"]).command();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(20);
    while idis.calls("create_job") < heard {
        assert!(Instant::now() < patience, "the server heard of no job");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[cfg(unix)]
#[test]
fn ctrl_c_waits_for_the_job_that_was_asked_for() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(700)).start();
    let env = env_at(&idis.url("p01"), 3);
    let child = start(&env, &idis, 2);
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(130), "{stdout}{stderr}");
    assert!(stdout.contains("Created job with id 1002") && !stdout.contains("Done"), "{stdout}");
    let told =
        "error: interrupted: 2 jobs created, 0 failed, 1 not tried (from line 11 on); run it again to create the rest";
    assert_eq!(stderr.lines().last(), Some(told), "{stderr}");
    assert_eq!((on_server(&idis).len(), batch(&env)), (2, vec![1001, 1002]));
    create(&env, "").assert_ok().assert_says(&["created 1 jobs: [1003]"]);
}

#[test]
fn a_killed_program_leaves_what_was_asked_for_as_perhaps_created() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(700)).start();
    let env = env_at(&idis.url("p01"), 3);
    let mut child = start(&env, &idis, 2);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(batch(&env), [1001]);
    assert_eq!(journal(&env), ["0 asked", "0 created 1001", "1 asked"]);
    create(&env, "").assert_ok().assert_says(&["line 10: the job was perhaps created", "created 1 jobs: [1003]"]);
    assert_eq!(on_server(&idis), ["A", "B", "C"]);
}

#[test]
fn two_programs_at_once_create_each_job_once() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(20)).start();
    let env = env_at(&idis.url("p01"), 6);
    let children: Vec<Child> = (0..3).map(|_| start(&env, &idis, 0)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(on_server(&idis), ["A", "B", "C", "D", "E", "F"]);
    assert_eq!(batch(&env), (1001..=1006).collect::<Vec<_>>());
}
