//! Whatever a server does wrong ends in an error that names the URL and says what to do, with exit 1, and never shows the token.

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use anonapi::api::JobId;
use anonapi::testing::{Calls, FakeIdis, FakeJob, Fault, FaultyProxy};

use crate::support::{Env, Outcome};

/// A token that could not be in an output by chance.
const SECRET: &str = "k3eP-tH1s-s3cRet-0123456789";

/// A command that calls the server, and whether one call is all that it makes of its work.
const COMMANDS: [(&str, bool); 7] = [
    ("server status", true),
    ("server jobs", true),
    ("job info 1", true),
    ("job list 1", true),
    ("batch status", true),
    ("batch reset -y", false),
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
    let run = |line: &str| {
        let env = env_at(url);
        if line.starts_with("create") {
            // Before it creates a job, it looks at those of the batch.
            std::fs::remove_file(env.path(".anonbatch")).unwrap();
        }
        env.run(&format!("{line} -v --timeout 1"))
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
        let outcome = outcome.assert_status(1).assert_says(says).assert_says(&["{url}"]);
        let story = outcome.story();
        assert!(!story.contains(SECRET), "{story}");
        // What -v tells is no error; nor is the question, or the warning that http can be read on the way.
        let told = |line: &&str| {
            !["settings: ", "mapping", "batch", "server: ", "This will ", "warning: "]
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
    env_at(&url).run("server status").assert("exit 0\nstdout:\n  OK: p01: {url} is online and responsive");
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
    assert_all_fail(&proxy.url("p01"), &all_but("batch reset -y"), &["error: "]);
}

#[test]
fn a_job_with_missing_fields() {
    for field in ["job_id", "date", "user_name", "status", "error", "project_name", "priority", "files_downloaded"] {
        let idis = FakeIdis::builder().job(FakeJob::new(JobId(1)).without(field)).start();
        let reading = [("server jobs", true), ("job info 1", true), ("job list 1", true), ("batch status", true)];
        assert_all_fail(
            &idis.url("p01"),
            &reading,
            &["the answer is not what it should be", field, "inform a server admin"],
        );
    }
    let idis = FakeIdis::replying(vec![FakeJob::default().without("job_id")]);
    let creating = [("create from-mapping -y", false)];
    assert_all_fail(&idis.url("p01"), &creating, &["it holds no job_id", "perhaps created", "inform a server admin"]);
}

#[test]
fn connection_closed() {
    assert_fault_is_told(Fault::Close, &["the connection was closed before the whole answer came", "try again"]);
}

#[test]
fn connection_reset() {
    assert_fault_is_told(Fault::Reset, &["the connection was closed before the whole answer came", "try again"]);
}

#[test]
fn answer_cut_short() {
    let idis = FakeIdis::builder().jobs(3).start();
    let proxy = FaultyProxy::before(&idis);
    proxy.after(Calls::all(), Fault::Truncate);
    assert_all_fail(
        &proxy.url("p01"),
        &COMMANDS,
        &["the connection was closed before the whole answer came", "try again"],
    );
}

#[test]
fn not_even_http() {
    assert_fault_is_told(Fault::Nonsense, &["try again"]);
}

#[test]
fn floods_end() {
    for fault in [Fault::EndlessBody, Fault::HugeBody, Fault::EndlessHeaders] {
        let (_idis, proxy) = with_fault(fault);
        let commands = [("server jobs", true), ("create from-mapping -y", false)];
        assert_all_fail(&proxy.url("p01"), &commands, &[]);
    }
}

#[test]
fn timeouts() {
    assert_fault_is_told(Fault::Delay(Duration::from_secs(30)), &["no answer within 1 s", "--timeout SECONDS"]);
}

#[test]
fn a_redirect_to_another_host_does_not_carry_the_token() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = FaultyProxy::alone();
        let location = format!("{}/get_jobs", elsewhere.url("p01"));
        let (_idis, proxy) = with_fault(Fault::Redirect { status, location });
        assert_all_fail(&proxy.url("p01"), &COMMANDS, &["redirects to", "correct it with 'anon server add NAME URL'"]);
        assert_eq!(elsewhere.received(), [], "{status}");
    }
}

#[test]
fn a_redirect_within_the_host_is_followed() {
    let idis = FakeIdis::builder().jobs(3).token(SECRET).start();
    let proxy = FaultyProxy::before(&idis);
    proxy.on(
        Calls::nth("get_jobs", 1),
        Fault::Redirect { status: 307, location: format!("{}/get_jobs", proxy.url("p02")) },
    );
    env_at(&proxy.url("p01")).run("server jobs").assert_ok().assert_says(&["most recent 3 jobs"]);
    assert_eq!(idis.requests()[0].server, "p02");
}

#[test]
fn what_can_safely_be_repeated_is() {
    for fault in [Fault::page(503, "upgrading"), Fault::page(502, "bad gateway"), Fault::Reset] {
        let commands = [
            ("server status", ""),
            ("server jobs", "get_jobs"),
            ("job info 1", "get_job"),
            ("batch status", "get_jobs_list"),
            ("batch reset -y", "modify_job"),
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
