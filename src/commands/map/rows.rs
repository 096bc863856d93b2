//! Adding rows to the mapping, whatever they are made of.

use std::collections::HashSet;

use crate::commands::context::Context;
use crate::error::Result;
use crate::mapping::{Document, NewRow};
use crate::problem::{Problem, grouped};
use crate::storage::{Lock, refuse_if_edited};

/// The mapping as it is on disk at this moment, locked, if it can be changed.
///
/// # Errors
/// When there is no mapping, when it cannot be read or written, or when an editor has it open.
pub fn open(context: &Context) -> Result<(Document, Lock)> {
    let path = context.mapping_path()?;
    // Where the lock can be made, the new file can be.
    let lock = Lock::of(&path)?;
    refuse_if_edited(&path)?;
    Ok((Document::read(&path)?, lock))
}

/// The mapping that rows will be added to, if they can be: better known before long work than after it.
///
/// # Errors
/// As [`open`], or when nobody can tell where rows go.
pub fn ready(context: &Context) -> Result<Document> {
    let (document, _lock) = open(context)?;
    document.refuse_obstacle()?;
    Ok(document)
}

/// Adds rows to the mapping. What a row lacks is generated.
///
/// # Errors
/// As [`open`]; the mapping then stays as it was.
pub fn add(context: &Context, rows: Vec<NewRow>) -> Result<()> {
    let path = context.mapping_path()?;
    let (mut document, _lock) = open(context)?;
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
