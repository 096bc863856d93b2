//! Whatever a server does wrong ends in an error that names the URL and says what to do, with exit 1, and never shows the token.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use anonapi::api::JobId;
use anonapi::testing::{Calls, FakeIdis, FakeJob, Fault, FaultyProxy};
use snapbox::str;

use crate::support::{Env, Outcome};

/// A token that could not be in an output by chance.
const SECRET: &str = "k3eP-tH1s-s3cRet-0123456789";

/// One that changes jobs without a look at them first.
const RESET: &str = "batch reset -y --include-opted-out";

/// A command that calls the server, and whether one call is all that it makes of its work.
const COMMANDS: [(&str, bool); 7] = [
    ("server status", true),
    ("server jobs", true),
    ("job info 1", true),
    ("job list 1", true),
    ("batch status", true),
    (RESET, false),
    ("create from-mapping -y", false),
];

/// The commands without the one that a fault does not harm.
fn all_but(command: &str) -> Vec<(&'static str, bool)> {
    COMMANDS.into_iter().filter(|(line, _)| *line != command).collect()
}

/// A user of this server with a token, a batch and a mapping.
fn env_at(url: &str) -> Env {
    let mut env = Env::new();
    env.name_url(url, "{url}");
    env.settings_for(&[("p01", url)]);
    // Written here, not by commands: this is done some two hundred times.
    let mapping = env.write(
        "anon_mapping.csv",
        "## Description ##\n\n## Options ##\ndestination_path,\\\\server\\share\\out\nproject,test\n\n\
         ## Mapping ##\nsource,pseudo_name\naccession_number:1.1,A\n",
    );
    env.write(".anonbatch", format!("job_ids:\n- '1'\nserver:\n  name: p01\n  url: {url}\n"));
    let settings = env.read_settings().replace("user_token: token", &format!("user_token: {SECRET}"));
    let active = format!("active_mapping_file: '{}'", mapping.display());
    env.write_settings(&settings.replace("active_mapping_file: null", &active));
    env
}

/// Runs each command, all at the same time, against this URL.
fn outcomes(url: &str, commands: &[(&'static str, bool)]) -> Vec<(Outcome, bool)> {
    outcomes_within(url, commands, 1)
}

fn outcomes_within(url: &str, commands: &[(&'static str, bool)], seconds: u64) -> Vec<(Outcome, bool)> {
    let run = |line: &str| {
        let env = env_at(url);
        if line.starts_with("create") {
            // Before it creates a job, it looks at those of the batch.
            std::fs::remove_file(env.path(".anonbatch")).unwrap();
        }
        env.run(&format!("{line} -v --timeout {seconds}"))
    };
    thread::scope(|scope| {
        let running: Vec<_> = commands.iter().map(|(line, single)| (scope.spawn(|| run(line)), *single)).collect();
        running.into_iter().map(|(thread, single)| (thread.join().unwrap(), single)).collect()
    })
}

/// Each command fails as it should, and says these words.
#[track_caller]
fn assert_all_fail(url: &str, commands: &[(&'static str, bool)], says: &[&str]) {
    for (outcome, single) in outcomes(url, commands) {
        let outcome = outcome.assert_status(1).assert_stderr(says).assert_stderr(&["{url}"]);
        let story = outcome.story();
        assert!(!story.contains(SECRET), "{story}");
        // What -v tells is no error; nor are the question, the warning that http can be read on the way, waiting and retrying.
        let told = |line: &&str| {
            ![
                "settings: ",
                "mapping",
                "batch",
                "server: ",
                "This will ",
                "warning: ",
                "waiting for p01 ",
                "retrying {url}",
            ]
            .iter()
            .any(|start| line.starts_with(start))
        };
        let errors: Vec<&str> = outcome.stderr.lines().filter(told).collect();
        assert!(errors.iter().all(|line| line.starts_with("error: ")), "{story}");
        assert_eq!(errors.len(), if single { 1 } else { 2 }, "{story}");
        assert!(!single || outcome.stdout.is_empty(), "{story}");
        assert!(errors.last().unwrap().contains("; "), "what to do is missing\n{story}");
    }
}

/// A server before which each call meets this fault.
fn with_fault(fault: Fault) -> (FakeIdis, FaultyProxy) {
    let idis = FakeIdis::builder().jobs(3).start();
    let proxy = FaultyProxy::before(&idis);
    proxy.on(Calls::all(), fault);
    (idis, proxy)
}

#[track_caller]
fn assert_fault_is_told(fault: Fault, says: &[&str]) {
    let (_idis, proxy) = with_fault(fault);
    assert_all_fail(&proxy.url("p01"), &COMMANDS, says);
}

#[test]
fn refused() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_all_fail(
        &format!("http://127.0.0.1:{port}/p01"),
        &COMMANDS,
        &["connection refused", "inform a server admin"],
    );
}

#[test]
fn unknown_host() {
    assert_all_fail(
        "http://no-such-host.invalid/p01",
        &COMMANDS,
        &["name or service not known", "the URL may be wrong"],
    );
}

#[test]
fn status_401() {
    let idis = FakeIdis::builder().jobs(3).token("another token").start();
    assert_all_fail(&idis.url("p01"), &COMMANDS, &["401 Unauthorized", "anon settings user get-token"]);
}

#[test]
fn status_404_with_a_page() {
    assert_fault_is_told(
        Fault::page(404, "<html>not here</html>"),
        &["not an IDIS web API: 404 Not Found", "check the URL with 'anon server list'"],
    );
}

#[test]
fn status_404_with_documentation() {
    let fault = Fault::json(404, r#"{"404": "not defined", "documentation": {"overview": "IDIS web API"}}"#);
    let (_idis, proxy) = with_fault(fault);
    let url = proxy.url("p01");
    assert_all_fail(&url, &all_but("server status"), &["the web API has no function '", "another version"]);
    env_at(&url).run("server status").assert(str![[r#"
exit 0
stdout:
  OK: p01: {url} is online and responsive
"#]]);
}

#[test]
fn status_405() {
    assert_fault_is_told(Fault::json(405, "{}"), &["405 Method Not Allowed", "inform a server admin"]);
}

#[test]
fn status_500() {
    assert_fault_is_told(
        Fault::page(500, "boom"),
        &["code '500', reason 'Internal Server Error'", "inform a server admin"],
    );
}

#[test]
fn status_400_without_a_reason() {
    assert_fault_is_told(Fault::page(400, "bad"), &["code '400', reason 'Bad Request'", "inform a server admin"]);
}

#[test]
fn status_503_again_and_again() {
    assert_fault_is_told(Fault::page(503, "<html>upgrading</html>"), &["code '503'", "try again later"]);
}

#[test]
fn not_json() {
    assert_fault_is_told(
        Fault::page(200, "<html>Please log in</html>"),
        &["not an IDIS web API", "check the URL with"],
    );
}

#[test]
fn json_of_another_kind() {
    let (_idis, proxy) = with_fault(Fault::json(200, "7"));
    // A reset needs no answer but the status.
    assert_all_fail(&proxy.url("p01"), &all_but(RESET), &["error: "]);
}

#[test]
fn a_job_with_missing_fields() {
    for field in ["job_id", "date", "user_name", "status", "error", "project_name", "priority", "files_downloaded"] {
        let idis = FakeIdis::builder().job(FakeJob::new(JobId(1)).without(field)).start();
        let reading = [("server jobs", true), ("job info 1", true), ("job list 1", true), ("batch status", true)];
        assert_all_fail(&idis.url("p01"), &reading, &["the answer is not as expected", field, "inform a server admin"]);
    }
    let idis = FakeIdis::replying(vec![FakeJob::default().without("job_id")]);
    let creating = [("create from-mapping -y", false)];
    assert_all_fail(
        &idis.url("p01"),
        &creating,
        &["it contains no job_id", "perhaps created", "inform a server admin"],
    );
}

#[test]
fn connection_closed() {
    assert_fault_is_told(Fault::Close, &["the connection was closed before the answer was complete", "try again"]);
}

#[test]
fn connection_reset() {
    assert_fault_is_told(Fault::Reset, &["the connection was closed before the answer was complete", "try again"]);
}

#[test]
fn answer_cut_short() {
    let idis = FakeIdis::builder().jobs(3).start();
    let proxy = FaultyProxy::before(&idis);
    proxy.after(Calls::all(), Fault::Truncate);
    assert_all_fail(
        &proxy.url("p01"),
        &COMMANDS,
        &["the connection was closed before the answer was complete", "try again"],
    );
}

#[test]
fn not_even_http() {
    assert_fault_is_told(Fault::Nonsense, &["the answer is not HTTP", "try again", "the server may want https"]);
}

#[test]
fn floods_end() {
    let too_large = "larger than any real one (16 MiB or 500,000 values)";
    for (fault, says) in [
        (Fault::EndlessBody, too_large),
        (Fault::HugeBody, too_large),
        (Fault::GzipBomb, too_large),
        (Fault::json(200, &format!("[{}0]", "[],".repeat(600_000))), too_large),
        (Fault::json(200, &"[".repeat(1_000_000)), "this is not an IDIS web API"),
        (Fault::EndlessHeaders, "the answer is not HTTP"),
    ] {
        let (_idis, proxy) = with_fault(fault);
        let commands = [("server jobs", true), ("create from-mapping -y", false)];
        for (outcome, _) in outcomes_within(&proxy.url("p01"), &commands, 20) {
            let _ = outcome.assert_status(1).assert_stderr(&[says]);
        }
    }
}

#[test]
fn timeouts() {
    assert_fault_is_told(Fault::Delay(Duration::from_secs(30)), &["no answer within 1 s", "--timeout SECONDS"]);
}

#[test]
fn an_answer_that_drips_is_not_waited_for() {
    let pause = Duration::from_millis(200);
    for headers in [false, true] {
        let started = Instant::now();
        assert_fault_is_told(Fault::Drip { pause, headers }, &["no answer within 1 s", "--timeout SECONDS"]);
        // Bytes that come do not prolong it, nor is it tried again.
        assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    }
}

#[test]
fn who_waits_is_told_what_for() {
    let (_idis, proxy) = with_fault(Fault::Delay(Duration::from_millis(1300)));
    let outcome = env_at(&proxy.url("p01")).run("server jobs").assert_ok();
    assert_eq!(outcome.stderr, "waiting for p01 ...\n", "{}", outcome.story());
}

#[test]
fn who_waits_for_repetitions_is_told_so() {
    let (_idis, proxy) = with_fault(Fault::page(503, "upgrading"));
    let outcome = env_at(&proxy.url("p01")).run("server jobs").assert_status(1);
    let lines: Vec<&str> = outcome.stderr.lines().filter(|line| !line.starts_with("waiting")).collect();
    assert_eq!(
        lines[..2],
        [2, 3].map(|attempt| format!(
            "retrying {{url}}/get_jobs: unexpected response: code '503', reason 'Service Unavailable' (attempt {attempt})"
        )),
        "{}",
        outcome.story()
    );
    assert_eq!((lines.len(), proxy.received().len()), (3, 3));
}

#[test]
fn compressed_answers_are_read() {
    let idis = FakeIdis::builder().jobs(3).start();
    let proxy = FaultyProxy::before(&idis);
    proxy.after(Calls::all(), Fault::Gzip);
    let env = env_at(&proxy.url("p01"));
    for line in ["server status", "server jobs", "job info 1", "batch status", "create from-mapping -y"] {
        env.run(line).assert_ok();
    }
}

const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

/// The commands that only read.
const READING: [(&str, bool); 5] = [
    ("server status", true),
    ("server jobs", true),
    ("job info 1", true),
    ("job list 1", true),
    ("batch status", true),
];

#[test]
fn a_redirect_to_another_host_does_not_carry_the_token() {
    for status in REDIRECTS {
        let elsewhere = FaultyProxy::alone();
        let location = format!("{}/get_jobs", elsewhere.url("p01"));
        let (_idis, proxy) = with_fault(Fault::Redirect { status, location });
        let says = ["the server redirects to 'http://127.0.0.1:", "correct it with 'anon server add NAME URL'"];
        assert_all_fail(&proxy.url("p01"), &COMMANDS, &says);
        assert_eq!(elsewhere.received(), [], "{status}");
    }
}

#[test]
fn a_redirect_within_the_host_is_followed_by_what_reads() {
    for status in REDIRECTS {
        let idis = FakeIdis::builder().jobs(3).token(SECRET).start();
        let proxy = FaultyProxy::before(&idis);
        let location = format!("{}/get_jobs_list", proxy.url("p02"));
        proxy.on(Calls::nth("get_jobs_list", 1), Fault::Redirect { status, location });
        env_at(&proxy.url("p01")).run("job list 1 2").assert_ok();
        let followed = idis.requests()[0].clone();
        assert_eq!((followed.method.as_str(), followed.server.as_str()), ("GET", "p02"), "{status}");
        assert_eq!(followed.all("job_ids"), ["1", "2"], "with its arguments, {status}");
    }
}

#[test]
fn a_redirect_in_a_circle_ends() {
    let (_idis, proxy) = with_fault(Fault::Redirect { status: 302, location: "get_jobs".to_owned() });
    assert_all_fail(&proxy.url("p01"), &READING[1..2], &["redirects to", "after it has done so 5 times"]);
    assert_eq!(proxy.received().len(), 6);
}

#[test]
fn what_changes_something_is_not_redirected() {
    for status in REDIRECTS {
        for (line, function) in
            [("create from-mapping -y", "create_job"), (RESET, "modify_job"), ("job cancel 1 -y", "cancel_job")]
        {
            let idis = FakeIdis::builder().jobs(3).start();
            let proxy = FaultyProxy::before(&idis);
            let location = format!("{}/{function}/?secret=1", proxy.url("p01"));
            proxy.on(Calls::every(function), Fault::Redirect { status, location });
            let outcome = env_at(&proxy.url("p01")).run(line).assert_status(1).assert_stderr(&[
                &format!(
                    "the server redirects to '{{url}}/{function}/', and calls that change something do not follow redirects"
                ),
                "anon server add NAME URL",
            ]);
            assert!(
                !outcome.stdout.contains("Cancelled") && !outcome.story().contains("secret"),
                "{}",
                outcome.story()
            );
            let sent = proxy.received().into_iter().filter(|call| call.function == function).count();
            assert_eq!((sent, idis.calls(function)), (1, 0), "{line} {status}");
        }
    }
}

/// A mapping of a hundred rows.
fn with_a_hundred_rows(env: &Env) {
    let mapping = env.read("anon_mapping.csv");
    let row = "accession_number:1.1,A\n";
    let rows: String = (1..=100).map(|row| format!("accession_number:{row},P{row}\n")).collect();
    env.write("anon_mapping.csv", mapping.replace(row, &rows));
}

#[test]
fn connections_that_the_server_closes_lose_no_job() {
    for idle in [Duration::ZERO, Duration::from_millis(1), Duration::from_secs(1)] {
        let idis = FakeIdis::start();
        let proxy = FaultyProxy::before(&idis);
        proxy.close_idle_after(idle);
        let env = env_at(&proxy.url("p01"));
        with_a_hundred_rows(&env);
        env.run("create from-mapping -y").assert_ok();
        assert_eq!((idis.jobs("p01").len(), idis.calls("create_job")), (100, 100), "{idle:?}");
    }
}

#[test]
fn connections_that_the_server_closes_are_made_anew() {
    for idle in [Duration::ZERO, Duration::from_millis(1), Duration::from_millis(5)] {
        let idis = FakeIdis::builder().jobs(100).start();
        let proxy = FaultyProxy::before(&idis);
        proxy.close_idle_after(idle);
        let env = env_at(&proxy.url("p01"));
        for line in ["job info 1-100", "job reset 1-100 -y --include-opted-out", "job cancel 1-100 -y"] {
            let outcome = env.run(line).assert_ok();
            assert!(!outcome.stderr.contains("retrying"), "{}", outcome.story());
        }
        assert!(idis.jobs("p01").iter().all(|job| job.get("status") == Some(&"INACTIVE".into())), "{idle:?}");
    }
}

#[test]
fn connections_are_kept() {
    let idis = FakeIdis::builder().jobs(100).start();
    let proxy = FaultyProxy::before(&idis);
    env_at(&proxy.url("p01")).run("job reset 1-100 -y --include-opted-out").assert_ok();
    // 16 at a time; a connection that was begun and then not needed, because another one became free, comes on top.
    assert!(proxy.connections() <= 32, "{} connections for 100 resets", proxy.connections());
    assert_eq!(idis.calls("modify_job"), 100);
}

/// What is asked after a reset whose answer was lost.
fn after_a_lost_reset(job: FakeJob, is_done: bool) -> (Outcome, Vec<String>) {
    let idis = FakeIdis::builder().job(job).start();
    let proxy = FaultyProxy::before(&idis);
    match is_done {
        true => proxy.after(Calls::nth("modify_job", 1), Fault::Reset),
        false => proxy.on(Calls::nth("modify_job", 1), Fault::Reset),
    }
    let outcome = env_at(&proxy.url("p01")).run("job reset 1 -y --include-opted-out");
    (outcome, proxy.received().into_iter().map(|call| call.function).collect())
}

#[test]
fn a_reset_is_not_repeated_blindly() {
    let job = || FakeJob::new(JobId(1));
    for failed in [job().status("ERROR").error("no such file"), job().status("DONE"), job().status("INACTIVE")] {
        let (outcome, functions) = after_a_lost_reset(failed.clone(), true);
        let _ = outcome.assert_ok();
        assert_eq!(functions, ["modify_job", "get_job"], "it was done: {failed:?}");
        let (outcome, functions) = after_a_lost_reset(failed.clone(), false);
        let _ = outcome.assert_ok();
        assert_eq!(functions, ["modify_job", "get_job", "modify_job"], "it was not: {failed:?}");
    }
    for perhaps in [job().status("DONE").error(" "), job().status("UPLOADED").error(" ")] {
        let (outcome, functions) = after_a_lost_reset(perhaps, false);
        let _ = outcome.assert_status(1).assert_stderr(&[
            "the answer was lost, and the job, which is now ",
            "may have been reset",
            "anon job info",
        ]);
        assert_eq!(functions, ["modify_job", "get_job"]);
    }
}

#[test]
fn what_can_safely_be_repeated_is() {
    for fault in [Fault::page(503, "upgrading"), Fault::page(502, "bad gateway"), Fault::Reset] {
        let commands = [
            ("server status", ""),
            ("server jobs", "get_jobs"),
            ("job info 1", "get_job"),
            ("batch status", "get_jobs_list"),
            ("job cancel 1 -y", "cancel_job"),
        ];
        let check = |line: &str, function: &str| {
            let idis = FakeIdis::builder().jobs(3).start();
            let proxy = FaultyProxy::before(&idis);
            proxy.on(Calls::nth_of_all(1), fault.clone());
            let outcome = env_at(&proxy.url("p01")).run(line).assert_ok();
            assert!(!outcome.stderr.contains("error"), "{}", outcome.story());
            let functions: Vec<_> = proxy.received().into_iter().map(|call| call.function).collect();
            assert_eq!(functions, [function, function], "{line} {fault:?}");
        };
        thread::scope(|scope| {
            for (line, function) in commands {
                scope.spawn(move || check(line, function));
            }
        });
    }
}

#[test]
fn a_server_that_is_just_starting_is_waited_for() {
    for line in ["server jobs", "create from-mapping -y"] {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let env = env_at(&format!("http://127.0.0.1:{port}/p01"));
        let starting = thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            FakeIdis::builder().jobs(3).port(port).start()
        });
        std::fs::remove_file(env.path(".anonbatch")).unwrap();
        env.run(line).assert_ok();
        assert_eq!(starting.join().unwrap().requests().len(), 1, "{line}");
    }
}
