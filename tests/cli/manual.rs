//! Every command line that AnonAPI's manual prints works as printed.
//!
//! Each test is a part of the manual, in a folder in which its commands can succeed.

use anonapi::api::JobId;
use anonapi::testing::{FakeIdis, FakeJob};

use crate::support::{Env, Outcome};

/// Cuts a line at its spaces, except between double quotes.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('"').enumerate().flat_map(|(index, part)| match index % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    quoted.collect()
}

/// Runs a line as printed; questions are answered with `Y`, as the manual does.
#[track_caller]
fn run(env: &Env, line: &str) -> Outcome {
    let words = words(line);
    assert_eq!(words[0], "anon", "{line}");
    env.anon(&words[1..]).stdin("Y\nY\n").run()
}

/// Runs lines that succeed.
#[track_caller]
fn works(env: &Env, lines: &[&str]) {
    for line in lines {
        run(env, line).assert_ok();
    }
}

/// A user of `server1` and `server2`, which have the jobs that the manual speaks of.
fn env() -> Env {
    let jobs = [123, 1234].map(|id| FakeJob::new(JobId(id)));
    let env = Env::with_idis(jobs.into_iter().fold(FakeIdis::builder().jobs(35), |builder, job| builder.job(job)));
    let (one, two) = (env.idis().url("p01"), env.idis().url("p02"));
    env.settings_for(&[("server1", &one), ("server2", &two)]);
    env
}

/// What the manual changes in the editor.
fn edit(env: &Env, rows: &str) {
    let head = "## Description ##\nMapping created February 12 2020\n\n## Options ##\nroot_source_path, \\\\server\\share\\data\n\
                project,          Wetenschap-Algemeen\ndestination_path, \\\\server\\share\\myoutput\n\n## Mapping ##\n";
    env.write("anon_mapping.csv", format!("{head}source,           patient_id, patient_name, description\n{rows}"));
}

#[test]
fn quick_start() {
    let env = env();
    works(
        &env,
        &[
            "anon settings user set-username z1234",
            "anon server add server1 https://anonapi",
            "anon server activate server1",
        ],
    );
    // The address of the manual's example is nobody's.
    env.settings();
    works(&env, &["anon server jobs"]);
}

#[test]
fn getting_started() {
    let env = Env::new();
    works(
        &env,
        &[
            "anon server add server1 https://anonapi.org/server1",
            "anon server list",
            "anon server activate server1",
            "anon settings user set-username z1234567",
            "anon settings user get-token",
        ],
    );
}

#[test]
fn usage() {
    let env = env();
    works(
        &env,
        &[
            "anon job info 1234",
            "anon server activate server2",
            "anon job",
            "anon settings",
            "anon job info --help",
            "anon server activate --help",
            "anon server jobs",
            "anon job info 123",
            "anon job reset 123",
            "anon job cancel 123",
            "anon batch init",
            "anon batch add 10 11 13",
            "anon batch add 20-35",
            "anon batch status",
            "anon batch",
        ],
    );
}

#[test]
fn usage_pacs() {
    let env = env();
    works(&env, &["anon map init", "anon map edit"]);
    edit(
        &env,
        "accession_number:123456.1234567, 001,      Patient2,      Test PACS project\n\
         accession_number:123456.2234568, 002,      Patient2,      Test PACS project\n\
         study_instance_uid:123.1232.23.24, 003,      Patient3,      Test PACS project\n",
    );
    let outcome = run(&env, "anon create from-mapping").assert_ok();
    let told = "This will create 3 jobs on server1, for projects 'Wetenschap-Algemeen'";
    let _ = outcome.assert_stdout(&["Done"]).assert_stderr(&[told]);
    works(&env, &["anon batch status"]);
}

#[test]
fn usage_share() {
    let env = env();
    for folder in ["patient1/study", "patient2/study", "patient3/study_fixed"] {
        env.dicom(folder, "1.2.3", &[&format!("{folder}/file1"), &format!("{folder}/file2")]);
    }
    works(&env, &["anon map init", "anon map edit"]);
    edit(&env, "");
    works(
        &env,
        &[
            "anon map add-study-folders patient1/study patient2/study patient3/study_fixed",
            "anon map edit",
            "anon create from-mapping",
            "anon batch status",
        ],
    );
    assert_eq!(env.idis().calls("create_job"), 3);
}

#[test]
fn tutorial_pacs() {
    let env = env();
    env.xlsx("accession_numbers.xlsx");
    works(
        &env,
        &[
            "anon map init",
            "anon map add-accession-numbers --input-file accession_numbers.xlsx",
            "anon map edit",
            "anon create from-mapping",
            "anon batch status",
            "anon batch show-error",
        ],
    );
    assert_eq!(env.idis().calls("create_job"), 3);
}

#[test]
fn tutorial_share() {
    let env = env();
    env.patients();
    works(&env, &["anon map init"]);
    let line = r#"anon map add-study-folders --input-file "C:\project_folder\folders.xlsx""#;
    // A drive C: is on Windows only; elsewhere a file of that name does.
    if cfg!(windows) {
        run(&env, line).assert_status(1).assert_stderr(&["folders.xlsx"]);
    } else {
        env.write(r"C:\project_folder\folders.xlsx", include_bytes!("../fixtures/anonapi/folders.xlsx"));
        works(&env, &[line]);
        env.set_option("root_source_path", r"\\server\share\mydata");
        works(&env, &["anon map edit", "anon create from-mapping", "anon batch status", "anon batch show-error"]);
        assert_eq!(env.idis().calls("create_job"), 2);
    }
}

#[test]
fn command_reference_batch() {
    let env = env();
    run(&env, "anon batch info").assert_status(1).assert_stderr(&["No batch defined in current folder"]);
    works(
        &env,
        &[
            "anon batch init",
            "anon batch info",
            "anon batch add 1 2 3",
            "anon batch info",
            "anon batch status",
            "anon batch add 5-12",
            "anon batch info",
            "anon batch remove 8-11",
            "anon batch info",
            "anon batch status --patient-name",
        ],
    );
    works(&env, &["anon batch cancel-active", "anon batch reset-error", "anon batch cancel", "anon batch reset"]);
    works(&env, &["anon batch delete"]);
}

#[test]
fn command_reference_map() {
    let env = env();
    for folder in ["folder1", "folderA", "folderB", "folderA1", "folderB1", "extra", "A/B/raw", "raw", "C/raw"] {
        env.dicom(folder, "1.2.3", &[&format!("{folder}/1.dcm")]);
    }
    env.write("myfile.csv", "accession number,pseudonym\n1234567.12345678,studyA\n");
    works(
        &env,
        &[
            "anon map init",
            "anon map add-study-folders folder1/",
            "anon select add folder1",
            "anon map add-selection-file folder1/fileselection.txt",
            "anon map add-selection folder1/fileselection.txt",
            "anon map add-study-folders folder*",
            "anon map add-study-folders folder*1",
            "anon map add-study-folders *",
            "anon map add-study-folders folder* extra",
            "anon map add-study-folders **/raw",
            "anon map add-accession-numbers 1234567.12345673 1111112.12345673 2222222.12345673",
            "anon map add-accession-numbers --input-file myfile.csv",
            "anon map edit",
            "anon map activate",
            "anon map status",
            "anon map delete",
        ],
    );
}

#[test]
fn command_reference_select() {
    let env = env();
    let studies = ["study1/file1.dcm", "study1/bigfile.raw", "study2/123.1224.5354.543.4", "study2/123.1224.2534.34.2"];
    env.dicom("patient1", "1.2.3", &studies);
    env.write("screenshots/shot1.jpg", "jpeg");
    works(
        &env,
        &[
            "anon select add *",
            "anon select add --check-dicom *",
            "anon select add study2/*",
            "anon select add *.dcm",
            "anon select add * --exclude-pattern *.raw",
            "anon select add * --exclude-pattern *.raw --exclude-pattern *.dcm",
            "anon select status",
            "anon select edit",
            "anon select delete",
        ],
    );
}

#[test]
fn command_reference_create() {
    let env = env();
    works(&env, &["anon map init", "anon map add-accession-numbers 1.1 2.2 3.3"]);
    let outcome = run(&env, "anon create from-mapping").assert_ok();
    let _ = outcome.assert_stdout(&[
        "Created job with id 1001",
        "Created job with id 1002",
        "Created job with id 1003",
        "created 3 jobs: 1001-1003",
    ]);
    let outcome = run(&env, "anon batch info").assert_ok();
    let _ = outcome.assert_stdout(&["job_ids:\n- '1001'\n- '1002'\n- '1003'\nserver:\n  name: server1\n"]);
    works(&env, &["anon create set-defaults", "anon create show-defaults"]);
}

#[test]
fn command_reference_server_job_and_settings() {
    let env = env();
    works(
        &env,
        &[
            "anon status",
            "anon server",
            "anon server status",
            "anon server remove server2",
            "anon job list 1 2",
            "anon job set-opt-out-ignore 123 signed",
            "anon settings set-username z1234",
            "anon settings get-token",
            "anon settings info",
            "anon settings user info",
        ],
    );
}
