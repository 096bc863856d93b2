//! What a job is made of and known by: sources, pseudonyms, paths, ids.
//!
//! A [`Kind`] of parameter is a name with a meaning. Values come from three places, and the most specific one wins: the defaults
//! in the settings, the options of a mapping, and a row of it.

mod clean;
mod column;
mod identifiers;
mod job_id;
mod kind;
mod parameters;
mod source;
mod spoilt;

pub use clean::{Cleaned, clean, without_invisible};
pub use column::{Column, Fit, same_header};
pub use identifiers::{AccessionNumber, DataPath, Parsed, Pseudonym, StudyInstanceUid};
pub use job_id::JobId;
pub(crate) use job_id::whole_number;
pub use kind::Kind;
pub use parameters::Parameters;
pub use source::{Source, SourceError};
pub use spoilt::{Doubt, Spoilt, by_spreadsheet};
