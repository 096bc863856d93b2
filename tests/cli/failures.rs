//! Whatever a server or the network does, a command ends soon, with exit 1 and one line that names the URL.

use anonapi::api::JobId;
use anonapi::testing::{Calls, FakeIdis, FakeJob, Fault, FaultyProxy};

use crate::support::Env;

/// Commands that call the server, and what they call.
const COMMANDS: [(&str, &str); 4] =
    [("server status", ""), ("server jobs", "get_jobs"), ("job info 3", "get_job"), ("batch status", "get_jobs_list")];

#[test]
fn every_command_survives_every_fault() {
    // Side by side: most of the time goes by in pauses before a call is tried again.
    std::thread::scope(|scope| {
        for fault in Fault::samples() {
            scope.spawn(|| survives(fault));
        }
    });
}

fn survives(fault: Fault) {
    let mut env = Env::with_idis(FakeIdis::builder().jobs(7));
    let proxy = FaultyProxy::before(env.idis());
    env.name_url(&proxy.url(""), "{proxy}/");
    env.settings_for(&[("p01", &proxy.url("p01"))]);
    env.run("batch init").assert_ok();
    env.run("batch add 1-3").assert_ok();
    for (line, function) in COMMANDS {
        proxy.on(Calls::every(function), fault.clone());
        let outcome = env.anon(line.split(' ')).env("ANON_TIMEOUT", "10").run();
        let story = format!("{fault:?}\n{}", outcome.story());
        if matches!(fault, Fault::Delay(_)) {
            assert_eq!(outcome.status, 0, "{story}");
            continue;
        }
        assert_eq!((outcome.status, outcome.stdout.as_str()), (1, ""), "{story}");
        assert_eq!(outcome.stderr.trim().lines().count(), 1, "{story}");
        assert!(outcome.stderr.contains("{proxy}/p01"), "{story}");
        assert!(outcome.files.is_empty(), "{story}");
    }
    assert!(proxy.spoiled() >= COMMANDS.len(), "{fault:?}");
}

#[test]
fn a_job_with_a_missing_field_is_an_error_that_names_it() {
    for field in ["job_id", "date", "user_name", "status", "error", "project_name", "priority", "files_downloaded"] {
        let env = Env::with_idis(FakeIdis::builder().job(FakeJob::new(JobId(3)).without(field)));
        env.settings();
        env.run("batch init").assert_ok();
        env.run("batch add 3").assert_ok();
        for (line, function) in COMMANDS.into_iter().filter(|(_, function)| !function.is_empty()) {
            let outcome = env.run(line).assert_status(1).assert_says(&[&format!("{{url}}/p01/{function}"), field]);
            assert_eq!(outcome.stderr.trim().lines().count(), 1, "{}", outcome.story());
        }
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let env = Env::new();
    // Port 9 is 'discard', where nobody listens.
    env.settings_for(&[("p01", "http://127.0.0.1:9/p01")]);
    for (line, _) in COMMANDS.into_iter().filter(|(line, _)| !line.starts_with("batch")) {
        let outcome = env.run(line).assert_status(1).assert_says(&["http://127.0.0.1:9/p01"]);
        assert_eq!(outcome.stderr.trim().lines().count(), 1, "{}", outcome.story());
    }
}

#[test]
fn a_job_whose_answer_was_lost_is_not_created_twice() {
    let faults = [Fault::Close, Fault::Reset, Fault::Truncate, Fault::Nonsense, Fault::page(502, "Bad gateway")];
    for fault in faults {
        let mut env = Env::with_idis(FakeIdis::builder());
        let proxy = FaultyProxy::before(env.idis());
        env.name_url(&proxy.url(""), "{proxy}/");
        proxy.after(Calls::nth("create_job", 2), fault.clone());
        env.settings_for(&[("p01", &proxy.url("p01"))]);
        env.run("map init").assert_ok();
        env.run("map add-accession-numbers 111.1 222.2 333.3").assert_ok();
        env.set_option("destination_path", r"\\server\share\out");

        let create = || env.anon(["create", "from-mapping"]).stdin("y\n").run();
        create().assert_status(1).assert_says(&[
            "Created job with id 1001",
            "perhaps created",
            "{proxy}/p01/create_job",
        ]);
        create().assert_ok().assert_says(&["warning: ", "perhaps created", "Created job with id 1003"]);
        let sources: Vec<_> = env.idis().jobs("p01").iter().map(|job| job.get("source_instance_id").cloned()).collect();
        let each_once = ["111.1", "222.2", "333.3"].map(|number| Some(format!("accession_number:{number}").into()));
        assert_eq!(sources, each_once, "{fault:?}");
    }
}
