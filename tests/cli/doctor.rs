//! `anon doctor`, and what is said as long as the settings hold only examples.

use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy};
use serde_json::Value;
use snapbox::str;

use crate::support::{Env, Outcome};

const TOKEN: &str = "a-t0ken-of-my-own";

fn env(idis: anonapi::testing::FakeIdisBuilder) -> Env {
    let env = Env::with_idis(idis);
    env.settings();
    with_token(&env);
    env
}

fn with_token(env: &Env) {
    env.write_settings(&env.read_settings().replace("user_token: token", &format!("user_token: {TOKEN}")));
    private(env);
}

fn private(env: &Env) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let path = env.home().join("AnonWebAPIClientSettings.yml");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let _ = env;
}

/// One of the checks.
fn check(outcome: &Outcome, name: &str) -> Value {
    let view = outcome.json("doctor");
    let checks = view["checks"].as_array().unwrap();
    checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("{name}: {view}")).clone()
}

#[test]
fn what_is_well_has_a_tick() {
    let env = env(FakeIdis::builder().jobs(1).token(TOKEN));
    env.write(
        "anon_mapping.csv",
        "## Description ##\n\n## Options ##\nproject,P\ndestination_path,\\\\s\\share\\o\n\n## Mapping ##\n\
         source,pseudo_name\naccession_number:1.1,A\n",
    );
    env.run("map activate").assert_ok();
    env.run("doctor").assert(str![[r#"
exit 0
stdout:
  ✓ settings     ~/AnonWebAPIClientSettings.yml, readable only by you
  ✓ user         z123456, token set
  ✓ server       p01: {url}/p01 answers
  - proxy        none for this server
  ✓ credentials  accepted by p01
  ✓ clock        agrees with the server's, within seconds
  ✓ mapping      ./anon_mapping.csv, 1 row, nothing wrong
  - folder       . is on this computer only: fine for data from PACS, but files to anonymize must be on a share
  nothing to fix
requests:
  GET p01/ user_name=z123456
  GET p01/get_jobs_list job_ids=1 user_name=z123456
"#]]);
}

#[cfg(unix)]
#[test]
fn a_fresh_machine_is_told_what_to_put_in_the_place_of_examples() {
    Env::new().run("doctor").assert(str![[r#"
exit 1
stdout:
  ✓ settings     ~/AnonWebAPIClientSettings.yml, made just now
  ✗ user         'username' is only an example
                 anon settings user set-username NAME
  ✗ server       testserver: https://hostname_of_api is only an example
                 anon server add NAME URL, then anon server activate NAME
  - mapping      none is active; 'anon map init' makes one
  - folder       . is on this computer only: fine for data from PACS, but files to anonymize must be on a share
  2 things to fix
files:
  + ~/AnonWebAPIClientSettings.yml
"#]]);
}

#[test]
fn each_cause_is_told_apart_and_no_secret_is_shown() {
    let refused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let idis = FakeIdis::builder().token("another").start();
    let proxy = FaultyProxy::before(&idis);
    proxy.on(Calls::every(""), Fault::page(200, "<html>hello</html>"));
    for (url, name, stage) in [
        ("http://no-such-host.invalid/p01".to_owned(), "server", "dns"),
        (format!("http://{refused}/p01"), "server", "tcp"),
        (idis.url("p01").replace("http:", "https:"), "server", "tls"),
        (proxy.url("p01"), "server", "api"),
        (idis.url("p01"), "credentials", "credentials"),
    ] {
        let env = Env::new();
        env.settings_for(&[("p01", &url)]);
        with_token(&env);
        let outcome = env.run("doctor --format json").assert_status(1);
        let check = check(&outcome, name);
        assert_eq!(
            (check["state"].as_str(), check["stage"].as_str()),
            (Some("bad"), Some(stage)),
            "{}",
            outcome.story()
        );
        assert!(check["what_to_do"].is_string() && !outcome.story().contains(TOKEN), "{}", outcome.story());
    }
    let env = Env::new();
    env.settings_for(&[("p01", "http://idis.example/p01")]);
    with_token(&env);
    let outcome = env.anon(["doctor", "--json"]).env("HTTP_PROXY", format!("http://{refused}")).run().assert_status(1);
    assert_eq!(check(&outcome, "server")["stage"], "proxy", "{}", outcome.story());
    assert_eq!(check(&outcome, "proxy")["found"], refused.to_string(), "{}", outcome.story());
}

/// What somebody who listens answers to whoever calls, or nothing.
fn listening(answer: Option<&'static str>) -> std::net::SocketAddr {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut calls = vec![];
        for mut call in listener.incoming().map_while(Result::ok) {
            if let Some(answer) = answer {
                let _ = call.read(&mut [0; 4096]);
                let _ = call.write_all(answer.as_bytes());
            } else {
                calls.push(call);
            }
        }
    });
    address
}

#[test]
fn a_server_that_hangs_and_proxies_that_refuse_are_told_of() {
    let hanging = format!("http://{}/p01", listening(None));
    let locked = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let closed = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for (url, proxy, stage, found) in [
        (hanging.as_str(), None, "tcp", "no answer within 1 s"),
        ("https://idis.example/p01", Some(listening(Some(locked))), "proxy", "wants you to log in (407"),
        ("https://idis.example/p01", Some(listening(Some(closed))), "proxy", "will not connect to the server"),
        ("https://idis.example/p01", Some(listening(None)), "proxy", "the machine does not answer"),
    ] {
        let env = Env::new();
        env.settings_for(&[("p01", url)]);
        with_token(&env);
        let mut doctor = env.anon(["doctor", "--json", "--timeout", "1"]);
        if let Some(proxy) = proxy {
            doctor = doctor.env("HTTPS_PROXY", format!("http://{proxy}"));
        }
        let started = std::time::Instant::now();
        let outcome = doctor.run().assert_status(1);
        assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
        let check = check(&outcome, "server");
        assert!(check["found"].as_str().unwrap().contains(found), "{}", outcome.story());
        assert!(check["stage"] == stage && check["what_to_do"].is_string(), "{}", outcome.story());
    }
}

#[test]
fn clocks_that_are_far_apart_are_told_of() {
    let outcome = env(FakeIdis::builder().clock_ahead(3600)).run("doctor --json").assert_status(1);
    let clock = check(&outcome, "clock");
    assert!(clock["found"].as_str().unwrap().contains("min behind the server"), "{clock}");
    let outcome = env(FakeIdis::builder().clock_ahead(20)).run("doctor --json").assert_ok();
    assert_eq!(check(&outcome, "clock")["state"], "good");
}

#[test]
fn a_mapping_that_is_wrong_or_gone_is_told_of() {
    let env = env(FakeIdis::builder());
    env.run("map init").assert_ok();
    let outcome = env.run("doctor --json").assert_status(1);
    assert_eq!(check(&outcome, "mapping")["what_to_do"], "anon map check");
    std::fs::remove_file(env.work().join("anon_mapping.csv")).unwrap();
    let outcome = env.run("doctor --json").assert_status(1);
    assert!(check(&outcome, "mapping")["found"].as_str().unwrap().ends_with("does not exist"));
}

#[cfg(unix)]
#[test]
fn settings_that_others_can_read_or_nobody_are_told_of() {
    let env = env(FakeIdis::builder());
    use std::os::unix::fs::PermissionsExt;
    let path = env.home().join("AnonWebAPIClientSettings.yml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let outcome = env.run("doctor").assert_status(1).assert_stdout(&["✗ settings", "chmod 600"]);
    assert_eq!(outcome.stderr, "");
    env.write_settings("servers: [\n");
    let outcome = env.run("doctor --json").assert_status(1);
    assert_eq!(check(&outcome, "settings")["state"], "bad");
    assert!(outcome.requests.is_empty(), "{}", outcome.story());
}

#[test]
fn a_command_that_talks_to_an_example_says_so() {
    let env = Env::with_jobs();
    env.write_settings(&env.read_settings().replace("user_name: z123456", "user_name: username"));
    let outcome = env.run("server status").assert_ok();
    assert!(outcome.stderr.contains("warning: the user name 'username' is only an example;"), "{}", outcome.stderr);
    let outcome = Env::new().anon(["job", "list", "1"]).env("ANON_TIMEOUT", "5").run().assert_status(1);
    assert!(outcome.stderr.contains("warning: 'testserver' is only an example of a server;"), "{}", outcome.stderr);
}
