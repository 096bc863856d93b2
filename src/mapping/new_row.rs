//! New rows: their source, and what is made up for them.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::values::{Kind, Parameters, Pseudonym, Source};

use super::Mapping;
use super::spelling::folded;

/// A new row: its source, and what is known of its other parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    /// Where its data comes from.
    pub source: Source,
    /// Its other parameters.
    pub own: Parameters,
}

impl NewRow {
    /// A row with the pseudonym that the user has given, if any.
    pub fn new(source: Source, pseudo_name: Option<String>) -> NewRow {
        NewRow { source, own: Parameters::from_pairs(pseudo_name.map(|name| (Kind::PseudoName, name))) }
    }
}

/// The rows with all that they need: one without a pseudonym gets a random one that the mapping does not use yet, one without
/// a description this one.
///
/// # Errors
/// [`Error::Refused`] for a pseudonym that is none.
pub(super) fn completed(rows: Vec<NewRow>, mapping: &Mapping, description: &str) -> Result<Vec<Parameters>> {
    let mut pseudonyms = Pseudonyms::besides(mapping, &rows);
    let complete = |mut row: NewRow| {
        for kind in [Kind::PseudoName, Kind::PseudoId] {
            let Some(text) = row.own.get(kind) else { continue };
            let pseudonym = Pseudonym::parse(text)
                .map_err(|spoilt| Error::refused(format!("cannot add a row: {kind}: {spoilt}"), spoilt.hint()))?;
            row.own.set(kind, pseudonym.value.as_str());
        }
        let mut parameters = Parameters::from_pairs([(Kind::Source, row.source.to_string())]);
        if row.own.get(Kind::PseudoName).is_none() {
            parameters.set(Kind::PseudoName, pseudonyms.next());
        }
        parameters.set(Kind::Description, description);
        Ok(fitting(&row.own.over(&parameters), mapping))
    };
    rows.into_iter().map(complete).collect()
}

/// The parameters without those that would need a new column and are not worth it: AnonAPI takes an empty cell for an empty
/// value, so the rows that are there would lose what they have from the options, or the pseudonym that serves as name and id.
fn fitting(row: &Parameters, mapping: &Mapping) -> Parameters {
    let is_used = mapping.rows.iter().any(|row| !row.is_example());
    let has = |kind| mapping.columns.contains(&kind);
    let (name, id) = (row.get(Kind::PseudoName), row.get(Kind::PseudoId));
    let (name, id) = match (has(Kind::PseudoName), has(Kind::PseudoId)) {
        (true, false) if is_used => (name.or(id), None),
        (false, true) if is_used => (None, id.or(name)),
        _ => (name, id),
    };
    let general = is_used && !has(Kind::Description) && mapping.options.get(Kind::Description).is_some();
    let stays = |(kind, _): &(Kind, &str)| match kind {
        Kind::PseudoName | Kind::PseudoId => false,
        Kind::Description => !general,
        _ => true,
    };
    let name = name.map(|name| (Kind::PseudoName, name));
    let id = id.map(|id| (Kind::PseudoId, id));
    Parameters::from_pairs(row.iter().filter(stays).chain(name).chain(id))
}

/// Random pseudonyms that are not used yet.
struct Pseudonyms {
    taken: HashSet<String>,
}

impl Pseudonyms {
    fn besides(mapping: &Mapping, rows: &[NewRow]) -> Pseudonyms {
        let all = mapping.rows.iter().map(|row| &row.parameters).chain(rows.iter().map(|row| &row.own));
        let names = |parameters: &Parameters| {
            [Kind::PseudoName, Kind::PseudoId].map(|kind| parameters.get(kind).map(|name| folded(name).into_owned()))
        };
        Pseudonyms { taken: all.flat_map(names).flatten().collect() }
    }

    /// Eight characters of `A-Z0-9`.
    fn next(&mut self) -> String {
        const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        loop {
            let name: String = (0..8).map(|_| ALPHABET[fastrand::usize(..ALPHABET.len())] as char).collect();
            if self.taken.insert(folded(&name).into_owned()) {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_have_eight_characters_and_do_not_repeat() {
        let mut pseudonyms = Pseudonyms { taken: HashSet::new() };
        let names: HashSet<String> = (0..1000).map(|_| pseudonyms.next()).collect();
        assert_eq!(names.len(), 1000);
        assert!(
            names
                .iter()
                .all(|name| name.len() == 8 && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
        );
    }
}
