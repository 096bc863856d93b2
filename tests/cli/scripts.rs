//! The scripts in `examples/scripts`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use anonapi::testing::{FakeIdis, Life};

use crate::support::Env;

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scripts").join(name)
}

#[test]
fn they_are_short() {
    for name in ["anonymize.sh", "anonymize.ps1"] {
        let text = std::fs::read_to_string(script(name)).unwrap();
        assert!(text.lines().count() < 20, "{name}");
    }
}

/// Where there is no PowerShell, nobody can tell.
#[test]
fn powershell_can_parse_its_own() {
    let env = Env::new();
    let completions = env.write("completions.ps1", env.run("completions powershell").assert_ok().stdout);
    for path in [script("anonymize.ps1"), completions] {
        let parse = format!(
            "$errors = $null; [void][System.Management.Automation.Language.Parser]::ParseFile('{}', [ref]$null, [ref]$errors); \
             $errors | ForEach-Object {{ $_.Message }}; exit $errors.Count",
            path.display()
        );
        let Ok(output) = Command::new("pwsh").args(["-NoProfile", "-Command", &parse]).output() else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// Runs the script for bash with this list, in the working folder.
#[cfg(unix)]
fn anonymize(env: &Env, list: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_anon")).parent().unwrap();
    let path = std::env::join_paths([program, Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    let mut bash = Command::new("bash");
    bash.arg(script("anonymize.sh")).args([list, "report.csv"]).current_dir(env.work());
    bash.env_clear().env("PATH", path).env("HOME", env.home()).env("LC_ALL", "C.UTF-8").output().unwrap()
}

/// A server whose jobs come to their end at once. Of those that are created, the fourth is of a patient who has opted out, and the
/// sixth fails the first time.
#[cfg(unix)]
fn env_with_list(rows: usize) -> Env {
    let env = Env::with_idis(FakeIdis::builder().life(Life::passing(Duration::from_micros(1))));
    env.settings();
    let rows: String = (1..=rows).map(|row| format!("1234567.{row},patient{row}\n")).collect();
    env.write("list.csv", format!("accession_number,pseudonym\n{rows}"));
    env
}

#[cfg(unix)]
#[test]
fn a_list_becomes_finished_jobs_and_a_report() {
    let env = env_with_list(6);
    let output = anonymize(&env, "list.csv");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "one patient has opted out: {told}");
    let statuses: Vec<String> =
        env.idis().jobs("p01").iter().map(|job| job.get("status").unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(statuses, ["DONE", "DONE", "DONE", "ERROR", "DONE", "DONE"], "{told}");
    assert_eq!((env.idis().calls("create_job"), env.idis().calls("modify_job")), (6, 1), "{told}");
    let report = env.read("report.csv");
    assert!(report.lines().filter(|line| line.contains("patient")).count() == 6, "{report}");
    // Once more, as after an interruption: nothing is created twice, and nothing is left to try.
    assert_eq!(anonymize(&env, "list.csv").status.code(), Some(1));
    assert_eq!((env.idis().calls("create_job"), env.idis().calls("modify_job")), (6, 1));
}

#[cfg(unix)]
#[test]
fn when_all_is_well_the_script_says_so() {
    let env = env_with_list(3);
    let output = anonymize(&env, "list.csv");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((env.idis().calls("create_job"), env.idis().calls("modify_job")), (3, 0));
}

#[cfg(unix)]
#[test]
fn a_list_that_cannot_be_read_leaves_nothing_behind() {
    let env = env_with_list(1);
    env.write("list.csv", "accession_number\n1.23457E+15\n");
    let output = anonymize(&env, "list.csv");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!env.path("anon_mapping.csv").exists() && env.idis().calls("create_job") == 0);
}
