//! `anon create from-mapping` when things go wrong: no job is lost, and none is made twice.

mod at_once;
mod lost_answers;

use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy};
use serde_json::Value;
use snapbox::str;

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
    let idis = FakeIdis::start();
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
fn a_server_that_knows_us_no_longer_stops_the_work_and_the_next_run_does_the_rest() {
    let (idis, proxy, env) = spoiled(4);
    proxy.on(Calls::nth("create_job", 3), Fault::json(401, "{}"));
    create(&env, "").assert(str![[r#"
exit 1
stdout:
  Created job with id 1001 (1 of 4, line 9)
  Created job with id 1002 (2 of 4, line 10)
  created 2 jobs: 1001-1002
  Saving job ids in batch in current folder
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 4 jobs on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  error: line 11: {url}/create_job: 401 Unauthorized: your credentials do not work here (no job was created)
  error: 2 jobs created, 1 failed, 1 not tried (from line 12 on); check your user name and token with 'anon settings user info', or make another token with 'anon settings user get-token', which replaces yours; then run it again: only the rest will be created
files:
  + ./.anonbatch
  + ~/.anonapi/journal.jsonl
"#]]);
    assert_eq!(batch(&env), [1001, 1002]);
    assert_eq!(journal(&env), ["0 asked", "0 created 1001", "1 asked", "1 created 1002", "2 asked", "2 refused"]);
    create(&env, "").assert(str![[r#"
exit 0
stdout:
  Created job with id 1003 (1 of 2, line 11)
  Created job with id 1004 (2 of 2, line 12)
  created 2 jobs: 1003-1004
  Saving job ids in batch in current folder
  Done
stderr:
  2 of 4 rows already have a job and are left out
  mapping  ./anon_mapping.csv
  batch    . (2 jobs so far)
  This will create 2 jobs on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  Follow them with 'anon batch watch'
files:
  ~ ./.anonbatch
  ~ ~/.anonapi/journal.jsonl
"#]]);
    assert_eq!(batch(&env), [1001, 1002, 1003, 1004]);
    assert_eq!(on_server(&idis), ["A", "B", "C", "D"]);
    create(&env, "").assert(str![[r#"
exit 0
stdout:
  Each of the 4 rows already has a job: see 'anon batch status'
"#]]);
    assert_eq!(proxy.received().len(), 5);
}

#[test]
fn a_server_that_fails_stops_the_work_and_the_next_run_looks_and_does_the_rest() {
    let (idis, proxy, env) = spoiled(4);
    proxy.on(Calls::nth("create_job", 3), Fault::page(500, "boom"));
    create(&env, "").assert(str![[r#"
exit 1
stdout:
  Created job with id 1001 (1 of 4, line 9)
  Created job with id 1002 (2 of 4, line 10)
  created 2 jobs: 1001-1002
  Saving job ids in batch in current folder
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 4 jobs on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  error: line 11: {url}/create_job: unexpected response: code '500', reason 'Internal Server Error' (the server shows no job for it)
  error: 2 jobs created, 1 failed, 1 not tried (from line 12 on); there may be something wrong with the job itself; inform a server admin; then run it again: only the rest will be created
files:
  + ./.anonbatch
  + ~/.anonapi/journal.jsonl
"#]]);
    assert_eq!(batch(&env), [1001, 1002]);
    assert_eq!(journal(&env), ["0 asked", "0 created 1001", "1 asked", "1 created 1002", "2 asked", "2 failed"]);
    create(&env, "").assert_ok().assert_stdout(&["created 2 jobs: 1003-1004"]);
    assert_eq!(on_server(&idis), ["A", "B", "C", "D"]);
}

#[test]
fn a_row_that_is_refused_does_not_stop_the_others() {
    let (idis, _proxy, env) = spoiled(0);
    write_mapping(&env, &[("A", "known"), ("B", "no-such-project"), ("C", "known"), ("D", "no-such-project")]);
    create(&env, "").assert(str![[r#"
exit 1
stdout:
  Created job with id 1001 (1 of 4, line 9)
  Created job with id 1002 (2 of 4, line 11)
  created 2 jobs: 1001-1002
  Saving job ids in batch in current folder
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 4 jobs on p01, for projects 'known', 'no-such-project', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  error: line 10: {url}/create_job: given user_name is not connected to given project_name no-such-project (no job was created)
  error: line 12: {url}/create_job: given user_name is not connected to given project_name no-such-project (no job was created)
  error: 2 jobs created, 2 failed; correct what was refused; then run it again: only the rest will be created
files:
  + ./.anonbatch
  + ~/.anonapi/journal.jsonl
"#]]);
    assert_eq!(on_server(&idis), ["A", "C"]);
    assert_eq!(batch(&env), [1001, 1002]);
    let told =
        ["0 asked", "0 created 1001", "1 asked", "1 refused", "2 asked", "2 created 1002", "3 asked", "3 refused"];
    assert_eq!(journal(&env), told);
    write_mapping(&env, &[("A", "known"), ("B", "other"), ("C", "known"), ("D", "other")]);
    create(&env, "").assert_ok().assert_stderr(&["2 of 4 rows already have a job"]);
    assert_eq!(on_server(&idis), ["A", "C", "B", "D"]);
}

#[test]
fn two_refusals_in_a_row_for_one_reason_stop_the_work() {
    let (idis, proxy, env) = spoiled(0);
    write_mapping(&env, &[("A", "no-such-project"), ("B", "no-such-project"), ("C", "known"), ("D", "known")]);
    create(&env, "").assert(str![[r#"
exit 1
stdout:
  created 0 jobs
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 4 jobs on p01, for projects 'known', 'no-such-project', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  error: line 9: {url}/create_job: given user_name is not connected to given project_name no-such-project (no job was created)
  error: line 10: {url}/create_job: given user_name is not connected to given project_name no-such-project (no job was created)
  error: 0 jobs created, 2 failed, 2 not tried (from line 11 on); correct what was refused; then run it again: only the rest will be created
files:
  + ~/.anonapi/journal.jsonl
"#]]);
    assert_eq!((on_server(&idis).len(), proxy.received().len()), (0, 2));
    assert!(!env.path(".anonbatch").exists());
}

#[test]
fn a_row_that_fails_again_is_not_in_the_way_of_the_others() {
    let (idis, proxy, env) = spoiled(4);
    proxy.on(Calls::nth("create_job", 2), Fault::page(500, "boom"));
    create(&env, "").assert_status(1).assert_stderr(&["1 job created, 1 failed, 2 not tried"]);
    proxy.on(Calls::nth("create_job", 3), Fault::page(500, "boom"));
    create(&env, "").assert_status(1).assert_stderr(&["2 jobs created, 1 failed;"]);
    assert_eq!(on_server(&idis), ["A", "C", "D"]);
    create(&env, "").assert_ok();
    assert_eq!(on_server(&idis), ["A", "C", "D", "B"]);
}

#[test]
fn two_refusals_in_a_row_for_two_reasons_do_not() {
    let (idis, proxy, env) = spoiled(3);
    proxy.on(Calls::nth("create_job", 1), Fault::json(400, r#"{"errors": {"a": "one reason"}}"#));
    proxy.on(Calls::nth("create_job", 2), Fault::json(400, r#"{"errors": {"b": "another reason"}}"#));
    create(&env, "").assert_status(1).assert_stderr(&["one reason", "another reason", "1 job created, 2 failed"]);
    assert_eq!(on_server(&idis), ["C"]);
}

#[test]
fn again_creates_all_anew() {
    let (idis, _proxy, env) = spoiled(2);
    create(&env, "").assert_ok();
    write_mapping(&env, &[("A", "Wetenschap-Algemeen"), ("B", "Wetenschap-Algemeen"), ("C", "Wetenschap-Algemeen")]);
    let twice = "warning: this doubles 2 jobs: 2 of 3 rows already have one";
    env.answer("create from-mapping --again", "n\n").assert_ok().assert_stderr(&[twice, "create 3 jobs on p01"]);
    assert_eq!(on_server(&idis).len(), 2);
    create(&env, "--again").assert_ok().assert_stdout(&["created 3 jobs: 1003-1005"]);
    assert_eq!(on_server(&idis), ["A", "B", "A", "B", "C"]);
    assert_eq!(batch(&env), [1001, 1002, 1003, 1004, 1005]);
    let once = "warning: this doubles 1 job: 1 of 1 row already has one";
    create(&env, "--again --filter B").assert_ok().assert_stdout(&["created 1 job: 1006"]).assert_stderr(&[once]);
}

#[test]
fn what_makes_another_job_is_offered() {
    let (idis, _proxy, env) = spoiled(0);
    write_mapping(&env, &[("A", "one"), ("B", "one")]);
    create(&env, "").assert_ok();
    let text = env.read("anon_mapping.csv");
    env.write("anon_mapping.csv", text.replace(",test,", ",another description,"));
    create(&env, "").assert_ok().assert_stdout(&["Each of the 2 rows already has a job"]);
    env.write("anon_mapping.csv", text.replace("12.B,B,", "12.B,B2,"));
    create(&env, "").assert_ok().assert_stderr(&["1 of 2 rows already has a job"]);
    assert_eq!(on_server(&idis), ["A", "B", "B2"]);
}

#[test]
fn rows_that_ask_for_the_same_job_are_created_once() {
    let (idis, _proxy, env) = spoiled(0);
    write_mapping(&env, &[("A", "one"), ("B", "one"), ("A", "one")]);
    create(&env, "").assert_ok().assert_stderr(&["line 11 asks for the same job", "create 2 jobs on p01"]);
    assert_eq!(on_server(&idis), ["A", "B"]);
}

#[test]
fn a_batch_that_lost_the_ids_gets_them_back() {
    let (idis, _proxy, env) = spoiled(2);
    create(&env, "").assert_ok();
    env.run("batch delete").assert_ok();
    create(&env, "").assert(str![[r#"
exit 0
stdout:
  Each of the 2 rows already has a job: see 'anon batch status'
stderr:
  added 2 jobs of this mapping that were missing from the batch: 1001-1002
files:
  + ./.anonbatch
"#]]);
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
        create(&env, options).assert(str![[r#"
exit 1
stderr:
  error: the batch in this folder belongs to p02: {url}/p02, but the active server is p01: {url}/p01; activate the server of the batch with 'anon server activate NAME', or work in another folder
"#]]);
    }
}
