//! Adding rows to the mapping, whatever they are made of.

use std::collections::HashSet;
use std::path::Path;

use crate::commands::context::Context;
use crate::error::Result;
use crate::mapping::{Document, named_from};
use crate::problem::{Problem, grouped};
use crate::storage::{Lock, refuse_if_edited};

pub use crate::mapping::NewRow;

/// The mapping that rows will be added to, if they can be: better known before long work than after it.
///
/// # Errors
/// When there is no mapping, when it cannot be read or added to, or when an editor has it open.
pub fn ready(context: &Context) -> Result<Document> {
    let path = context.mapping_path()?;
    // Where the lock can be made, the new file can be.
    let _lock = Lock::of(&path)?;
    refuse_if_edited(&path)?;
    let document = Document::read(&path)?;
    document.refuse_obstacle()?;
    Ok(document)
}

/// Adds rows to the mapping as it is on disk at this moment. What a row lacks is generated.
///
/// # Errors
/// When the mapping cannot be read or written; it then stays as it was.
pub fn add(context: &Context, rows: Vec<NewRow>) -> Result<()> {
    let path = context.mapping_path()?;
    let _lock = Lock::of(&path)?;
    refuse_if_edited(&path)?;
    let mut document = Document::read(&path)?;
    let earlier = document.mapping().warnings.clone();
    document.add(rows, &chrono::Local::now().format("generated_%B_%d_%Y").to_string())?;
    document.save(&path)?;
    let earlier: HashSet<&Problem> = earlier.iter().collect();
    let mapping = document.mapping();
    let new = mapping.warnings.iter().filter(|warning| !earlier.contains(warning));
    // What only `create` must refuse keeps no row from being added.
    context.console.warn_of(&path, &grouped(&new.chain(&mapping.problems).cloned().collect::<Vec<_>>()));
    Ok(())
}

/// How the mapping names a file or folder that was typed: relative to the working folder, which is the root of the data, or by
/// its UNC path.
///
/// # Errors
/// As [`named_from`].
pub fn relative(context: &Context, path: &Path) -> Result<String> {
    named_from(&context.folder, path)
}
