//! `map edit`: which editor, and the check afterwards.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;

use super::env_with_mapping;
use crate::support::Env;
use snapbox::str;

/// A program in the folder `bin` that does this to the file it is given.
fn program(env: &Env, name: &str, script: &str) {
    let path = env.write(format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_mapping_is_checked_when_the_editor_is_closed() {
    let env = env_with_mapping();
    env.run("map add-accession-numbers 1.1").assert_ok();
    program(&env, "ed", "sed -i 's/^accession_number:1.1/accession_number:#N\\/A/' \"$1\"");
    let editor = env.path("bin/ed");
    env.anon(["map", "edit"]).env("VISUAL", editor).env("EDITOR", "not-this-one").run().assert(str![[r#"
exit 0
stdout:
  ./anon_mapping.csv: 1 error in 1 row
stderr:
  Opening './anon_mapping.csv' with './bin/ed' (VISUAL)
  error: ./anon_mapping.csv, line 11: accession_number: '#N/A' is an error that a spreadsheet shows, not a value; [..]
files:
  ~ ./anon_mapping.csv
"#]]);
}

#[test]
fn without_an_editor_the_user_is_told() {
    let env = env_with_mapping();
    // No terminal, no display, and nothing to open files with.
    let outcome = env.anon(["map", "edit"]).env("EDITOR", "").env("PATH", env.path("bin")).run();
    outcome.assert(str![[r#"
exit 1
stderr:
  error: cannot start a program for './anon_mapping.csv': this computer has neither a desktop nor an editor for the terminal; open the file yourself, or name an editor in the environment variable EDITOR
"#]]);
}

#[test]
#[cfg(target_os = "linux")]
fn the_desktop_is_asked_where_there_is_one() {
    let env = env_with_mapping();
    program(&env, "xdg-open", "echo \"$1\" > \"$(dirname \"$0\")/opened\"");
    let path = format!("{}:{}", env.path("bin").display(), std::env::var("PATH").unwrap());
    let outcome = env.anon(["map", "edit"]).env("EDITOR", "").env("DISPLAY", ":0").env("PATH", path).run().assert_ok();
    assert!(outcome.stderr.contains("Opened './anon_mapping.csv' with the default program"), "{}", outcome.story());
    assert!(env.read("bin/opened").contains("anon_mapping.csv"));
}

#[test]
fn a_pipe_is_no_mapping_to_edit() {
    let env = env_with_mapping();
    let path = env.path("anon_mapping.csv");
    std::fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    // Not by `run`, which reads all files before and after.
    let output = env.anon(["map", "edit"]).env("EDITOR", "cat").command().output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && stderr.contains("it is a named pipe, not a file"), "{stderr}");
}

#[test]
fn visual_comes_before_editor_and_both_before_the_desktop() {
    let env = env_with_mapping();
    env.write("fileselection.txt", "id: x\ndescription: d\nselected_paths: []\n");
    for (command, file) in [("select edit", "./fileselection.txt"), ("settings edit", "~/AnonWebAPIClientSettings.yml")]
    {
        let words: Vec<&str> = command.split(' ').collect();
        for (variable, name) in [("VISUAL", "VISUAL"), ("UNUSED", "EDITOR")] {
            let outcome = env.anon(words.clone()).env(variable, "true -x").env("DISPLAY", ":0").run().assert_ok();
            assert!(outcome.stderr.starts_with(&format!("Opening '{file}' with 'true")), "{}", outcome.story());
            assert!(outcome.stderr.ends_with(&format!("({name})\n")), "{}", outcome.story());
        }
    }
}
