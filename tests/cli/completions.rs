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
    assert_eq!(offered(&env, &["help", "co"]), ["completions"]);
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

#[cfg(unix)]
#[test]
fn bash_completes_with_them() {
    let env = Env::with_jobs();
    let script = env.run("completions bash").assert_ok().stdout;
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_anon")).parent().unwrap();
    let path = std::env::join_paths([program, std::path::Path::new("/usr/bin"), std::path::Path::new("/bin")]).unwrap();
    let completed = |words: &[&str]| {
        let (typed, before) = (words[words.len() - 1], words[words.len() - 2]);
        let ask = format!(
            "{script}\nCOMP_WORDS=({}); COMP_CWORD={}; COMP_TYPE=9\n_clap_complete_anon anon '{typed}' '{before}'\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1
        );
        let mut shell = std::process::Command::new("bash");
        let shell = shell.args(["--norc", "-c", &ask]).env("HOME", env.home()).env("PATH", &path).output().unwrap();
        assert!(shell.stderr.is_empty(), "{}", String::from_utf8_lossy(&shell.stderr));
        String::from_utf8(shell.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(completed(&["anon", "ba"]), ["batch"]);
    assert_eq!(completed(&["anon", "map", "add-st"]), ["add-study-folders"]);
    assert_eq!(completed(&["anon", "map", "add-study-folders", "--inp"]), ["--input-file"]);
    assert_eq!(completed(&["anon", "server", "activate", "p"]), ["p01", "p02"]);
}

#[test]
fn a_shell_that_is_unknown_is_wrong_usage() {
    let env = Env::new();
    env.run("completions tcsh").assert_status(2).assert_says(&["'tcsh'", "bash, elvish, fish, powershell, zsh"]);
}
