//! Making a job of each row of a mapping: what `create from-mapping` will ask for, and what it refuses.
//!
//! [`read`] takes a mapping file to its jobs, or to everything that stands in their way; [`check`](check()) looks deeper, into the
//! files that the rows name, and tells what is only doubtful, too.

use std::collections::HashSet;
use std::path::Path;

use crate::api::NewJob;
use crate::error::Result;
use crate::mapping::{Document, Mapping};
use crate::problem::{Place, Problem, Problems};
use crate::values::{Kind, Parameters, Pseudonym, Source};

#[cfg(feature = "cli")]
mod check;
#[cfg(feature = "cli")]
mod contents;
mod job;
mod sources;

#[cfg(feature = "cli")]
pub(crate) use check::visible_files;
#[cfg(feature = "cli")]
pub use check::{Checked, check};
#[cfg(feature = "cli")]
pub use contents::Inspected;

/// A row of a mapping and the job that it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The line of the row in the mapping.
    pub line: usize,
    /// Where its data is, as the row has it.
    pub source: Source,
    /// What the server is asked for.
    pub job: NewJob,
}

impl Planned {
    /// Whether the row has this pseudonym, as name or as id.
    pub fn has_pseudonym(&self, pseudonym: &str) -> bool {
        let is = |value: &Option<String>| value.as_deref() == Some(pseudonym);
        is(&self.job.pseudo_name) || is(&self.job.pseudo_id)
    }
}

/// The jobs of a mapping, and all that there is to tell of them.
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order of the rows. Rows with a problem are missing.
    pub jobs: Vec<Planned>,
    /// What stands in the way, the mapping's own problems included; in the order of the file.
    pub problems: Vec<Problem>,
    /// What does not, but is probably not meant.
    pub warnings: Vec<Problem>,
}

impl Plan {
    /// Nothing that stands in the way is no error.
    ///
    /// # Errors
    /// [`crate::Error::Contents`] with the problems, if there are any.
    pub fn refuse_problems(&self, path: &Path) -> Result<()> {
        Ok(Problems::none_or(path, self.problems.clone())?)
    }
}

/// Plans a job for each row of a mapping file. Each source that this computer can see is looked for.
///
/// # Errors
/// Whatever keeps the file from being read. What is wrong in it is in [`Plan::problems`], and there are then no jobs.
pub fn read(path: &Path, defaults: &Parameters) -> Result<Plan> {
    let document = Document::read(path)?;
    let mut plan = plan(document.mapping(), defaults);
    if plan.problems.is_empty() {
        let places = sources::Places::of(document.mapping(), defaults, path);
        plan.problems = places.faults(document.mapping());
    }
    if !plan.problems.is_empty() {
        plan.jobs.clear();
    }
    Ok(plan)
}

/// Makes the plan of what a mapping says, without a look at its sources. The settings' defaults apply first, then the mapping's
/// options, then each row.
pub fn plan(mapping: &Mapping, defaults: &Parameters) -> Plan {
    let mut plan = Plan { problems: mapping.problems.clone(), ..Plan::default() };
    plan.warnings = mapping.warnings.iter().chain(&mapping.doubts).cloned().collect();
    plan.warnings.sort_by(|one, other| one.place.cmp(&other.place));
    // Without a single row that can be read, the mapping's own problems say all there is to say.
    if mapping.rows.is_empty() {
        if plan.problems.is_empty() {
            let hint = "add some with 'anon map add-study-folders' or 'anon map add-accession-numbers'";
            plan.problems.push(Problem::new(Place::Whole, "the mapping has no rows").hint(hint));
        }
        return plan;
    }
    let common = mapping.options.over(defaults);
    // What is wrong with the options is wrong with every row, and said once.
    let mut said: HashSet<Problem> = HashSet::new();
    let mut found = wrong_defaults(mapping, defaults);
    for row in &mapping.rows {
        match job::job(row, &common) {
            Ok(planned) => plan.jobs.extend(planned),
            Err(problems) => found.extend(problems),
        }
        plan.problems.extend(found.drain(..).filter(|problem| said.insert(problem.clone())));
    }
    plan
}

/// Pseudonyms in the settings that cannot be any: those in the mapping have been looked at when it was read.
fn wrong_defaults(mapping: &Mapping, defaults: &Parameters) -> Vec<Problem> {
    let kinds = [Kind::PseudoName, Kind::PseudoId].into_iter().filter(|kind| mapping.options.get(*kind).is_none());
    let wrong = |kind: Kind| {
        let spoilt = Pseudonym::parse(defaults.get(kind)?).err()?;
        Some(Problem::new(Place::Whole, format!("{kind} in the settings: {spoilt}")).hint(spoilt.hint()))
    };
    kinds.filter_map(wrong).collect()
}

#[cfg(test)]
mod tests;
