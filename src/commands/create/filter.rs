use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::plan::Planned;

/// The rows that `--filter` takes.
pub struct Filter {
    /// `None` takes all.
    names: Option<BTreeSet<String>>,
}

impl Filter {
    /// Reads what was typed. A pseudonym may have spaces itself: then it is that one, and not several.
    ///
    /// # Errors
    /// When no row has one of the pseudonyms.
    pub fn new(typed: &[String], rows: &[Planned]) -> Result<Filter> {
        if typed.is_empty() {
            return Ok(Filter { names: None });
        }
        let is_known = |name: &str| rows.iter().any(|row| row.has_pseudonym(name));
        let mut names = BTreeSet::new();
        for text in typed {
            if is_known(text) {
                names.insert(text.clone());
            } else {
                names.extend(text.split([' ', ',']).filter(|name| !name.is_empty()).map(str::to_owned));
            }
        }
        let unknown: Vec<String> =
            names.iter().filter(|name| !is_known(name)).map(|name| format!("'{name}'")).collect();
        if names.is_empty() || !unknown.is_empty() {
            let pseudonym = if unknown.is_empty() { "''".to_owned() } else { unknown.join(" or ") };
            return Err(Error::refused(
                format!("no row of the mapping has the pseudonym {pseudonym}"),
                "'anon map status' shows the rows",
            ));
        }
        Ok(Filter { names: Some(names) })
    }

    /// Whether a row is taken.
    pub fn takes(&self, row: &Planned) -> bool {
        self.names.as_ref().is_none_or(|names| names.iter().any(|name| row.has_pseudonym(name)))
    }
}
