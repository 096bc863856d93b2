//! `anon status`, groups without a command, and the options that every command takes.

use anonapi::testing::FakeIdis;
use snapbox::str;

use crate::support::Env;

/// A token that could not be in an output by chance.
const SECRET: &str = "k3eP-tH1s-s3cRet-0123456789";

#[test]
fn the_first_run_makes_settings() {
    let env = Env::new();
    env.run("status").assert(str![[r#"
exit 0
stdout:
  Available servers (* = active):

  * testserver https://hostname_of_api

  Using username: 'username'
  Active mapping: none
  Reading settings from '~/AnonWebAPIClientSettings.yml'
stderr:
  No settings file found. Created default settings at '~/AnonWebAPIClientSettings.yml'

  To begin: 'anon server add NAME URL' and 'anon server activate NAME', with the URL that your server's admin gives you;
  'anon settings user set-username NAME', with the name by which the server knows you;
  'anon settings user get-token', which creates your token;
  'anon doctor', which checks all of this and says what to fix.
files:
  + ~/AnonWebAPIClientSettings.yml
"#]]);
    assert_eq!(
        env.read_settings(),
        "active_mapping_file: null\nactive_server_name: testserver\njob_default_parameters:\n- project,NOT_SET\n\
         - destination_path,.\nservers:\n  testserver: https://hostname_of_api\nuser_name: username\n\
         user_token: token\nvalidate_ssl: true\n"
    );
    env.run("status").assert_ok().assert_stdout(&["* testserver https://hostname_of_api", "username"]);
}

#[test]
fn status_shows_what_the_tool_knows() {
    let env = Env::with_jobs();
    env.run("map init").assert_ok();
    env.run("status").assert(str![[r#"
exit 0
stdout:
  Available servers (* = active):

  * p01 {url}/p01
    p02 {url}/p02

  Using username: 'z123456'
  Active mapping: './anon_mapping.csv'
  Reading settings from '~/AnonWebAPIClientSettings.yml'
"#]]);
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
    env.run("job list 1 -v").assert(str![[r#"
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
"#]]);
    env.run("-vv job list 1").assert(str![[r#"
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
"#]]);
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
    env.run("status --settings deep/other.yml").assert_ok().assert_stdout(&["'z777'", "./deep/other.yml"]);
    env.anon(["status"]).env("ANON_SETTINGS", &other).run().assert_ok().assert_stdout(&["'z777'"]);
    // What is typed counts more than what is set.
    let line = format!("status --settings {}", env.home().join("AnonWebAPIClientSettings.yml").display());
    env.anon(line.split(' ')).env("ANON_SETTINGS", &other).run().assert_ok().assert_stdout(&["'z123456'"]);
    let outcome = env.run("settings user set-username z888 --settings deep/other.yml").assert_ok();
    assert_eq!(outcome.files, ["~ ./deep/other.yml"], "{}", outcome.story());
    env.anon(["status"]).env("ANON_SETTINGS", "").run().assert_ok().assert_stdout(&["'z123456'"]);
}

#[test]
fn yes_answers_every_question() {
    let env = Env::with_jobs();
    env.run("job reset 1 --yes").assert(str![[r#"
exit 0
stdout:
  Reset job 1 on p01: {url}/p01
stderr:
  This will reset job 1 on p01. Are you sure? [y/N]: y
requests:
  GET p01/get_jobs_list job_ids=1 user_name=z123456
  POST p01/modify_job job_id=1 status=ACTIVE files_downloaded=0 files_processed=0 error=  user_name=z123456
"#]]);
    env.run("-y job cancel 1").assert_ok().assert_stdout(&["Cancelled job 1 on p01"]);
}

#[test]
fn colours_go_where_they_are_wanted() {
    let env = Env::with_jobs();
    let is_coloured = |line: &str, variables: &[(&str, &str)]| {
        let mut anon = env.anon(line.split(' '));
        for (name, value) in variables {
            anon = anon.env(name, value);
        }
        anon.run().story().contains('\u{1b}')
    };
    let lines = ["server jobs", "job nonsense", "job info 99", "--help", "server --help"];
    for line in lines {
        for variables in [
            &[("NO_COLOR", "")][..],
            &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
            &[("NO_COLOR", ""), ("TERM", "xterm")],
        ] {
            assert!(!is_coloured(line, variables), "{line} {variables:?}");
        }
        let forced = [("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")];
        assert!(is_coloured(line, &forced), "{line}");
        assert!(is_coloured(&format!("--color always {line}"), &[("NO_COLOR", "1")]), "{line}");
        assert!(!is_coloured(&format!("--color=never {line}"), &forced), "{line}");
    }
    let coloured = env.run("--color always job info 99").assert_status(1).stderr;
    assert!(coloured.starts_with("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m "), "{coloured:?}");
    env.run("--color sometimes status").assert_status(2).assert_stderr(&["sometimes", "always"]);
}

#[test]
fn what_is_typed_commands_no_terminal_and_forges_no_line() {
    let env = Env::with_jobs();
    let evil = "\u{1b}]0;evil\u{7}\u{1b}[2J\nerror: all is well\r\u{202e}";
    for before in [
        &["batch", "add"][..],
        &["select", "add", "--exclude-pattern"],
        &["map", "add-study-folders"],
        &["server", "activate"],
        &["--timeout"],
        &["settings", "set-validate-ssl"],
        &["job", "list"],
        &["map", "add-accession-numbers", "-f"],
        &["--settings"],
        &[],
    ] {
        for argument in [evil.to_owned(), format!("--{evil}"), format!("--filter={evil}"), format!("-{evil}")] {
            let line = before.iter().map(|&word| word.to_owned()).chain([argument.clone()]);
            let outcome = env.anon(line.chain((before == ["--settings"]).then(|| "status".to_owned()))).run();
            let text = format!("{}{}", outcome.stdout, outcome.stderr);
            let commands = text.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}');
            assert!(
                !commands && !text.contains("\nerror: all is well"),
                "{before:?} {argument:?}: {}",
                outcome.story()
            );
        }
    }
    let outcome = env.anon(["status"]).env("ANON_TIMEOUT", evil).run().assert_status(2);
    assert!(!outcome.stderr.contains('\u{1b}') && !outcome.stderr.contains('\u{7}'), "{}", outcome.story());
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

#[test]
fn a_megabyte_of_error_is_shown_by_its_beginning_and_its_length() {
    let text = "Traceback\nerror: forged\n".repeat(50_000);
    let job = anonapi::testing::FakeJob::default().field("status", "ERROR").field("error", text);
    let env = Env::with_idis(FakeIdis::builder().job(job));
    env.settings();
    env.run("batch init").assert_ok();
    env.run("batch add 1").assert_ok();
    for line in ["batch show-error", "job info 1"] {
        let outcome = env.run(line).assert_ok().assert_stdout(&["Traceback", "characters in all)"]);
        assert!(outcome.stdout.len() < 10_000 && !outcome.stdout.contains("\nerror: "), "{}", outcome.story());
    }
    // So is what a file holds.
    let mapping = format!("## Description ##\n## Options ##\n## Mapping ##\nsource\n{}\n", "x".repeat(1_000_000));
    env.write("anon_mapping.csv", mapping);
    env.run("map activate").assert_ok();
    let outcome = env.run("map check").assert_status(1).assert_stderr(&["line 5: ", "characters in all)"]);
    assert!(outcome.stderr.len() < 20_000, "{}", outcome.stderr.len());
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

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_shown_has_failed() {
    let env = Env::with_jobs();
    for line in
        ["server list", "status", "settings show", "--version", "--help", "server", "server jobs", "job reset 1 -y"]
    {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = env.anon(line.split(' ')).command().stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{line}: {stderr}");
        let said = stderr.matches("error: cannot write to standard output: No space left on device\n").count();
        assert_eq!(said, 1, "{line}: {stderr}");
    }
}
