use std::collections::{BTreeSet, HashSet};

use crate::error::{Error, Result};
use crate::plan::Planned;

/// The lines of the rows that `--filter` selects: all of them if nothing was typed.
///
/// A pseudonym may contain spaces: then it is that one, not several.
///
/// # Errors
/// When no row has one of the pseudonyms.
pub fn filtered(typed: &[String], rows: &[Planned]) -> Result<HashSet<usize>> {
    let is_known = |name: &str| rows.iter().any(|row| row.has_pseudonym(name));
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for text in typed {
        if is_known(text) {
            names.insert(text);
        } else {
            names.extend(text.split([' ', ',']).filter(|name| !name.is_empty()));
        }
    }
    let unknown: Vec<String> = names.iter().filter(|name| !is_known(name)).map(|name| format!("'{name}'")).collect();
    if !typed.is_empty() && (names.is_empty() || !unknown.is_empty()) {
        let pseudonym = if unknown.is_empty() { "''".to_owned() } else { unknown.join(" or ") };
        return Err(Error::refused(
            format!("no row of the mapping has the pseudonym {pseudonym}"),
            "'anon map status' shows the rows",
        ));
    }
    let is_taken = |row: &&Planned| typed.is_empty() || names.iter().any(|name| row.has_pseudonym(name));
    Ok(rows.iter().filter(is_taken).map(|row| row.line).collect())
}
