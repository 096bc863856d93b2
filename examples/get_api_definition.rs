//! Ask a server which functions its web API has: `cargo run --example get_api_definition`
//!
//! Set `IDIS_URL`, `IDIS_USER` and `IDIS_TOKEN` to use a server of your own in the place of a sandbox.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::process::ExitCode;

use anonapi::Result;

fn main() -> ExitCode {
    common::finish(get_api_definition())
}

fn get_api_definition() -> Result<()> {
    let connection = common::Connection::open()?;
    println!("{:#}", connection.client.get_documentation()?);
    Ok(())
}
