//! Lists that are piped in, and what would be done: for commands in scripts.

use crate::support::Env;
use snapbox::str;

#[test]
fn ids_come_from_standard_input_however_they_are_written() {
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    env.answer("batch add -", "\u{feff}1\r\n\r\n# the second week\r\n 4-6 \r\n2,3 # twice\r\n").assert(str![[r#"
exit 0
stdout:
  Added 1,4-6,2-3 to batch
files:
  ~ ./.anonbatch
"#]]);
    env.answer("batch remove -", "2\n3\n").assert_ok().assert_stdout(&["Removed 2-3 from batch"]);
    env.answer("job list -", "4\r6\r").assert(str![[r#"
exit 0
stdout:
    id  date                 status      down    proc  user
  ----  -------------------  --------  ------  ------  -------
     4  2016-08-26T15:04:04  UPLOADED      40       0  z123456
     6  2016-08-26T15:04:06  ERROR         60       0  z123456
requests:
  GET p01/get_jobs_list job_ids=4 job_ids=6 user_name=z123456
"#]]);
    env.answer("job info -", "1\n").assert_ok().assert_stdout(&["job 1 on p01"]);
    env.answer("job reset - --yes", "5").assert_ok().assert_stdout(&["Reset job 5"]);
    env.answer("job cancel 1 - --yes", "2").assert_ok().assert_stdout(&["Cancelled job 1", "Cancelled job 2"]);
    let outcome = env.anon(["job", "set-opt-out-ignore", "-", "signed consent", "--yes"]).stdin("2\n").run();
    outcome.assert_ok().assert_stdout(&["Set opt-out ignore for job 2"]);
}

#[cfg(unix)]
#[test]
fn powershell_pipes_utf_16() {
    use std::io::Write;
    use std::process::Stdio;
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    let mut command = env.anon(["batch", "add", "-"]).command();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let text: Vec<u8> = "\u{feff}1\r\n2\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    child.stdin.take().unwrap().write_all(&text).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Added 1-2 to batch\n");
}

#[test]
fn a_question_cannot_be_answered_where_the_list_is() {
    let env = Env::with_jobs();
    env.answer("job reset -", "1\ny\n")
        .assert_status(1)
        .assert_stderr(&["standard input, line 2: 'y' is not a job id"]);
    env.answer("job reset -", "1\n2\n").assert(str![[r#"
exit 1
stderr:
  This will reset 2 jobs on p01: 1-2. Are you sure? [y/N]:
  error: the list is on standard input, so the question cannot be answered: nothing was done; answer it with '--yes'
"#]]);
}

#[test]
fn what_is_wrong_with_a_list_is_told_at_once() {
    let env = Env::with_jobs();
    env.answer("job reset - --yes", "1\nx\n\n0\n").assert(str![[r#"
exit 1
stderr:
  error: standard input, line 2: 'x' is not a job id: expected a number (4), a range (4-6) or a list (1,4-6)
  standard input, line 4: '0' is not a job id: they are numbers from 1 on
"#]]);
    for command in ["job reset - -y", "job info -", "batch add -", "batch remove -"] {
        let _ = env.run("batch init");
        let outcome = env.answer(command, "\n# nothing\n").assert_status(1);
        assert!(outcome.requests.is_empty() && outcome.files.is_empty(), "{}", outcome.story());
        let _ = outcome.assert_stderr(&["there are no job ids on standard input: nothing was done"]);
    }
}

#[test]
fn accession_numbers_and_folders_are_piped_in() {
    let env = Env::with_jobs();
    env.patients();
    env.run("map init").assert_ok();
    env.answer("map add-accession-numbers -", "\u{feff}1234567.1\r\n# more\r\n1234567.2\r\n").assert(str![[r#"
exit 0
stdout:
  Adding accession_number:1234567.1
  Adding accession_number:1234567.2
  Done. Added 2 accession numbers
files:
  ~ ./anon_mapping.csv
"#]]);
    let outcome = env.answer("map add-accession-numbers -", "1234567.3\n1.23457E+15\n").assert_status(1);
    assert!(outcome.files.is_empty(), "all or nothing: {}", outcome.story());
    let _ = outcome.assert_stderr(&["standard input, line 2:", "1.23457E+15"]);
    env.answer("map add-accession-numbers -", "").assert_status(1).assert_stderr(&["no accession numbers given"]);

    let outcome = env.answer("map add-study-folders -", "patient1\r\npatient2\\study1\r\n\r\n").assert_ok();
    let _ = outcome.assert_stdout(&["Adding 2 folders to mapping", "Adding 'patient1' to mapping"]);
    let mapping = env.read("anon_mapping.csv");
    assert!(mapping.contains("fileselection:patient2") && mapping.contains("fileselection:patient1"), "{mapping}");
    let outcome = env.answer("map add-study-folders -", "patient3\nmissing\n").assert_status(1);
    assert!(outcome.files.is_empty(), "{}", outcome.story());
    let _ = outcome.assert_stderr(&["standard input, line 2:", "missing"]);
    env.answer("map add-study-folders -", "").assert_status(1).assert_stderr(&["no folders given"]);
}

#[test]
fn a_dry_run_changes_nothing() {
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    env.run("batch add 1-7").assert_ok();
    for (command, would) in [
        ("job reset 1,3-4", "This would reset 3 jobs on p01: 1,3-4"),
        ("job cancel 2", "This would cancel job 2 on p01"),
        ("job set-opt-out-ignore 2 signed", "This would set opt-out ignore 'signed' for job 2 on p01"),
        ("batch reset", "This would reset 7 jobs on p01: {url}/p01: 1-7"),
        ("batch cancel", "This would cancel 7 jobs on p01: {url}/p01: 1-7"),
        ("batch cancel-active", "This would cancel 2 jobs on p01: {url}/p01: 5,7"),
        ("batch reset-error", "This would reset 2 jobs on p01: {url}/p01: 2,6"),
    ] {
        let outcome = env.run(&format!("{command} --dry-run")).assert_ok();
        assert_eq!(outcome.stdout.trim_end(), would);
        assert!(outcome.requests.iter().all(|call| call.method == "GET"), "{}", outcome.story());
        let acted = env.run(&format!("{command} --dry-run --json")).assert_ok().json("acted");
        assert!(acted["dry_run"] == true && acted["done"] == serde_json::json!([]), "{acted}");
        assert!(!acted["not_tried"].as_array().unwrap().is_empty(), "{acted}");
    }
}

#[test]
fn what_is_not_there_is_an_error() {
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    env.run("batch add 3").assert_ok();
    for command in ["job list 99999", "job info 99999", "job info", "batch remove 99999", "batch reset-error -y"] {
        let outcome = env.run(command).assert_status(1);
        assert!(outcome.stderr.starts_with("error: ") && outcome.files.is_empty(), "{}", outcome.story());
    }
    env.run("batch remove 3 99999").assert_ok().assert_stderr(&["not in the batch: 99999"]);
}
