//! Create a job that takes a study from the hospital's image server: `cargo run --example anonymize_from_idc`
//!
//! Set `IDIS_URL`, `IDIS_USER` and `IDIS_TOKEN` to use a server of your own in the place of a sandbox.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::process::ExitCode;

use anonapi::Result;
use anonapi::api::{Data, NewJob};

fn main() -> ExitCode {
    common::finish(anonymize_from_idc())
}

fn anonymize_from_idc() -> Result<()> {
    let connection = common::Connection::open()?;
    let job = NewJob {
        // A StudyInstanceUID as it is, or an accession number as 'accession_number:12345678.1234567'.
        data: Data::Pacs("123.12335.3353.36464.343435677".to_owned()),
        project: "Wetenschap-Algemeen".to_owned(),
        destination_path: r"\\server\share\output".to_owned(),
        pseudo_name: Some("TEST_NAME_02".to_owned()),
        pseudo_id: Some("02".to_owned()),
        description: Some("A test idc job".to_owned()),
        pims_key: None,
        sop_classes: vec![],
    };
    let created = connection.client.create_job(&job)?;
    println!("Created job {} on {}", created.id, connection.client.url());
    Ok(())
}
