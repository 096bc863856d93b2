//! Cancel jobs: `cargo run --example cancel_job [-- JOB_ID...]`
//!
//! Set `IDIS_URL`, `IDIS_USER` and `IDIS_TOKEN` to use a server of your own in the place of a sandbox.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::process::ExitCode;

use anonapi::Result;

fn main() -> ExitCode {
    common::finish(cancel_job())
}

fn cancel_job() -> Result<()> {
    let connection = common::Connection::open()?;
    for id in connection.job_ids(&[100])? {
        connection.client.cancel_job(id)?;
        let job = connection.client.get_job(id)?;
        println!("Job {id} is {} now", job.status);
    }
    Ok(())
}
