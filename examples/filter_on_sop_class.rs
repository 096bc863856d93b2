//! Create a job that takes only some kinds of images of a study: `cargo run --example filter_on_sop_class`
//!
//! The SOP class is what DICOM calls the kind of an image. [`NewJob`] has a field for it; this is how any argument that the server
//! knows can be sent, with [`Form`].
//!
//! Set `IDIS_URL`, `IDIS_USER` and `IDIS_TOKEN` to use a server of your own in the place of a sandbox.
//!
//! [`NewJob`]: anonapi::api::NewJob
//! [`Form`]: anonapi::api::Form

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::process::ExitCode;

use anonapi::Result;
use anonapi::api::Form;

/// X-Ray Radiation Dose SR, and Secondary Capture.
const SOP_CLASSES: &str = "1.2.840.10008.5.1.4.1.1.88.67, 1.2.840.10008.5.1.4.1.1.7";

fn main() -> ExitCode {
    common::finish(filter_on_sop_class())
}

fn filter_on_sop_class() -> Result<()> {
    let connection = common::Connection::open()?;
    let form = Form::new()
        .with("source_type", "WADO")
        .with("source_name", "IDC_WADO")
        .with("source_instance_id", "123.12335.3353.36464.343435677")
        .with("source_sop_class_filter_list", SOP_CLASSES)
        .with("anonymizedpatientname", "TEST_NAME_03")
        .with("anonymizedpatientid", "03")
        .with("destination_type", "PATH")
        .with("destination_path", r"\\server\share\output")
        .with("project_name", "Wetenschap-Algemeen")
        .with("description", "A test idc job");
    let job = connection.client.post("create_job", form)?;
    println!("Created job {} on {}", job["job_id"], connection.client.url());
    println!("It takes images of the classes {}", job["source_sop_class_filter_list"]);
    Ok(())
}
