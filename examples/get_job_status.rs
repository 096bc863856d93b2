//! Get information about a number of jobs: `cargo run --example get_job_status [-- JOB_ID...]`
//!
//! Set `IDIS_URL`, `IDIS_USER` and `IDIS_TOKEN` to use a server of your own in the place of a sandbox.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::process::ExitCode;

use anonapi::Result;

fn main() -> ExitCode {
    common::finish(get_job_status())
}

fn get_job_status() -> Result<()> {
    let connection = common::Connection::open()?;
    let ids = connection.job_ids(&[1, 2, 3])?;
    // 'extended' is with source and destination; 'get_jobs_list' is quicker for many jobs. Unknown ids are left out.
    let jobs = connection.client.get_jobs_list_extended(&ids)?;
    println!("Found {} of {} jobs:", jobs.len(), ids.len());
    for job in jobs {
        let pseudonym = job.pseudo_id().unwrap_or_else(|| "without pseudonym".to_owned());
        println!("{:>6} {:<8} {pseudonym} {}", job.job_id, job.status, job.error_text().unwrap_or_default());
    }
    Ok(())
}
