//! Reading and writing files: the only code that does.
//!
//! A file is read whole, if it is a plain one and no larger than its kind can be ([`read`], [`Cap`]). It is written so that at
//! every moment there is the old content or the new one ([`write()`]), by whoever holds its [`Lock`]; the arguments say who may
//! read it and what a power cut may take back. What somebody else holds for a moment is waited for.

mod backup;
mod in_place;
mod links;
mod lock;
mod patience;
mod plain;
mod reading;
mod rights;
mod temporary;
mod writing;
pub mod yaml;

pub use backup::back_up;
pub use lock::Lock;
pub use reading::{Cap, exists, read, read_if_present, read_unnamed, require_plain};
pub use writing::{
    Durability, Privacy, append, create_folder, create_folder_of, delete, make_private, refuse_if_edited, sync, write,
};

#[cfg(test)]
mod tests;
