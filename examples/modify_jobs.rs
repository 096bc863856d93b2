//! Change a field of several jobs: `cargo run --example modify_jobs [-- JOB_ID...]`
//!
//! For the functions of the web API and their arguments see the example `get_api_definition`.
//!
//! Set `IDIS_URL`, `IDIS_USER` and `IDIS_TOKEN` to use a server of your own in the place of a sandbox.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::process::ExitCode;

use anonapi::Result;
use anonapi::api::Form;

fn main() -> ExitCode {
    common::finish(modify_jobs())
}

fn modify_jobs() -> Result<()> {
    let connection = common::Connection::open()?;
    for id in connection.job_ids(&[1, 2, 3])? {
        let form = Form::new().with("job_id", id).with("source_path", r"\\server\share\modified\input");
        connection.client.post("modify_job", form)?;
        let job = connection.client.get_job(id)?;
        println!("Job {id} takes its data from {} now", job.more["source_path"]);
    }
    Ok(())
}
