//! `anon map`.

pub mod check;
mod chosen;
mod edit;
mod encodings;
mod files;
mod lists;
mod replace;
mod set;
mod study_folders;

use crate::support::{Env, Outcome};
use snapbox::str;

/// Fails unless the command ended with this status and says so on stderr.
#[track_caller]
fn complains(outcome: Outcome, status: i32, part: &str) -> Outcome {
    let outcome = outcome.assert_status(status);
    assert!(outcome.stderr.contains(part), "'{part}' is not complained of\n{}", outcome.story());
    outcome
}

fn env_with_mapping() -> Env {
    let env = Env::with_jobs();
    env.run("map init").assert_ok();
    env
}

#[test]
fn a_mapping_begins_is_shown_and_ends() {
    let env = Env::with_jobs();
    env.run("map status").assert(str![[r#"
exit 1
stderr:
  error: no mapping is active; create one with 'anon map init', or go to the folder that has one and run 'anon map activate'
"#]]);
    env.run("map init").assert(str![[r#"
exit 0
stdout:
  Initialised example mapping in ./anon_mapping.csv
  Activated mapping at ./anon_mapping.csv
files:
  + ./anon_mapping.csv
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    let text = env.read("anon_mapping.csv");
    assert!(text.contains("\r\n") && !text.replace("\r\n", "").contains('\n'), "CRLF everywhere: {text:?}");
    for option in ["project,Wetenschap-Algemeen\r\n", "destination_path,\\\\server\\share\\out\r\n"] {
        assert!(text.contains(option), "{text}");
    }
    assert!(env.read_settings().contains("anon_mapping.csv"), "{}", env.read_settings());
    env.run("map status").assert(str![[r#"
exit 0
stdout:
  Mapping at ./anon_mapping.csv
  Mapping created [..] by jane
  Parameter grid with 2 rows (showing at most 5):

  source                                    pseudo_name
  ----------------------------------------  -------------
  study_instance_uid:123.12121212.12345678  PatientA
  accession_number:12345678.1234567         PatientB
"#]]);
    env.answer("map delete", "y\n").assert(str![[r#"
exit 0
stdout:
  Removed mapping at ./anon_mapping.csv
stderr:
  This will delete './anon_mapping.csv', with no rows. Are you sure? [y/N]: y
files:
  - ./anon_mapping.csv
"#]]);
    env.run("map delete").assert(str![[r#"
exit 1
stderr:
  error: there is no mapping at './anon_mapping.csv'; create one with 'anon map init', or run 'anon map activate' in the folder that has one
"#]]);
}

#[test]
fn accession_numbers_are_typed_or_listed() {
    let env = env_with_mapping();
    env.run("map add-accession-numbers 111.222 333.444").assert(str![[r#"
exit 0
stdout:
  Adding accession_number:111.222
  Adding accession_number:333.444
  Done. Added 2 accession numbers
files:
  ~ ./anon_mapping.csv
"#]]);
    env.xlsx("numbers.xlsx");
    env.run("map add-accession-numbers -f numbers.xlsx").assert(str![[r#"
exit 0
stdout:
  Adding accession_number:1234567.12345678
  Adding accession_number:2234567.12345678
  Adding accession_number:3234567.12345678
  Done. Added 3 accession numbers
stderr:
  Read 3 rows from 'numbers.xlsx', sheet 'Sheet1': accession numbers from 'accession_number', pseudonyms from 'pseudonym'
files:
  ~ ./anon_mapping.csv
"#]]);
    env.run("map status").assert(str![[r#"
exit 0
stdout:
  Mapping at ./anon_mapping.csv
  Mapping created [..] by jane
  Parameter grid with 5 rows (showing at most 5):

  source                             pseudo_name
  ---------------------------------  -------------
  accession_number:111.222           [..]
  accession_number:333.444           [..]
  accession_number:1234567.12345678  studyA
  accession_number:2234567.12345678  studyB
  accession_number:3234567.12345678  studyC
"#]]);
    env.run("map add-accession-numbers").assert(str![[r#"
exit 1
stderr:
  error: no accession numbers given; name them: anon map add-accession-numbers 1234567.12345678, or '-f FILE'
"#]]);
}

#[test]
fn a_list_without_the_column_is_named_and_nothing_is_added() {
    let env = env_with_mapping();
    env.write("list.csv", "number;name\n1;2\n");
    let before = env.read("anon_mapping.csv");
    let outcome = complains(env.run("map add-accession-numbers -f list.csv"), 1, "list.csv");
    assert!(outcome.files.is_empty(), "{}", outcome.story());
    env.write("list.csv", "accession number;pseudonym\n1.1;A\n2.2;\n");
    complains(env.run("map add-accession-numbers -f list.csv"), 1, "list.csv, line 3");
    complains(env.run("map add-accession-numbers -f none.csv"), 1, "none.csv");
    assert_eq!(env.read("anon_mapping.csv"), before);
}

#[test]
fn selections_are_added_under_both_names() {
    let env = env_with_mapping();
    env.patients();
    env.anon(["select", "add", "*"]).cwd("patient1").run().assert_ok();
    env.anon(["select", "add", "*"]).cwd("patient2").run().assert_ok();
    env.run("map add-selection patient1/fileselection.txt").assert(str![[r#"
exit 0
stdout:
  Done. Added 'fileselection:patient1/fileselection.txt' to mapping
files:
  ~ ./anon_mapping.csv
"#]]);
    let absolute = env.path("patient2/fileselection.txt");
    env.anon(["map", "add-selection-file", absolute.to_str().unwrap()]).run().assert(str![[r#"
exit 0
stdout:
  Done. Added 'fileselection:patient2/fileselection.txt' to mapping
files:
  ~ ./anon_mapping.csv
"#]]);
    env.run("map add-selection patient3/fileselection.txt").assert(str![[r#"
exit 2
stderr:
  error: there is no file selection at 'patient3/fileselection.txt'; make one with 'anon select add PATTERN' in the folder of the data
"#]]);
}

#[test]
fn without_a_mapping_each_command_says_how_to_make_one() {
    let env = Env::with_jobs();
    env.dicom("p", "1.1", &["patient1/1.dcm"]);
    env.anon(["select", "add", "*"]).cwd("patient1").run().assert_ok();
    for command in [
        "status",
        "edit",
        "delete",
        "check",
        "add-accession-numbers 1.1",
        "add-study-folders patient1",
        "add-selection patient1/fileselection.txt",
        "set project P",
    ] {
        let outcome = complains(env.run(&format!("map {command}")), 1, "anon map init");
        assert!(outcome.files.is_empty(), "{}", outcome.story());
    }
}

#[test]
fn a_mapping_that_an_editor_has_open_is_left_alone() {
    let env = env_with_mapping();
    for mark in [".~lock.anon_mapping.csv#", ".anon_mapping.csv.swp"] {
        env.write(mark, "");
        env.run("map add-accession-numbers 1.2").assert(&format!(
            "
            exit 1
            stderr:
              error: './anon_mapping.csv' is open in an editor; close the editor and try again; if it is closed already, delete './{mark}'"
        ));
        std::fs::remove_file(env.path(mark)).unwrap();
    }
    env.run("map add-accession-numbers 1.2").assert_ok();
}

#[test]
fn a_new_mapping_has_all_defaults_and_no_empty_option() {
    let env = Env::new();
    let options = |defaults: &str| {
        env.write_settings(&format!("job_default_parameters: {defaults}\n"));
        env.answer("map init", "y\n").assert_ok();
        let text = env.read("anon_mapping.csv");
        let lines = text.lines().skip_while(|line| !line.contains("Options")).skip(1);
        lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(options("[]")[1..], ["project,Wetenschap-Algemeen", r"destination_path,\\server\share\folder"]);
    assert_eq!(
        options(r"['project,P', 'root_source_path,\\a\b', 'pims_key,5']"),
        [r"root_source_path,\\a\b", "project,P", r"destination_path,\\server\share\folder", "pims_key,5"]
    );
}
