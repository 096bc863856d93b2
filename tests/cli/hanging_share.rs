//! A share that is away, and does not say so.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::map::check::{OPTIONS, env_with};
use crate::support::{Env, Outcome};

/// What keeps a program waiting for ever that looks below a folder.
fn hanging(env: &Env) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/programs/hanging_share.c");
    let library = env.home().join("hanging_share.so");
    // Rust programs are linked by it, too.
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).output().unwrap();
    assert!(compiled.status.success(), "{compiled:?}");
    library
}

/// Runs a command while what is below `share` in the working folder does not answer.
fn run_without(env: &Env, share: &str, line: &str) -> Outcome {
    let share = format!("{}/{share}", env.work().display());
    let anon = env.anon(line.split_whitespace()).env("LD_PRELOAD", hanging(env)).env("HANGS_BELOW", share);
    let started = Instant::now();
    let outcome = anon.stdin("y\n").run();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    outcome
}

#[test]
fn jobs_are_created_without_waiting_for_it() {
    let env = env_with(OPTIONS, "folder:share/a,,A\nfolder:here,,B\naccession_number:1.2,,C\n");
    env.write("share/a/1.dcm", "on a share");
    env.write("here/1.dcm", "on this computer");
    let outcome = run_without(&env, "share", "create from-mapping").assert_ok();
    assert_eq!(outcome.requests.len(), 3, "{}", outcome.story());
    let warning = "warning: ./anon_mapping.csv: 1 source did not answer within a second, and may be missing; 'anon map check' waits for it";
    let question = outcome.stderr.find("This will create 3 jobs").unwrap();
    assert!(outcome.stderr.find(warning).is_some_and(|at| at < question), "{}", outcome.story());
    assert!(!outcome.stderr.contains("\ndata "), "there is no use in a second look: {}", outcome.story());
}

#[test]
fn what_is_wrong_elsewhere_is_told_all_the_same() {
    let env = env_with(OPTIONS, "folder:share/a,,A\nfileselection:here/fileselection.txt,,B\n");
    env.write("share/a/1.dcm", "on a share");
    env.write("here/fileselection.txt", "description: d\nid: '1'\nselected_paths: []\n");
    let outcome = run_without(&env, "share", "create from-mapping").assert_status(1);
    assert!(outcome.requests.is_empty(), "{}", outcome.story());
    let _ =
        outcome.assert_stderr(&["line 9: the fileselection has no files", "1 source did not answer within a second"]);
}

#[test]
fn files_that_cannot_be_opened_are_not_waited_for() {
    let env = env_with(OPTIONS, "folder:share/a,,A\n");
    env.write("share/a/1.dcm", "on a share");
    let outcome = run_without(&env, "share/a/", "create from-mapping").assert_ok();
    let _ = outcome.assert_stderr(&[
        "data     no answer within a second: 'anon map check --files' waits for it",
        "This will create 1 job on p01",
    ]);
}
