//! All that can be told of a mapping before anything is sent.

use std::collections::HashSet;
use std::path::Path;

use crate::error::Result;
use crate::inspection::{Files, Looking};
use crate::mapping::Document;
use crate::problem::{Place, Problem};
use crate::values::Parameters;

use super::contents::{Inspected, Visible};
use super::plan;
use super::sources::{Looked, Places, Spot, fault};

/// What a check of a mapping has found. All lists are in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many rows the mapping has.
    pub rows: usize,
    /// What `create from-mapping` refuses.
    pub errors: Vec<Problem>,
    /// What it does not, but is probably not meant.
    pub warnings: Vec<Problem>,
    /// What is doubtful of the files of a row, as far as it does not depend on the server: what `inspected` tells in full.
    pub doubts: Vec<Problem>,
    /// The rows with sources that this computer cannot look at, by their lines.
    pub unseen: Vec<usize>,
    /// What is in the files of the others.
    pub inspected: Vec<Inspected>,
}

/// Checks a mapping file: all that [`super::read`] refuses, and then what the files of its sources hold, as far as they can be
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
    let looked = places.look(mapping.rows.iter().filter(|row| !row.is_example()), fault);
    checked.warnings.extend(left_behind(&looked));
    let mut visible = vec![];
    for (row, spot, fault) in looked {
        match (fault.flatten(), spot.path(), row.source()) {
            (Some(problem), ..) => checked.errors.push(problem),
            (None, Some(place), Some(source)) => {
                visible.push(Visible { line: row.line, source, place: place.to_owned() });
            }
            _ => checked.unseen.push(row.line),
        }
    }
    checked.look_into(&visible, looking)?;
    for list in [&mut checked.errors, &mut checked.warnings] {
        list.sort_by(|one, other| one.place.cmp(&other.place));
    }
    Ok(checked)
}

/// The files of the rows on these lines, as far as this computer can see them.
///
/// # Errors
/// Whatever keeps the mapping from being read.
pub(crate) fn visible_files(path: &Path, defaults: &Parameters, lines: &HashSet<usize>) -> Result<Vec<(usize, Files)>> {
    let document = Document::read(path)?;
    let places = Places::of(document.mapping(), defaults, path);
    let rows = document.mapping().rows.iter().filter(|row| lines.contains(&row.line));
    let files = |(row, spot, is_there): Looked<'_, bool>| {
        let place = spot.path().filter(|_| is_there == Some(true))?.to_owned();
        Some((row.line, Visible { line: row.line, source: row.source()?, place }.files()))
    };
    Ok(places.look(rows, |_, place| place.exists()).into_iter().filter_map(files).collect())
}

/// Where the data of other rows lies beside the mapping, that of the rest probably should.
fn left_behind(looked: &[Looked<'_, Option<Problem>>]) -> Vec<Problem> {
    if !looked.iter().any(|(_, spot, _)| matches!(spot, Spot::Beside(_))) {
        return vec![];
    }
    let unseen = looked.iter().filter(|(_, spot, _)| *spot == Spot::NotBeside);
    let told = |(row, ..): &Looked<'_, Option<Problem>>| {
        Problem::new(Place::Line(row.line), "its data is not where that of other rows is").hint("check the name")
    };
    unseen.map(told).collect()
}
