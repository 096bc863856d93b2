//! `anon map add-study-folders`.

use super::env_with_mapping;
use crate::support::Env;
use snapbox::str;

/// The folders that have a row, in the order of the mapping.
fn rows(env: &Env) -> Vec<String> {
    let name = |line: &str| Some(line.strip_prefix("fileselection:")?.split("/fileselection.txt").next()?.to_owned());
    env.read("anon_mapping.csv").lines().filter_map(name).collect()
}

/// The paths in the selection of a folder.
fn selected(env: &Env, folder: &str) -> Vec<String> {
    let text = env.read(format!("{folder}/fileselection.txt"));
    text.lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect()
}

/// A DICOM file of which only the first 132 bytes are in order, as far as anybody can read.
const BARE: [u8; 132] = {
    let mut bytes = [0; 132];
    [bytes[128], bytes[129], bytes[130], bytes[131]] = *b"DICM";
    bytes
};

#[test]
fn study_folders_become_selections() {
    let env = env_with_mapping();
    env.patients();
    env.write("folders.csv", "folder,pseudonym\npatient1,anon_patientA\npatient3\\study1,anon_patientB\n");
    env.run("map add-study-folders --input-file folders.csv").assert(
        r"
        exit 0
        stdout:
          Adding 2 folders to mapping
          Adding 'patient1' to mapping
          Finding all files in patient1
          Found 5 files. Finding out which ones are DICOM
          Found 4 DICOM files
          Adding 'patient3{/}study1' to mapping
          Finding all files in patient3{/}study1
          Found 3 files. Finding out which ones are DICOM
          Found 2 DICOM files
          Done. Added ['patient1', 'patient3{/}study1'] to mapping
        stderr:
          Read 2 rows from 'folders.csv': folders from 'folder', pseudonyms from 'pseudonym'
        files:
          ~ ./anon_mapping.csv
          + ./patient1/fileselection.txt
          + ./patient3/study1/fileselection.txt
        ",
    );
    env.run("map add-study-folders patient2/study1 patient4/raw/").assert(
        r"
        exit 0
        stdout:
          Adding 2 folders to mapping
          Adding 'patient2{/}study1' to mapping
          Finding all files in patient2{/}study1
          Found 3 files. Finding out which ones are DICOM
          Found 2 DICOM files
          Adding 'patient4{/}raw' to mapping
          Finding all files in patient4{/}raw
          Found 2 files. Finding out which ones are DICOM
          Found 2 DICOM files
          Done. Added ['patient2{/}study1', 'patient4{/}raw'] to mapping
        files:
          ~ ./anon_mapping.csv
          + ./patient2/study1/fileselection.txt
          + ./patient4/raw/fileselection.txt
        ",
    );
    env.run("map status").assert(str![[r#"
exit 0
stdout:
  Mapping at ./anon_mapping.csv
  Mapping created [..] by jane
  Parameter grid with 4 rows (showing at most 5):

  source                                           pseudo_name
  -----------------------------------------------  -------------
  fileselection:patient1/fileselection.txt         anon_patientA
  fileselection:patient3/study1/fileselection.txt  anon_patientB
  fileselection:patient2/study1/fileselection.txt  [..]
  fileselection:patient4/raw/fileselection.txt     [..]
"#]]);
    let selection = env.read("patient1/fileselection.txt");
    let paths = "selected_paths:\n- raw/1.dcm\n- raw/2.dcm\n- study1/1.2.3.4\n- study1/file1\n";
    assert!(selection.ends_with(paths), "{selection}");
}

#[test]
fn folders_are_found_by_wildcards() {
    let env = env_with_mapping();
    for folder in ["A/raw", "C/raw", "raw", "folderA1", "folderB1", "folderB2"] {
        env.dicom("p", "1.2", &[&format!("{folder}/1.dcm")]);
    }
    let rows = |env: &Env, from: usize| rows(env).split_off(from);
    env.anon(["map", "add-study-folders", "folder*1"]).run().assert_ok();
    assert_eq!(rows(&env, 0), ["folderA1", "folderB1"]);
    env.anon(["map", "add-study-folders", "**/raw"]).run().assert_ok();
    assert_eq!(rows(&env, 2), ["A/raw", "C/raw", "raw"]);
    env.anon(["map", "add-study-folders", "folder*2", "A/raw"]).run().assert_ok();
    assert_eq!(rows(&env, 5), ["folderB2", "A/raw"]);
    let before = env.files();
    env.anon(["map", "add-study-folders", "missing"]).run().assert_status(2).assert_stderr(&["missing"]);
    env.anon(["map", "add-study-folders", "missing*"]).run().assert_status(2).assert_stderr(&["missing*"]);
    assert_eq!((rows(&env, 0).len(), env.files()), (7, before));
}

#[test]
fn unchecked_folders_go_by_name() {
    let env = env_with_mapping();
    env.dicom("p", "1.2", &["study/a.dcm", "study/noextension", "study/1.2.840.113619.2.5", "study/sub/b.DCM"]);
    env.write("study/fake.dcm", "this is no dicom file");
    env.write("study/readme.txt", "hello");
    let paths = |env: &Env| selected(env, "study");
    env.run("map add-study-folders --no-check-dicom study").assert_ok();
    assert_eq!(paths(&env), ["1.2.840.113619.2.5", "a.dcm", "fake.dcm", "noextension", "sub/b.DCM"]);
    env.run("map add-study-folders --check-dicom study").assert_ok();
    assert_eq!(paths(&env), ["1.2.840.113619.2.5", "a.dcm", "noextension", "sub/b.DCM"]);
}

#[test]
fn two_patients_in_a_folder_are_warned_of_or_refused() {
    let env = env_with_mapping();
    env.dicom("one", "1.1", &["both/1.dcm"]);
    env.dicom("two", "1.2", &["both/2.dcm"]);
    env.run("map add-study-folders both --one-patient").assert(str![[r#"
exit 1
stdout:
  Adding 1 folder to mapping
stderr:
  error: the files in 'both' belong to 2 patients in 2 studies; give each patient a folder (or a selection) of its own; nothing was added
"#]]);
    env.run("map add-study-folders both").assert(str![[r#"
exit 0
stdout:
  Adding 1 folder to mapping
  Adding 'both' to mapping
  Finding all files in both
  Found 2 files. Finding out which ones are DICOM
  Found 2 DICOM files
  Done. Added ['both'] to mapping
stderr:
  warning: the files in 'both' belong to 2 patients in 2 studies; all would get one pseudonym
files:
  ~ ./anon_mapping.csv
  + ./both/fileselection.txt
"#]]);
}

#[test]
fn a_folder_that_is_named_twice_becomes_one_row() {
    let env = env_with_mapping();
    env.patients();
    env.anon(["map", "add-study-folders", "patient1", "patient1", "patient1*"]).run().assert_ok();
    assert_eq!(rows(&env), ["patient1"]);
    env.write("folders.csv", "folder\npatient2\npatient2/\n./patient2\npatient1/../patient2\n");
    env.run("map add-study-folders -f folders.csv --only-missing").assert(str![[r#"
exit 0
stdout:
  Adding 1 folder to mapping
  Adding 'patient2' to mapping
  Finding all files in patient2
  Found 5 files. Finding out which ones are DICOM
  Found 4 DICOM files
  Done. Added ['patient2'] to mapping
stderr:
  Read 4 rows from 'folders.csv': folders from 'folder', no pseudonym column: made up 4
  'patient2' is named twice: it gets one row
  './patient2' is the same folder as 'patient2': it gets one row
  'patient1/../patient2' is the same folder as 'patient2': it gets one row
  0 folders already in the mapping
files:
  ~ ./anon_mapping.csv
  + ./patient2/fileselection.txt
"#]]);
    assert_eq!(rows(&env), ["patient1", "patient2"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_that_folder() {
    let env = env_with_mapping();
    env.patients();
    std::os::unix::fs::symlink("patient1", env.path("link")).unwrap();
    env.run("map add-study-folders link patient1")
        .assert_ok()
        .assert_stderr(&["'patient1' is the same folder as 'link'"]);
    assert_eq!(rows(&env), ["link"]);
}

#[test]
fn two_pseudonyms_for_one_folder_are_an_error_with_its_line() {
    let env = env_with_mapping();
    env.patients();
    env.write("folders.csv", "folder,pseudonym\npatient1,A\npatient2,B\n./patient1,C\npatient2,B\n");
    let outcome = env.run("map add-study-folders -f folders.csv").assert_status(1);
    let outcome =
        outcome.assert_stderr(&["folders.csv, line 4: './patient1' is the same folder as 'patient1', with another"]);
    assert!(outcome.files.is_empty(), "{}", outcome.story());
    // One that is typed takes the pseudonym of the list.
    env.write("folders.csv", "folder,pseudonym\npatient1,A\n");
    env.run("map add-study-folders patient1 -f folders.csv").assert_ok();
    assert!(env.read("anon_mapping.csv").contains("patient1/fileselection.txt,A,"), "{}", env.read("anon_mapping.csv"));
}

#[test]
fn a_folder_without_dicom_gets_no_row_unless_asked() {
    let env = env_with_mapping();
    env.patients();
    env.write("notes/readme.txt", "no image");
    env.write("notes/old.dcm", "no preamble");
    env.run("map add-study-folders patient1 notes").assert(str![[r#"
exit 1
stdout:
  Adding 2 folders to mapping
  Adding 'patient1' to mapping
  Finding all files in patient1
  Found 5 files. Finding out which ones are DICOM
  Found 4 DICOM files
  Done. Added ['patient1'] to mapping
stderr:
  warning: 'notes': 1 .dcm file without the DICOM preamble left out: old.dcm
  error: there is no DICOM file in 'notes' (2 files), so it gets no row; check the folder, or add it anyway with '--allow-empty'
  error: 1 of 2 folders was not added; run the same command again with '--only-missing' for the rest
files:
  ~ ./anon_mapping.csv
  + ./patient1/fileselection.txt
"#]]);
    env.run("map add-study-folders notes --allow-empty").assert_ok().assert_stdout(&["Found 0 DICOM files"]);
    assert_eq!((rows(&env).len(), selected(&env, "notes").len()), (2, 0));
}

#[test]
fn only_folders_without_a_row_are_added_when_asked() {
    let env = env_with_mapping();
    env.patients();
    env.run("map add-study-folders patient2").assert_ok();
    let again = ["map", "add-study-folders", "patient*", "--only-missing"];
    env.anon(again)
        .run()
        .assert_ok()
        .assert_stdout(&["Adding 3 folders"])
        .assert_stderr(&["1 folder already in the mapping"]);
    assert_eq!(rows(&env), ["patient2", "patient1", "patient3", "patient4"]);
    let before = env.read("anon_mapping.csv");
    env.anon(again).run().assert(str![[r#"
exit 0
stdout:
  Nothing to add
stderr:
  4 folders already in the mapping
"#]]);
    assert_eq!(env.read("anon_mapping.csv"), before);
}

#[test]
fn what_is_left_out_or_doubtful_is_told_by_name() {
    let env = env_with_mapping();
    env.dicom("p", "1.2", &["study/1.dcm", "study/disc/DICOMDIR"]);
    env.write("study/a.dcm", "no preamble");
    env.write("study/bare", BARE);
    env.run("map add-study-folders study").assert(str![[r#"
exit 0
stdout:
  Adding 1 folder to mapping
  Adding 'study' to mapping
  Finding all files in study
  Found 4 files. Finding out which ones are DICOM
  Found 3 DICOM files
  Done. Added ['study'] to mapping
stderr:
  warning: 'study': 1 file selected without knowing the patient, as the DICOM header cannot be read: bare
  warning: 'study': 1 .dcm file without the DICOM preamble left out: a.dcm
  warning: 'study': 1 DICOMDIR file selected, which names all patients on a disc: disc/DICOMDIR; leave it out with --exclude-pattern '*DICOMDIR'
files:
  ~ ./anon_mapping.csv
  + ./study/fileselection.txt
"#]]);
    env.anon(["map", "add-study-folders", "study", "--exclude-pattern", "*DICOMDIR", "-e", "bare"]).run().assert_ok();
    assert_eq!(selected(&env, "study"), ["1.dcm"]);
    env.run("map add-study-folders study --one-patient")
        .assert_status(1)
        .assert_stderr(&["'study': 1 file selected without"]);
    let unchecked = env.run("map add-study-folders study --one-patient --no-check-dicom").assert_status(2);
    assert!(unchecked.files.is_empty(), "{}", unchecked.story());
}

#[test]
fn a_missing_patient_id_and_another_name_are_two_patients() {
    let env = env_with_mapping();
    env.dicom("", "1.2", &["without/1.dcm"]);
    env.dicom("p1", "1.2", &["without/2.dcm"]);
    let says = "'without' holds 1 file without a PatientID, and others with one";
    env.run("map add-study-folders without").assert_ok().assert_stderr(&["warning: ", says]);
    env.run("map add-study-folders without --one-patient").assert_status(1).assert_stderr(&[says]);
    // The name is made of the PatientID, and here that is spoilt afterwards: the same for both, or gone.
    for (id, says) in [("XX", "the same PatientID"), ("  ", "no PatientID")] {
        for patient in ["p1", "p2"] {
            let mut bytes = anonapi::testing::dicom_file(patient, "1.2", "1.2.3");
            let element = [b"\x10\0\x20\0LO\x02\0", patient.as_bytes()].concat();
            let at = bytes.windows(10).position(|window| window == element).unwrap();
            bytes[at + 8..at + 10].copy_from_slice(id.as_bytes());
            env.write(format!("names/{patient}.dcm"), bytes);
        }
        let says = format!("files in 'names' with {says} have 2 different names or birth dates");
        env.run("map add-study-folders names").assert_ok().assert_stderr(&["warning: ", &says]);
        env.run("map add-study-folders names --one-patient").assert_status(1).assert_stderr(&[&says]);
    }
}

#[test]
fn a_selection_is_replaced_and_nothing_else_is() {
    let env = env_with_mapping();
    env.patients();
    env.write("patient1/fileselection.txt", "my notes, typed over years\n");
    let outcome =
        env.run("map add-study-folders patient1").assert_status(1).assert_stderr(&["patient1/fileselection.txt"]);
    assert!(outcome.files.is_empty(), "{}", outcome.story());
    env.write("patient1/fileselection.txt", "description: mine\nid: '1'\nselected_paths:\n- gone.dcm\n");
    env.run("map add-study-folders patient1").assert_ok();
    let text = env.read("patient1/fileselection.txt");
    assert!(text.starts_with("description: mine\nid: '1'\nselected_paths:\n- raw/1.dcm\n"), "{text}");
}

#[test]
fn a_mapping_that_cannot_be_written_is_known_before_the_scan() {
    let env = env_with_mapping();
    env.patients();
    env.write(".~lock.anon_mapping.csv#", "");
    let outcome = env.run("map add-study-folders patient1").assert_status(1).assert_stderr(&["is open in an editor"]);
    assert!(outcome.files.is_empty() && outcome.stdout.is_empty(), "{}", outcome.story());
}

#[cfg(unix)]
#[test]
fn folders_keep_a_space_and_are_found_however_accents_are_written() {
    let env = env_with_mapping();
    env.dicom("p", "1.2", &[" p/1.dcm", "Andre\u{301}/1.dcm", "\u{e9}t\u{e9}/raw/1.dcm"]);
    env.anon(["map", "add-study-folders", " p", "Andr\u{e9}", "e\u{301}t*/raw"]).run().assert_ok();
    assert_eq!(rows(&env), [" p", "Andre\u{301}", "\u{e9}t\u{e9}/raw"]);
    env.write("folders.csv", "folder\nAndr\u{e9}\n");
    env.run("map add-study-folders -f folders.csv").assert_ok();
    assert_eq!(rows(&env)[3], "Andre\u{301}");
    env.set_option("root_source_path", r"\\server\share\data");
    let outcome = env.answer("create from-mapping", "y\n").assert_ok();
    let sent: Vec<_> = outcome.requests.iter().filter_map(|request| request.param("source_path")).collect();
    assert!(sent[0].ends_with(r"\\server\share\data\ p\fileselection.txt"), "{sent:?}");
}

#[cfg(unix)]
#[test]
fn names_that_windows_does_not_know_are_told() {
    let env = env_with_mapping();
    env.dicom("p", "1.2", &["p./1.dcm", "q/a /2.dcm"]);
    env.run("map add-study-folders p. q").assert_ok().assert_stderr(&[
        "warning: 'p.': it ends in a dot or a space, which Windows drops\n",
        "warning: 'q': 1 file selected with a name that ends in a dot or a space, which Windows drops: a /2.dcm\n",
    ]);
}

#[cfg(unix)]
#[test]
fn links_are_told_and_followed_when_asked() {
    use std::os::unix::fs::symlink;
    let env = env_with_mapping();
    env.dicom("p", "1.2", &["study/1.dcm", "elsewhere/2.dcm"]);
    symlink("../elsewhere", env.path("study/more")).unwrap();
    symlink("..", env.path("study/up")).unwrap();
    symlink("gone", env.path("study/nothing")).unwrap();
    let outcome = env.run("map add-study-folders study").assert_ok();
    let outcome = outcome.assert_stderr(&[
        "warning: 'study': 1 dead link left out: nothing\n",
        "warning: 'study': 2 linked folders not searched: more, up; search it with --follow-links\n",
    ]);
    assert_eq!(selected(&env, "study"), ["1.dcm"], "{}", outcome.story());
    std::fs::remove_file(env.path("study/up")).unwrap();
    symlink(".", env.path("study/round")).unwrap();
    env.run("map add-study-folders study --follow-links").assert_ok();
    assert_eq!(selected(&env, "study"), ["1.dcm", "more/2.dcm"]);
}

/// A name that is no text can be seen and not be selected, whoever runs the tests.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_makes_its_folder_fail_unless_it_is_skipped() {
    use std::os::unix::ffi::OsStrExt;
    let env = env_with_mapping();
    env.dicom("p", "1.2", &["a/1.dcm", "b/1.dcm"]);
    let odd = std::ffi::OsStr::from_bytes(b"b/\xe9.dcm");
    std::fs::copy(env.path("b/1.dcm"), env.path(odd)).unwrap();
    let outcome = env.run("map add-study-folders a b").assert_status(1);
    let outcome = outcome.assert_stderr(&[
        r"'\xe9.dcm'",
        "take the other files with '--skip-unreadable'",
        "1 of 2 folders was not added",
    ]);
    assert_eq!(
        (rows(&env), env.path("b/fileselection.txt").exists()),
        (vec!["a".to_owned()], false),
        "{}",
        outcome.story()
    );
    env.run("map add-study-folders a b --only-missing --skip-unreadable")
        .assert_ok()
        .assert_stderr(&[r"warning: 'b': 1 unreadable item left out: \xe9.dcm"]);
    assert_eq!((rows(&env), selected(&env, "b")), (vec!["a".to_owned(), "b".to_owned()], vec!["1.dcm".to_owned()]));
}

/// Ctrl-C while the second of two folders is scanned: the first one gets its row, and what did not is told.
#[cfg(unix)]
#[test]
fn an_interrupted_scan_keeps_what_is_done() {
    let env = env_with_mapping();
    env.dicom("p", "1.2", &["a/1.dcm", "b/0"]);
    (1..20_000).for_each(|n| std::fs::hard_link(env.path("b/0"), env.path(format!("b/{n}"))).unwrap());
    let mut command = env.anon(["map", "add-study-folders", "--concurrency", "1", "a", "b"]).command();
    let anon = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    while !env.path("a/fileselection.txt").exists() {
        std::thread::yield_now();
    }
    // SAFETY: the process is ours and has not been waited for.
    assert_eq!(unsafe { libc::kill(anon.id().try_into().unwrap(), libc::SIGINT) }, 0);
    let output = anon.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let says = "error: interrupted: 1 of 2 folders was not added; run the same command again with '--only-missing' for the rest";
    assert!(stderr.contains(says), "{stderr}");
    assert_eq!((rows(&env), env.path("b/fileselection.txt").exists()), (vec!["a".to_owned()], false));
}
