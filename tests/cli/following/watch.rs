use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use anonapi::api::JobId;
use anonapi::testing::{Calls, FakeIdis, FakeJob, Fault, FaultyProxy, Life};
use serde_json::json;

use super::{created, failed, functions, with_jobs};
use crate::support::Env;

const STEP: Duration = Duration::from_secs(36_000);

/// Three jobs that wait until time is made to pass.
fn under_way() -> Env {
    created(FakeIdis::builder().life(Life::passing(STEP)))
}

/// Begins to watch, and waits until the jobs have been looked at once.
fn begin(env: &Env, line: &str) -> Child {
    let before = env.idis().calls("get_jobs_list_extended");
    let mut command = env.anon(line.split_whitespace()).command();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(20);
    while env.idis().calls("get_jobs_list_extended") == before {
        assert!(Instant::now() < patience, "nobody looked");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// Its exit status, and what it printed, without times.
fn end(child: Child) -> (Option<i32>, Vec<String>, String) {
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let line = |line: &str| match line.split_once("  ") {
        Some((time, rest)) if time.len() == 19 && time.contains('T') => rest.to_owned(),
        _ => line.to_owned(),
    };
    let lines = String::from_utf8(stdout).unwrap().lines().map(line).collect();
    (status.code(), lines, String::from_utf8(stderr).unwrap())
}

#[test]
fn each_change_is_a_line_until_all_are_done() {
    let env = under_way();
    let child = begin(&env, "batch watch --timeout 2");
    env.idis().pass(STEP * 6);
    let (status, lines, stderr) = end(child);
    let expected = [
        "p01: 3 jobs, 3 ACTIVE",
        "1001  DONE      A  49 files",
        "1002  DONE      B  86 files",
        "1003  DONE      C  123 files",
        "p01: 3 jobs, 3 DONE",
    ];
    assert_eq!((status, lines, stderr.as_str()), (Some(0), expected.map(str::to_owned).to_vec(), ""));
    let asked: Vec<String> = env.idis().requests().iter().map(|call| call.function.clone()).collect();
    assert_eq!(asked[asked.len() - 2..], ["get_jobs_list_extended", "get_jobs_list"]);
}

#[test]
fn when_nothing_is_under_way_it_is_over_at_once() {
    let env = with_jobs([FakeJob::new(JobId(1)), FakeJob::new(JobId(2))]);
    let outcome = env.run("batch wait --bell").assert_ok();
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("p01: 2 jobs, 2 DONE\n", ""));
    assert_eq!(functions(&outcome), ["get_jobs_list_extended"]);
    let view = env.run("batch watch --json").assert_ok().json("batch-watch");
    assert_eq!((&view["outcome"], &view["jobs"][0]["pseudonym"]), (&json!("done"), &json!("name1")));
}

#[test]
fn what_is_not_done_fails() {
    let env = with_jobs([FakeJob::new(JobId(1)), failed(2, "odd"), FakeJob::new(JobId(3)).status("INACTIVE")]);
    env.run("batch add 99").assert_ok();
    let outcome = env.run("batch watch --json").assert_status(1);
    assert_eq!(outcome.json("batch-watch")["outcome"], "failed");
    let outcome = env.run("batch watch").assert_status(1);
    assert_eq!(outcome.stdout, "p01: 4 jobs, 1 DONE, 1 ERROR, 1 INACTIVE, 1 NOT_FOUND\n");
    assert_eq!(outcome.stderr, "error: 3 of 4 jobs are not done; 'anon batch show-error' says why jobs failed\n");
}

#[test]
fn when_the_time_is_up_the_status_is_3() {
    let outcome = under_way().run("batch watch --timeout 1").assert_status(3);
    let told = "error: time is up. p01: 3 jobs, 3 ACTIVE; the jobs continue: watch them again, or allow more time with";
    assert!(outcome.stderr.starts_with(told), "{}", outcome.stderr);
    assert_eq!(functions(&outcome), ["get_jobs_list_extended", "get_jobs_list"]);
    let outcome = under_way().run("batch watch --timeout 1 --json").assert_status(3);
    assert_eq!(outcome.json("batch-watch")["outcome"], "timed_out");
    assert_eq!(outcome.complaints()["exit_status"], 3);
}

#[test]
fn a_job_that_is_uploaded_for_long_is_advised_on_once() {
    let env = with_jobs([FakeJob::new(JobId(1)).status("UPLOADED")]);
    let outcome = env.run("batch watch --timeout 1").assert_status(3);
    let told = "warning: job 1 has been UPLOADED for more than 30 minutes. Part of the data is probably in quarantine";
    assert_eq!(outcome.stderr.matches(told).count(), 1, "{}", outcome.stderr);
}

#[test]
fn the_timeout_of_the_environment_is_one_of_calls() {
    let env = with_jobs([FakeJob::new(JobId(1))]);
    env.anon(["batch", "watch"]).env("ANON_TIMEOUT", "1").run().assert_ok();
    let outcome = env.run("batch watch --interval 4").assert_status(2);
    assert!(outcome.stderr.contains("4 is not in 5..="), "{}", outcome.stderr);
}

#[test]
fn what_fails_at_the_beginning_is_told() {
    let idis = FakeIdis::builder().token("another").start();
    let env = Env::new();
    env.settings_for(&[("p01", &idis.url("p01"))]);
    env.run("batch init").assert_ok();
    env.run("batch add 1").assert_ok();
    env.run("batch watch").assert_status(1).assert_stderr(&["401 Unauthorized"]);
}

/// A batch with an ACTIVE job, behind a proxy.
fn behind_a_proxy() -> (FakeIdis, FaultyProxy, Env) {
    let idis = FakeIdis::builder().job(FakeJob::new(JobId(1)).status("ACTIVE")).start();
    let proxy = FaultyProxy::before(&idis);
    let env = Env::new();
    env.settings_for(&[("p01", &proxy.url("p01"))]);
    env.run("batch init").assert_ok();
    env.run("batch add 1").assert_ok();
    (idis, proxy, env)
}

/// The only test that waits for as long as a server is left alone at least.
#[test]
fn a_look_that_fails_is_tried_again() {
    let (idis, proxy, env) = behind_a_proxy();
    proxy.on(Calls::nth("get_jobs_list", 1), Fault::page(500, "out of order"));
    let outcome = env.run("batch watch --interval 5 --timeout 6").assert_status(3);
    assert!(outcome.stderr.contains("code '500', reason 'Internal Server Error'; retrying until the server answers"));
    assert_eq!((idis.calls("get_jobs_list_extended"), idis.calls("get_jobs_list")), (1, 1), "{}", outcome.story());
}

#[test]
fn a_first_look_that_fails_is_tried_again_until_the_time_is_up() {
    let (_idis, proxy, env) = behind_a_proxy();
    proxy.on(Calls::nth("get_jobs_list_extended", 1), Fault::page(500, "out of order"));
    let outcome = env.run("batch watch --timeout 1").assert_status(3);
    assert!(outcome.stderr.contains("retrying until the server answers"), "{}", outcome.story());
    assert!(outcome.stderr.contains("error: time is up. p01: 1 job, 1 ACTIVE"), "{}", outcome.story());
    proxy.on(Calls::from_nth("get_jobs_list_extended", 2), Fault::page(500, "out of order"));
    let outcome = env.run("batch watch --timeout 1").assert_status(3);
    assert_eq!(outcome.stderr.matches("retrying until").count(), 1, "{}", outcome.story());
    assert!(outcome.stderr.contains("error: time is up. "), "{}", outcome.story());
    assert!(outcome.stderr.contains("reason 'Internal Server Error'; the jobs continue"), "{}", outcome.story());
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_the_jobs_alone() {
    let env = under_way();
    let mut child = begin(&env, "batch watch");
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    assert!(first.ends_with("p01: 3 jobs, 3 ACTIVE\n"), "{first}");
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let (status, lines, stderr) = end(child);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!((status, lines, rest.as_str()), (Some(130), vec![], ""));
    let told = "error: interrupted: the jobs continue. p01: 3 jobs, 3 ACTIVE";
    assert_eq!(stderr.lines().last(), Some(told), "{stderr}");
    assert_eq!(env.idis().calls("cancel_job"), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_script_that_ends_it_reads_one_object() {
    let env = under_way();
    let child = begin(&env, "batch watch --json");
    let is_listening = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & (1 << (libc::SIGTERM - 1)) != 0
    };
    let patience = Instant::now() + Duration::from_secs(20);
    while !is_listening() {
        assert!(Instant::now() < patience, "it does not listen");
        std::thread::sleep(Duration::from_millis(5));
    }
    let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let (status, lines, stderr) = end(child);
    let view: serde_json::Value = serde_json::from_str(&lines.concat()).unwrap();
    let complaints: serde_json::Value = serde_json::from_str(&stderr).unwrap();
    assert_eq!((status, &view["outcome"], &complaints["exit_status"]), (Some(130), &json!("interrupted"), &json!(130)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_bar_of_no_files_is_an_empty_one() {
    let shown = super::on_terminal(&under_way(), 24, "batch watch --timeout 1", "");
    let bar = shown.split("files").nth(1).expect(&shown);
    assert!(bar.contains('░') && !bar.contains('█'), "{shown}");
}
