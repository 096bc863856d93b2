//! Following a batch: what becomes of its jobs, and whose they are.

mod errors;
mod report;
mod status;
mod watch;

use anonapi::api::JobId;
use anonapi::testing::{FakeIdis, FakeIdisBuilder, FakeJob};
use snapbox::str;

use crate::support::Env;

const MAPPING: &str = "## Description ##\nA test\n\n## Options ##\nproject,P\ndestination_path,\\\\server\\share\\out\n\n\
                       ## Mapping ##\nsource,pseudo_name\naccession_number:12.1,A\naccession_number:12.2,B\n\
                       study_instance_uid:1.2.3,C\n";

/// A server at which three rows have a job each: 1001 to 1003, for lines 10 to 12.
fn created(idis: FakeIdisBuilder) -> Env {
    let env = Env::with_idis(idis);
    env.settings();
    env.write("anon_mapping.csv", MAPPING);
    env.run("map activate").assert_ok();
    env.run("create from-mapping -y").assert_ok();
    env
}

/// The same, but another program has created the jobs: of those, this computer's journal knows nothing.
fn created_elsewhere() -> Env {
    let env = created(FakeIdis::builder());
    std::fs::remove_dir_all(env.home().join(".anonapi")).unwrap();
    env
}

/// A server with these jobs, all of them in the batch.
fn with_jobs(jobs: impl IntoIterator<Item = FakeJob>) -> Env {
    let mut idis = FakeIdis::builder();
    let mut ids = vec![];
    for job in jobs {
        ids.push(job.id().to_string());
        idis = idis.job(job);
    }
    let env = Env::with_idis(idis);
    env.settings();
    env.run("batch init").assert_ok();
    env.run(&format!("batch add {}", ids.join(" "))).assert_ok();
    env
}

fn failed(id: i64, error: &str) -> FakeJob {
    FakeJob::new(JobId(id)).status("ERROR").error(error)
}

/// The functions that were called, in their order.
fn functions(outcome: &crate::support::Outcome) -> Vec<&str> {
    outcome.requests.iter().map(|call| call.function.as_str()).collect()
}

/// What a terminal of so many lines shows of a command, and of what is typed while it runs.
#[cfg(target_os = "linux")]
fn on_terminal(env: &Env, lines: u32, command: &str, typed: &str) -> String {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let program = env!("CARGO_BIN_EXE_anon");
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &format!("stty rows {lines} cols 120; {program} {command}"), "/dev/null"]);
    terminal.envs(env.anon(["status"]).command().get_envs().filter_map(|(name, value)| Some((name, value?))));
    terminal.env_remove("COLUMNS").env("TERM", "xterm").current_dir(env.work());
    let mut terminal = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    terminal.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    String::from_utf8(terminal.wait_with_output().unwrap().stdout).unwrap()
}

/// The arguments that AnonAPI sends: each value as it stands in the mapping, and an empty one for a pseudonym that the row has not.
#[test]
fn jobs_that_anonapi_has_created_are_offered_as_such() {
    let job = |id: i64, source: &str, name: &str, pseudonym: &str| {
        let (field, destination) = ("source_instance_id", r"\\server\share\out");
        FakeJob::new(JobId(id))
            .field("project_name", "P")
            .field("destination_path", destination)
            .field("source_path", serde_json::Value::Null)
            .field(field, source)
            .field("source_anonymizedpatientname", name)
            .field("source_anonymizedpatientid", pseudonym)
    };
    let env = with_jobs([job(1, "accession_number:12.1", "A", ""), job(2, "accession_number:12.2", "B ", "B ")]);
    env.write("anon_mapping.csv", MAPPING);
    env.run("map activate").assert_ok();
    let dry = env.run("create from-mapping --dry-run").assert_ok();
    assert!(dry.stderr.contains("the batch holds 2 jobs that are new to this computer: the server is first asked"));
    env.run("create from-mapping -y").assert(str![[r#"
exit 0
stdout:
  Created job with id 1001 (1 of 1, line 12)
  created 1 job: 1001
  Saving job ids in batch in current folder
  Done
stderr:
  recognised 2 jobs in the batch, created by another program or on another computer: 1-2
  2 of 3 rows already have a job and are left out
  mapping  ./anon_mapping.csv
  batch    . (2 jobs so far)
  This will create 1 job on p01, for projects 'P', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  Follow them with 'anon batch watch'
requests:
  GET p01/get_jobs_list_extended job_ids=1 job_ids=2 user_name=z123456
  POST p01/create_job [..]
files:
  ~ ./.anonbatch
  + ~/.anonapi/journal.jsonl
"#]]);
}

/// A mapping of folders whose rows begin on line 9, and a batch of jobs for these sources and pseudonyms.
fn of_folders(rows: &str, jobs: &[(&str, &str, &str)]) -> Env {
    let job = |(id, (source, destination, pseudonym)): (i64, &(&str, &str, &str))| {
        FakeJob::new(JobId(id))
            .field("project_name", "P")
            .field("source_path", *source)
            .field("source_instance_id", serde_json::Value::Null)
            .field("destination_path", *destination)
            .field("source_anonymizedpatientname", *pseudonym)
            .field("source_anonymizedpatientid", *pseudonym)
    };
    let env = with_jobs((1..).zip(jobs).map(job));
    env.write(
        "anon_mapping.csv",
        format!(
            "## Description ##\n## Options ##\nproject,P\nroot_source_path,\\\\server\\share\\data\n\
             destination_path,\\\\server\\share\\out\n## Mapping ##\nsource,pseudo_name\n{rows}"
        ),
    );
    env.run("map activate").assert_ok();
    env
}

#[test]
fn folders_are_recognised_however_they_are_spelled() {
    let out = r"\\server\share\out";
    let env = of_folders(
        "folder:a,A\nfolder:b/c,B\nfileselection:d\\fileselection.txt,C\nfolder:007,D\nfolder:e,E\nfolder:f,F\n",
        &[
            (r"folder:\\SERVER\Share\Data\A", r"\\Server\share\out", "A"),
            (r"folder://server/share/data/b/c/", "//server/share/out/", "B"),
            (r"fileselection:\\server\share\data\d\FileSelection.txt", out, "C"),
            (r"folder:\\server\share\data\7", out, "D"),
            (r"folder:\\server\share\data\e", out, "e"),
            (r"folder:\\server\share\data\f", r"\\server\share\out\f", "F"),
        ],
    );
    let outcome = env.run("create from-mapping -y").assert_ok();
    let sources: Vec<_> = outcome.requests[1..].iter().map(|call| call.param("source_path").unwrap()).collect();
    // A number without its zeros, a pseudonym in capitals and another destination make another job.
    let others = ["007", "e", "f"].map(|name| format!(r"folder:\\server\share\data\{name}"));
    assert_eq!(sources, others, "{}", outcome.story());
    let _ = outcome
        .assert_stderr(&["recognised 3 jobs in the batch, created by another program or on another computer: 1-3"]);
    let report = env.run("batch report -").assert_ok().stdout;
    assert!(
        report.contains("\n8,folder:a,A,1,") && report.contains("\n10,fileselection:d\\fileselection.txt,C,3,"),
        "{report}"
    );
}

#[test]
fn a_job_that_may_be_of_two_rows_is_given_to_neither_unasked() {
    let (source, out) = (r"folder:\\server\share\data\a", r"\\server\share\out");
    let env = of_folders("folder:a,\nfolder:A,\nfolder:b,B\n", &[(source, out, "X")]);
    let outcome = env.run("create from-mapping -y").assert_status(1);
    let created: Vec<_> = outcome.requests[1..].iter().map(|call| call.param("source_path").unwrap()).collect();
    assert_eq!(created, [r"folder:\\server\share\data\b"], "{}", outcome.story());
    let told = |line: usize| {
        format!("line {line}: its job may have been created, and may be one of these on p01:\n  1  DONE  ")
    };
    let _ = outcome.assert_stderr(&[&told(8), &told(9)]);
    let report = env.run("batch report -").assert_ok().stdout;
    assert!(report.contains(&format!("\n,{source},X,1,DONE,")), "{report}");
}

#[test]
fn two_jobs_of_one_row_are_both_its() {
    let (source, out) = (r"folder:\\server\share\data\a", r"\\server\share\out");
    let env = of_folders("folder:a,A\n", &[(source, out, "A"), (source, out, "A")]);
    let outcome = env.run("create from-mapping -y").assert_ok();
    assert_eq!(outcome.requests.len(), 1, "{}", outcome.story());
    let report = env.run("batch report -").assert_ok().stdout;
    assert!(report.contains("\n8,folder:a,A,1,") && report.contains("\n8,folder:a,A,2,"), "{report}");
}
