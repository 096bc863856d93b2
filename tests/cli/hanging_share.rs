//! A share that is away, and does not say so.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::map::check::{OPTIONS, env_with};
use crate::support::{Anon, Env};

/// What keeps a program waiting for ever that looks below a folder.
fn hanging(env: &Env) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/programs/hanging_share.c");
    let library = env.home().join("hanging_share.so");
    // Rust programs are linked by it, too.
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).output().unwrap();
    assert!(compiled.status.success(), "{compiled:?}");
    library
}

fn with_share_away<'a>(env: &'a Env, library: &Path, line: &str) -> Anon<'a> {
    let share = env.work().join("share");
    env.anon(line.split_whitespace()).env("LD_PRELOAD", library).env("HANGS_BELOW", share)
}

#[test]
fn jobs_are_created_without_waiting_for_it() {
    let env = env_with(OPTIONS, "folder:share/a,,A\nfolder:here,,B\naccession_number:1.2,,C\n");
    env.write("share/a/1.dcm", "on a share");
    env.write("here/1.dcm", "on this computer");
    let library = hanging(&env);
    let started = Instant::now();
    let outcome = with_share_away(&env, &library, "create from-mapping").stdin("y\n").run().assert_ok();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
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
    let library = hanging(&env);
    let outcome = with_share_away(&env, &library, "create from-mapping --yes").run().assert_status(1);
    assert!(outcome.requests.is_empty(), "{}", outcome.story());
    let _ = outcome.assert_says(&["line 9: the fileselection has no files", "1 source did not answer within a second"]);
}
