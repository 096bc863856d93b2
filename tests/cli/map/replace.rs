//! What becomes of a mapping that is overwritten or deleted.

use std::io::Write;
use std::process::Stdio;

use super::{complains, env_with_mapping};
use crate::support::Env;
use snapbox::str;

#[test]
fn a_mapping_that_is_overwritten_is_kept() {
    let env = env_with_mapping();
    env.run("map add-accession-numbers 111.222").assert_ok();
    let before = env.read("anon_mapping.csv");
    env.answer("map init", "n\n").assert(str![[r#"
exit 0
stderr:
  Mapping file already exists. Overwrite? [y/N]: n
  Cancelled: the mapping stays as it is
"#]]);
    complains(env.run("map init"), 1, "no answer: nothing was done");
    assert_eq!(env.read("anon_mapping.csv"), before);
    env.answer("map init", "y\n").assert(str![[r#"
exit 0
stdout:
  Initialised example mapping in ./anon_mapping.csv
  Activated mapping at ./anon_mapping.csv
stderr:
  Mapping file already exists. Overwrite? [y/N]: y
  The old mapping is kept as './anon_mapping.csv.bak'
files:
  ~ ./anon_mapping.csv
  + ./anon_mapping.csv.bak
"#]]);
    assert!(!env.read("anon_mapping.csv").contains("111.222"));
    env.answer("map init", "y\n").assert_ok();
    complains(env.run("map init --yes"), 0, "kept as './anon_mapping.csv.bak2'");
    assert_eq!(env.read("anon_mapping.csv.bak"), before);
}

#[test]
fn deleting_asks_and_names_the_file_and_its_rows() {
    let env = env_with_mapping();
    env.run("map add-accession-numbers 1.1 2.2").assert_ok();
    let question = "This will delete './anon_mapping.csv', with 2 rows. Are you sure? [y/N]:";
    env.run("map delete").assert(&format!("exit 1\nstderr:\n  {question}\n  error: no answer: nothing was done; [..]"));
    env.answer("map delete", "n\n")
        .assert(&format!("exit 0\nstderr:\n  {question} n\n  Cancelled: the mapping stays as it is"));
    env.run("map delete --yes").assert(&format!("exit 0\nstdout:\n  Removed mapping at ./anon_mapping.csv\nstderr:\n  {question} y\nfiles:\n  - ./anon_mapping.csv"));
    env.write("anon_mapping.csv", "PK\u{3}\u{4} a workbook");
    let outcome = env.run("map delete --yes").assert_ok();
    assert!(outcome.stderr.contains("which cannot be read as a mapping"), "{}", outcome.story());
}

/// Runs a command that asks; something else happens to the mapping before it is answered.
fn changed_before_the_answer(env: &Env, line: &[&str], change: impl FnOnce()) -> (i32, String) {
    let mut child = env.anon(line).command().stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let mut said = vec![];
    // Only then has it looked at the file.
    while !String::from_utf8_lossy(&said).contains("[y/N]") {
        let mut byte = [0];
        std::io::Read::read_exact(&mut stderr, &mut byte).unwrap();
        said.push(byte[0]);
    }
    change();
    child.stdin.take().unwrap().write_all(b"y\n").unwrap();
    std::io::Read::read_to_end(&mut stderr, &mut said).unwrap();
    (child.wait().unwrap().code().unwrap(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn what_another_anon_adds_meanwhile_is_kept() {
    for (line, verb) in [(["map", "init"], "overwritten"), (["map", "delete"], "deleted")] {
        let env = env_with_mapping();
        let add = || env.run("map add-accession-numbers 7.7").assert_ok();
        let (status, stderr) = changed_before_the_answer(&env, &line, || drop(add()));
        assert_eq!(status, 1, "{stderr}");
        assert!(stderr.contains(&format!("has changed in the meantime, so it was not {verb}")), "{stderr}");
        assert!(env.read("anon_mapping.csv").contains("accession_number:7.7"), "{line:?}");
    }
}

#[test]
fn a_mapping_that_an_editor_has_open_is_neither_overwritten_nor_deleted_nor_changed() {
    let env = env_with_mapping();
    env.write(".~lock.anon_mapping.csv#", "");
    for line in ["map init --yes", "map delete --yes", "map set project P", "map add-selection a/fileselection.txt"] {
        env.write("a/fileselection.txt", "selected_paths:\n- 1.dcm\n");
        let outcome = env.run(line).assert_status(1);
        assert!(outcome.stderr.contains("is open in an editor"), "{}", outcome.story());
        assert!(outcome.files.is_empty(), "{}", outcome.story());
    }
}
