//! Create a job that takes files from a network share: `cargo run --example anonymize_from_share`
//!
//! Set `IDIS_URL`, `IDIS_USER` and `IDIS_TOKEN` to use a server of your own in the place of a sandbox.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::process::ExitCode;

use anonapi::Result;
use anonapi::api::{Data, NewJob};

fn main() -> ExitCode {
    common::finish(anonymize_from_share())
}

fn anonymize_from_share() -> Result<()> {
    let connection = common::Connection::open()?;
    let job = NewJob {
        // The server reads this path and writes the other one itself, so both are UNC paths that it can reach. With
        // 'fileselection:' before a path to a fileselection.txt, only the files that this lists are taken.
        data: Data::Path(r"\\server\share\input".to_owned()),
        project: "Wetenschap-Algemeen".to_owned(),
        destination_path: r"\\server\share\output".to_owned(),
        pseudo_name: Some("TEST_NAME_01".to_owned()),
        pseudo_id: Some("01".to_owned()),
        description: Some("A test path job".to_owned()),
        pims_key: None,
        sop_classes: vec![],
    };
    let created = connection.client.create_job(&job)?;
    println!("Created job {} on {}", created.id, connection.client.url());
    Ok(())
}
