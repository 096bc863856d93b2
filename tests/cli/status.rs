//! `anon status`, groups without a command, and the options that every command takes.

use anonapi::testing::FakeIdis;

use crate::support::Env;

/// A token that could not be in an output by chance.
const SECRET: &str = "k3eP-tH1s-s3cRet-0123456789";

#[test]
fn the_first_run_makes_settings() {
    let env = Env::new();
    env.run("status").assert(
        r"
        exit 0
        stdout:
          Available servers (* = active):

          * testserver https://hostname_of_api

          Using username: 'username'
          Active mapping: none
          Reading settings from '~/AnonWebAPIClientSettings.yml'
        stderr:
          No settings file found. Created default settings at '~/AnonWebAPIClientSettings.yml'
        files:
          + ~/AnonWebAPIClientSettings.yml
        ",
    );
    assert_eq!(
        env.read_settings(),
        "active_mapping_file: null\nactive_server_name: testserver\njob_default_parameters:\n- project,NOT_SET\n\
         - destination_path,.\nservers:\n  testserver: https://hostname_of_api\nuser_name: username\n\
         user_token: token\nvalidate_ssl: true\n"
    );
    env.run("status").assert_ok().assert_says(&["* testserver https://hostname_of_api", "username"]);
}

#[test]
fn status_shows_what_the_tool_knows() {
    let env = Env::with_jobs();
    env.run("map init").assert_ok();
    env.run("status").assert(
        r"
        exit 0
        stdout:
          Available servers (* = active):

          * p01 {url}/p01
            p02 {url}/p02

          Using username: 'z123456'
          Active mapping: './anon_mapping.csv'
          Reading settings from '~/AnonWebAPIClientSettings.yml'
        ",
    );
}

#[test]
fn groups_without_a_command_list_their_commands() {
    let env = Env::new();
    let groups: [(&str, &[&str]); 9] = [
        ("", &["status", "server", "job", "settings", "batch", "map", "select", "create"]),
        ("server", &["activate", "add", "jobs", "list", "remove", "status"]),
        ("job", &["cancel", "info", "list", "reset", "set-opt-out-ignore"]),
        ("settings", &["edit", "get-token", "info", "set-username", "set-validate-ssl", "show", "user"]),
        ("settings user", &["get-token", "info", "set-username"]),
        (
            "batch",
            &[
                "add",
                "cancel",
                "cancel-active",
                "delete",
                "info",
                "init",
                "remove",
                "reset",
                "reset-error",
                "show-error",
                "status",
            ],
        ),
        (
            "map",
            &[
                "activate",
                "add-accession-numbers",
                "add-selection",
                "add-study-folders",
                "delete",
                "edit",
                "init",
                "status",
            ],
        ),
        ("select", &["add", "delete", "edit", "status"]),
        ("create", &["from-mapping", "set-defaults", "show-defaults"]),
    ];
    for (group, commands) in groups {
        let outcome = env.run(group).assert_ok();
        for command in commands {
            let listed = outcome.stdout.lines().any(|line| line.split_whitespace().next() == Some(command));
            assert!(listed, "'{command}' is not listed\n{}", outcome.story());
            let help = env.run(&format!("{group} {command} --help")).assert_ok();
            assert!(help.stdout.contains("Usage: anon"), "{}", help.story());
            assert!(help.stderr.is_empty() && help.files.is_empty(), "{}", help.story());
        }
        assert!(outcome.stderr.is_empty() && outcome.files.is_empty(), "{}", outcome.story());
    }
}

#[test]
fn wrong_usage_is_status_2_on_stderr() {
    let env = Env::new();
    for line in ["nonsense", "job nonsense", "batch add x", "--timeout 0 status", "--timeout x status", "status extra"]
    {
        let outcome = env.run(line).assert_status(2);
        assert!(outcome.stdout.is_empty() && !outcome.stderr.is_empty(), "{}", outcome.story());
    }
}

#[test]
fn version_and_help_go_to_stdout() {
    let env = Env::new();
    let outcome = env.run("--version").assert_ok();
    assert_eq!(outcome.stdout, format!("anon {}\n", env!("CARGO_PKG_VERSION")));
    let outcome = env.run("--help").assert_ok();
    assert!(outcome.stdout.contains("Usage: anon") && outcome.stderr.is_empty(), "{}", outcome.story());
}

#[test]
fn verbose_tells_what_is_done_and_never_the_token() {
    let env = Env::with_idis(FakeIdis::builder().jobs(2).token(SECRET));
    env.settings();
    env.write_settings(&env.read_settings().replace("user_token: token", &format!("user_token: {SECRET}")));
    env.run("job list 1 -v").assert(
        r"
        exit 0
        stdout:
            id  date                 status      down    proc  user
          ----  -------------------  --------  ------  ------  -------
             1  2016-08-26T15:04:01  INACTIVE      10       0  z123456
        stderr:
          settings: '~/AnonWebAPIClientSettings.yml'
          server: p01: {url}/p01
        requests:
          GET p01/get_jobs_list job_ids=1 user_name=z123456
        ",
    );
    env.run("-vv job list 1").assert(
        r"
        exit 0
        stdout:
            id  date                 status      down    proc  user
          ----  -------------------  --------  ------  ------  -------
             1  2016-08-26T15:04:01  INACTIVE      10       0  z123456
        stderr:
          settings: '~/AnonWebAPIClientSettings.yml'
          server: p01: {url}/p01
          GET {url}/p01/get_jobs_list with 2 arguments: 200 OK, [..] ms
        requests:
          GET p01/get_jobs_list job_ids=1 user_name=z123456
        ",
    );
    for line in ["server status", "server jobs", "job info 1", "batch init", "status", "settings show", "job info 99"] {
        let outcome = env.run(&format!("{line} -vv"));
        assert!(!outcome.story().contains(SECRET), "{}", outcome.story());
    }
    // Refused credentials are the moment at which they would be shown.
    env.write_settings(&env.read_settings().replace(SECRET, &SECRET.to_lowercase()));
    for line in ["server jobs -vv", "job info 1 2 -vv"] {
        let outcome = env.run(line).assert_status(1);
        assert!(!outcome.story().to_lowercase().contains(&SECRET.to_lowercase()), "{}", outcome.story());
    }
}

#[test]
fn other_settings_can_be_named() {
    let env = Env::with_jobs();
    let other = env.write("deep/other.yml", env.read_settings().replace("user_name: z123456", "user_name: z777"));
    env.run("status --settings deep/other.yml").assert_ok().assert_says(&["'z777'", "./deep/other.yml"]);
    env.anon(["status"]).env("ANON_SETTINGS", &other).run().assert_ok().assert_says(&["'z777'"]);
    // What is typed counts more than what is set.
    let line = format!("status --settings {}", env.home().join("AnonWebAPIClientSettings.yml").display());
    env.anon(line.split(' ')).env("ANON_SETTINGS", &other).run().assert_ok().assert_says(&["'z123456'"]);
    let outcome = env.run("settings user set-username z888 --settings deep/other.yml").assert_ok();
    assert_eq!(outcome.files, ["~ ./deep/other.yml"], "{}", outcome.story());
    env.anon(["status"]).env("ANON_SETTINGS", "").run().assert_ok().assert_says(&["'z123456'"]);
}

#[test]
fn yes_answers_every_question() {
    let env = Env::with_jobs();
    env.run("job reset 1 --yes").assert(
        r"
        exit 0
        stdout:
          Reset job 1 on p01: {url}/p01
        stderr:
          This will reset job 1 on p01. Are you sure? [y/N]: y
        requests:
          POST p01/modify_job job_id=1 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
        ",
    );
    env.run("-y job cancel 1").assert_ok().assert_says(&["Cancelled job 1 on p01"]);
}

#[test]
fn pipes_get_no_colours_whatever_the_environment_says() {
    let env = Env::with_jobs();
    for (name, value) in [("NO_COLOR", ""), ("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1"), ("TERM", "xterm-256color")] {
        for line in ["server jobs", "job nonsense", "job info 99", "--help"] {
            let outcome = env.anon(line.split(' ')).env(name, value).run();
            assert!(!outcome.story().contains('\u{1b}'), "{name}={value} {}", outcome.story().escape_debug());
        }
    }
}

#[test]
fn tables_are_not_wrapped_in_a_pipe() {
    let env = Env::with_jobs();
    let wide = env.run("server jobs").assert_ok().stdout;
    let narrow = env.anon(["server", "jobs"]).env("COLUMNS", "20").run().assert_ok().stdout;
    assert_eq!(wide, narrow);
}

#[test]
fn control_characters_from_the_server_do_not_reach_the_terminal() {
    let job = anonapi::testing::FakeJob::default().field("user_name", "z\u{1b}[2J1").field("description", "a\u{7}b\rc");
    let env = Env::with_idis(FakeIdis::builder().job(job));
    env.settings();
    for line in ["server jobs", "job list 1", "job info 1"] {
        let outcome = env.run(line).assert_ok();
        let control = outcome.stdout.chars().any(|c| c.is_control() && c != '\n');
        assert!(!control && outcome.stdout.contains("[2J1"), "{}", outcome.stdout.escape_debug());
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let env = Env::with_jobs();
    let mut child = env
        .anon(["server", "jobs"])
        .command()
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}
