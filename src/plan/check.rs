//! Everything that can be said about a mapping before anything is sent.

use std::path::Path;

use crate::api::in_parallel;
use crate::error::Result;
use crate::inspection::Looking;
use crate::mapping::{Document, Row};
use crate::problem::{Place, Problem};
use crate::values::Parameters;

use super::contents::{Inspected, Visible};
use super::plan;
use super::sources::{LOOKS_AT_ONCE, Places, Spot, fault};

/// What a check of a mapping has found. All lists are in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many rows the mapping has.
    pub rows: usize,
    /// What `create from-mapping` refuses.
    pub errors: Vec<Problem>,
    /// What it accepts, but is probably not intended.
    pub warnings: Vec<Problem>,
    /// What is doubtful about the files of a row, regardless of the server: `inspected` has it in full.
    pub doubts: Vec<Problem>,
    /// The rows with sources that this computer cannot see, by their lines.
    pub unseen: Vec<usize>,
    /// What is in the files of the others.
    pub inspected: Vec<Inspected>,
}

/// Checks a mapping file: everything that [`super::read`] refuses, then the contents of its sources, as far as they can be
/// seen from here.
///
/// # Errors
/// Whatever keeps the file from being read. [`crate::Error::Interrupted`] once [`Looking::stop`] is set.
pub fn check(path: &Path, defaults: &Parameters, looking: Looking<'_>) -> Result<Checked> {
    let document = Document::read(path)?;
    let mapping = document.mapping();
    let plan = plan(mapping, defaults);
    let mut checked =
        Checked { rows: mapping.rows.len(), errors: plan.problems, warnings: plan.warnings, ..Checked::default() };
    let places = Places::of(mapping, defaults, path);
    let rows: Vec<&Row> = mapping.rows.iter().filter(|row| !row.is_example()).collect();
    let look = |row: &&Row| {
        let spot = places.spot(row)?;
        let fault = spot.path().and_then(|place| fault(row, place));
        Some((spot, fault))
    };
    let (mut visible, mut spots) = (vec![], vec![]);
    in_parallel(&rows, LOOKS_AT_ONCE, look, |row, seen| {
        let (Some((spot, fault)), Some(source)) = (seen, row.source()) else { return true };
        match (fault, spot.path()) {
            (Some(problem), _) => checked.errors.push(problem),
            (None, Some(place)) => visible.push(Visible { line: row.line, source, place: place.to_owned() }),
            (None, None) => checked.unseen.push(row.line),
        }
        spots.push((row.line, spot));
        true
    });
    checked.warnings.extend(left_behind(&spots));
    checked.look_into(&visible, looking)?;
    for list in [&mut checked.errors, &mut checked.warnings] {
        list.sort_by(|one, other| one.place.cmp(&other.place));
    }
    Ok(checked)
}

/// If the data of some rows is next to the mapping, the data of the others probably should be too.
fn left_behind(spots: &[(usize, Spot)]) -> Vec<Problem> {
    if !spots.iter().any(|(_, spot)| matches!(spot, Spot::Beside(_))) {
        return vec![];
    }
    let unseen = spots.iter().filter(|(_, spot)| *spot == Spot::NotBeside);
    let told = |(line, _): &(usize, Spot)| {
        Problem::new(Place::Line(*line), "its data is not where the data of other rows is").hint("check the name")
    };
    unseen.map(told).collect()
}
