//! Following a batch: what becomes of its jobs, and whose they are.

mod errors;
mod report;
mod status;
mod watch;

use anonapi::api::JobId;
use anonapi::testing::{FakeIdis, FakeIdisBuilder, FakeJob};

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
