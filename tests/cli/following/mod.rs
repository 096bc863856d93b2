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
    assert!(
        dry.stderr.contains("the batch holds 2 jobs that this computer knows nothing of: the server is asked first")
    );
    env.run("create from-mapping -y").assert(str![[r#"
exit 0
stdout:
  Created job with id 1001 (1 of 1, line 12)
  created 1 job: 1001
  Saving job ids in batch in current folder
  Done
stderr:
  recognised 2 jobs of the batch, created by another program or on another computer: 1-2
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
