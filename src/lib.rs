//! `anon`: anonymize medical images with an IDIS server.
//!
//! | module | what it is for |
//! |---|---|
//! | [`api`] | the IDIS web API: transport, one method per function, jobs |
//! | [`settings`] | the settings file in the home folder |
//! | [`batch`] | the jobs of a folder |
//! | [`journal`] | which rows of a mapping already have a job |
//! | [`mapping`] | the mapping CSV: read, checked, edited in place |
//! | [`parameters`] | what a job is made of: sources, pseudonyms, paths |
//! | [`tabular`] | input lists as Excel, editors and colleagues leave them |
//! | [`selection`] | `fileselection.txt` |
//! | [`scan`] | finding files, many at a time |
//! | [`dicom`] | is it DICOM, and whose is it |
//! | [`unc`] | UNC paths, and finding them for mounts and drive letters |
//! | [`locale`] | whether this user writes a decimal comma |
//! | [`storage`] | YAML in and out, atomic replacement, locks: the only code that writes files |
//! | [`error`] | one error type for everything |

pub mod api;
pub mod batch;
pub mod dicom;
pub mod error;
pub mod journal;
pub mod locale;
pub mod mapping;
pub mod parameters;
pub mod scan;
pub mod selection;
pub mod settings;
pub mod storage;
pub mod tabular;
#[cfg(feature = "testing")]
pub mod testing;
pub mod unc;

pub use error::{Error, Result};
