//! What a job is made of: sources, pseudonyms, paths.
//!
//! A [`Kind`] of parameter is a name with a meaning. Values come from three places, and the most specific one wins: the defaults
//! in the settings, the options of a mapping, and a row of it.

mod clean;
mod column;
mod identifiers;
mod kind;
mod parameters;
mod source;
mod spoilt;

pub use clean::{Cleaned, clean, is_invisible, without_invisible};
pub use column::Column;
pub use identifiers::{AccessionNumber, DataPath, Parsed, Pseudonym, StudyInstanceUid};
pub use kind::Kind;
pub use parameters::Parameters;
pub use source::{Source, SourceError};
pub use spoilt::{Doubt, Spoilt, by_spreadsheet};
