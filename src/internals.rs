//! The one door for this project's own tests, fuzz targets and benchmarks. No part of the public interface.

pub use crate::cli::command;
pub use crate::cli::topics::{PAGES, asked_for};
pub use crate::commands::schemas;
pub use crate::dicom::{PREFIX, identity};
pub use crate::lists::{Choice, InputList};
pub use crate::scan::{Check, Pattern, Scan};
pub use crate::storage::Lock;
pub use crate::troubleshooting::advice;

/// What the answers of the web API mean.
pub mod reply {
    pub use crate::api::reply::{Jobs, documentation, read};
}
