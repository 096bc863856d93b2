//! `anon completions`, and what the Tab key then offers.

use crate::support::Env;

#[test]
fn each_shell_gets_a_script_that_asks_the_program() {
    let env = Env::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let outcome = env.run(&format!("completions {shell}")).assert_ok();
        assert!(outcome.stdout.contains("ANON_COMPLETE"), "{}", outcome.story());
        // Where it goes is for people, and no part of the script.
        assert!(outcome.stderr.ends_with("open a new terminal\n") && outcome.files.is_empty(), "{}", outcome.story());
    }
}

/// What is offered for the last of these words.
fn offered(env: &Env, words: &[&str]) -> Vec<String> {
    let line = ["--", "anon"].into_iter().chain(words.iter().copied());
    let asked = env.anon(line).env("ANON_COMPLETE", "bash").env("_CLAP_IFS", "\n");
    let outcome = asked.env("_CLAP_COMPLETE_INDEX", words.len().to_string()).run().assert_ok();
    assert!(
        outcome.stderr.is_empty() && outcome.files.is_empty() && outcome.requests.is_empty(),
        "{}",
        outcome.story()
    );
    outcome.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn what_the_files_of_the_user_hold_is_offered() {
    let env = Env::with_jobs();
    assert_eq!(offered(&env, &["server", "activate", ""])[..2], ["p01", "p02"]);
    assert_eq!(offered(&env, &["job", "info", "1"]), [""; 0]);
    env.run("batch init").assert_ok();
    env.run("batch add 12 14-16 3").assert_ok();
    for command in ["info", "list", "reset", "cancel", "set-opt-out-ignore"] {
        assert_eq!(offered(&env, &["job", command, "1"]), ["12", "14", "15", "16"], "{command}");
    }
    assert_eq!(offered(&env, &["batch", "remove", "3"]), ["3"]);
    assert_eq!(offered(&env, &["map", "set", "pro"]), ["project"]);
    assert_eq!(offered(&env, &["map", "set", "d"]), ["destination_path", "description"]);
    env.run("map init").assert_ok();
    assert_eq!(offered(&env, &["create", "from-mapping", "--filter", "Pat"]), ["PatientA", "PatientB"]);
    env.write("patients/a.dcm", "");
    assert_eq!(offered(&env, &["map", "add-study-folders", "pat"]), ["patients/"]);
    assert_eq!(offered(&env, &["help", "com"]), ["completions"]);
}

#[test]
fn files_that_cannot_be_read_are_no_reason_to_say_anything() {
    let env = Env::with_jobs();
    env.write_settings("servers: [\n");
    env.write(".anonbatch", "job_ids: [\n");
    assert_eq!(offered(&env, &["server", "activate", "p"]), [""; 0]);
    assert_eq!(offered(&env, &["job", "info", "1"]), [""; 0]);
    // On a new computer, none are made.
    assert_eq!(offered(&Env::new(), &["server", "remove", "p"]), [""; 0]);
}

#[test]
fn what_is_typed_before_decides_where_to_look() {
    let env = Env::with_jobs();
    env.run("server add other http://localhost/other").assert_ok();
    env.write("elsewhere/settings.yml", env.read_settings());
    env.run("server remove other").assert_ok();
    env.write("elsewhere/more/.anonbatch", "job_ids: ['21', '22']\nserver: {name: p01, url: 'http://localhost/p01'}\n");
    env.run("map init --mapping elsewhere/anon_mapping.csv").assert_ok();

    let servers = ["p01", "p02", "other"];
    for settings in [
        &["--settings", "elsewhere/settings.yml"][..],
        &["--settings=elsewhere/settings.yml"],
        &["--settings", "=", "'elsewhere/settings.yml'"],
        &["-C", "elsewhere", "--settings", "settings.yml"],
    ] {
        assert_eq!(offered(&env, &[settings, &["server", "activate", ""]].concat())[..3], servers, "{settings:?}");
    }
    for folder in [&["-C", "elsewhere/more"][..], &["-Celsewhere/more"], &["--directory=elsewhere/more"]] {
        assert_eq!(offered(&env, &[folder, &["job", "info", "2"]].concat()), ["21", "22"], "{folder:?}");
    }
    assert_eq!(offered(&env, &["job", "info", "2"]), [""; 0]);
    assert_eq!(offered(&env, &["-C", "elsewhere", "map", "add-study-folders", "m"]), ["more/"]);
    assert_eq!(offered(&env, &["-C", "else"]), ["elsewhere/"]);
    let filter = ["create", "from-mapping", "--mapping", "elsewhere", "--filter", "Pat"];
    assert_eq!(offered(&env, &filter), ["PatientA", "PatientB"]);
}

#[test]
fn pages_and_commands_are_offered_for_help() {
    let env = Env::new();
    assert_eq!(offered(&env, &["help", "t"]), ["tutorial-pacs", "tutorial-share", "troubleshooting", "topics"]);
    assert_eq!(offered(&env, &["help", "batch", "st"]), ["status"]);
    assert_eq!(offered(&env, &["help", "usage", "b"]), [""; 0]);
    assert_eq!(offered(&env, &["batch", "wa"]), ["watch"], "not the other name for it");
}

/// A shell that has read a script for it and then runs another. `None` where there is no such shell.
#[cfg(unix)]
fn in_shell(env: &Env, shell: &str, options: &[&str], ask: &str) -> Option<Vec<String>> {
    let script = env.path(shell);
    std::fs::write(&script, env.run(&format!("completions {shell}")).assert_ok().stdout).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_anon")).parent().unwrap();
    let path = std::env::join_paths([program, std::path::Path::new("/usr/bin"), std::path::Path::new("/bin")]).unwrap();
    let mut command = std::process::Command::new(shell);
    command.args(options).args(["-c", &ask.replace("SCRIPT", script.to_str().unwrap())]);
    let output = command.env("HOME", env.home()).env("PATH", &path).current_dir(env.work()).output().ok()?;
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

/// What is typed, and what is offered for it.
#[cfg(unix)]
const TYPED: [(&[&str], &[&str]); 4] = [
    (&["anon", "ba"], &["batch"]),
    (&["anon", "map", "add-st"], &["add-study-folders"]),
    (&["anon", "map", "add-study-folders", "--inp"], &["--input-file"]),
    (&["anon", "server", "activate", "p"], &["p01", "p02"]),
];

#[cfg(unix)]
#[test]
fn bash_completes_with_them() {
    let env = Env::with_jobs();
    for (words, expected) in TYPED {
        let (typed, before) = (words[words.len() - 1], words[words.len() - 2]);
        let ask = format!(
            "source SCRIPT; COMP_WORDS=({}); COMP_CWORD={}; COMP_TYPE=9; _clap_complete_anon anon '{typed}' '{before}'; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1
        );
        assert_eq!(in_shell(&env, "bash", &["--norc"], &ask).unwrap(), expected);
    }
}

#[cfg(unix)]
#[test]
fn fish_completes_with_them() {
    let env = Env::with_jobs();
    for (words, expected) in TYPED {
        let ask = format!("source SCRIPT; complete --do-complete '{}'", words.join(" "));
        let Some(lines) = in_shell(&env, "fish", &["--no-config"], &ask) else { return };
        let values: Vec<_> = lines.iter().map(|line| line.split('\t').next().unwrap()).collect();
        assert_eq!(values, expected);
    }
}

#[cfg(unix)]
#[test]
fn zsh_completes_with_them() {
    let env = Env::with_jobs();
    for (words, expected) in TYPED {
        // Completion itself works in a terminal alone: what the script would have it offer is printed.
        let ask = format!(
            "compdef() {{}}; source SCRIPT; _describe() {{ print -rl -- ${{(P)3}} }}; words=({}); CURRENT={}; \
             _clap_dynamic_completer_anon",
            words.join(" "),
            words.len()
        );
        let Some(lines) = in_shell(&env, "zsh", &["--no-rcs"], &ask) else { return };
        let values: Vec<_> = lines.iter().map(|line| line.split(':').next().unwrap()).collect();
        assert_eq!(values, expected);
    }
}

/// What tells an empty word depends on the version, which nobody tries here.
#[test]
fn powershell_passes_empty_words_on() {
    let script = Env::new().run("completions powershell").assert_ok().stdout;
    assert!(script.contains("-lt [version]'7.3'") && script.contains(r#"$args += " '""""'";"#), "{script}");
    assert_eq!(script.matches(r#"$args += " ''";"#).count(), 1, "{script}");
}

#[test]
fn a_shell_that_is_unknown_is_wrong_usage() {
    let env = Env::new();
    env.run("completions tcsh").assert_status(2).assert_stderr(&["'tcsh'", "bash, elvish, fish, powershell, zsh"]);
}
