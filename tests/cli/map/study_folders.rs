//! `anon map add-study-folders`.

use super::env_with_mapping;
use crate::support::Env;

#[test]
fn study_folders_become_selections() {
    let env = env_with_mapping();
    env.patients();
    env.write("folders.csv", "folder,pseudonym\npatient1,anon_patientA\npatient3\\study1,anon_patientB\n");
    env.run("map add-study-folders --input-file folders.csv").assert(
        r"
        exit 0
        stdout:
          Adding 2 paths to mapping
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
          Read 2 rows from 'folders.csv'
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
          Adding 2 paths to mapping
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
    env.run("map status").assert(
        r"
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
        ",
    );
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
    // What one wildcard finds comes in the order of the disk's listings.
    let rows = |env: &Env, from: usize| {
        let text = env.read("anon_mapping.csv");
        let name =
            |line: &str| Some(line.strip_prefix("fileselection:")?.split("/fileselection.txt").next()?.to_owned());
        let mut rows: Vec<String> = text.lines().filter_map(name).skip(from).collect();
        rows.sort();
        rows
    };
    env.anon(["map", "add-study-folders", "folder*1"]).run().assert_ok();
    assert_eq!(rows(&env, 0), ["folderA1", "folderB1"]);
    env.anon(["map", "add-study-folders", "**/raw"]).run().assert_ok();
    assert_eq!(rows(&env, 2), ["A/raw", "C/raw", "raw"]);
    env.anon(["map", "add-study-folders", "folder*2", "A/raw"]).run().assert_ok();
    assert_eq!(rows(&env, 5), ["A/raw", "folderB2"]);
    let before = env.files();
    env.anon(["map", "add-study-folders", "missing"]).run().assert_status(2).assert_says(&["missing"]);
    env.anon(["map", "add-study-folders", "missing*"]).run().assert_status(2).assert_says(&["missing*"]);
    assert_eq!((rows(&env, 0).len(), env.files()), (7, before));
}

#[test]
fn unchecked_folders_go_by_name() {
    let env = env_with_mapping();
    env.dicom("p", "1.2", &["study/a.dcm", "study/noextension", "study/1.2.840.113619.2.5", "study/sub/b.DCM"]);
    env.write("study/fake.dcm", "this is no dicom file");
    env.write("study/readme.txt", "hello");
    let paths = |env: &Env| {
        let text = env.read("study/fileselection.txt");
        text.lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect::<Vec<_>>()
    };
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
    env.run("map add-study-folders both --one-patient").assert(
        r"
        exit 1
        stdout:
          Adding 1 paths to mapping
        stderr:
          error: the files in 'both' belong to 2 patients; give each patient a folder (or a selection) of its own; nothing was added
        ",
    );
    env.run("map add-study-folders both").assert(
        r"
        exit 0
        stdout:
          Adding 1 paths to mapping
          Adding 'both' to mapping
          Finding all files in both
          Found 2 files. Finding out which ones are DICOM
          Found 2 DICOM files

          Done. Added ['both'] to mapping
        stderr:
          warning: the files in 'both' belong to 2 patients in 2 studies, and would all get one pseudonym
        files:
          ~ ./anon_mapping.csv
          + ./both/fileselection.txt
        ",
    );
}

#[test]
fn a_folder_that_is_named_twice_becomes_one_row() {
    let env = Env::with_jobs();
    env.patients();
    env.run("map init").assert_ok();
    env.anon(["map", "add-study-folders", "patient1", "patient1", "patient1*"]).run().assert_ok();
    assert_eq!(env.read("anon_mapping.csv").matches("fileselection:patient1/").count(), 1);
}
