//! Changing the mapping, and not what somebody else has made of it meanwhile.

use std::collections::HashSet;
use std::path::Path;

use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::mapping::{CAP, Document, NewRow};
use crate::problem::Problem;
use crate::storage::{Lock, read_if_present, refuse_if_edited};

/// The current mapping on disk, locked, if it can be changed.
///
/// # Errors
/// When there is no mapping, when it cannot be read or written, or when an editor has it open.
pub fn open(context: &Context) -> Result<(Document, Lock)> {
    let path = context.mapping_path()?;
    // If the lock can be created, so can the new file.
    let lock = Lock::of(&path)?;
    refuse_if_edited(&path)?;
    Ok((Document::read(&path)?, lock))
}

/// Locks a mapping that will be overwritten or deleted, if it is still the one that the user has agreed to: `seen`.
///
/// # Errors
/// When it has changed, or when an editor has it open.
pub fn still(path: &Path, seen: &Option<Vec<u8>>, done: &str) -> Result<Lock> {
    let lock = Lock::of(path)?;
    refuse_if_edited(path)?;
    if read_if_present(path, CAP)? == *seen {
        return Ok(lock);
    }
    let shown = path.display();
    Err(Error::refused(
        format!("'{shown}' has changed in the meantime, so it was not {done}"),
        format!("look at it with 'anon map status --mapping \"{shown}\"', and run this again if you can do without it"),
    ))
}

/// The mapping that rows will be added to, if possible: it is better to know before long work than after it.
///
/// # Errors
/// Like [`open`], or when it is unclear where rows go.
pub fn ready(context: &Context) -> Result<Document> {
    let (document, _lock) = open(context)?;
    document.refuse_obstacle()?;
    Ok(document)
}

/// Adds rows to the mapping. What a row lacks is generated.
///
/// # Errors
/// Like [`open`]; the mapping is then unchanged.
pub fn add(context: &Context, rows: Vec<NewRow>) -> Result<()> {
    let path = context.mapping_path()?;
    let (mut document, _lock) = open(context)?;
    let earlier = document.mapping().warnings.clone();
    document.add(rows, &chrono::Local::now().format("generated_%B_%d_%Y").to_string())?;
    document.save(&path)?;
    let earlier: HashSet<&Problem> = earlier.iter().collect();
    let mapping = document.mapping();
    let new = mapping.warnings.iter().filter(|warning| !earlier.contains(warning));
    // Mistakes that only `create` must refuse do not prevent adding rows.
    context.console.warn_of(&path, new.chain(&mapping.problems));
    Ok(())
}
