//! Making a job of each row of a mapping: what `create from-mapping` will ask for, and what it refuses.
//!
//! [`read`] takes a mapping file to its jobs, or to everything that stands in their way; [`check`](check()) looks deeper, into the
//! files that the rows name, and also reports what is only doubtful.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::api::NewJob;
use crate::error::Result;
use crate::mapping::{Document, Mapping};
use crate::problem::{Place, Problem, Problems};
use crate::text::counted;
use crate::values::{Kind, Parameters, Pseudonym, Source};

#[cfg(feature = "cli")]
mod check;
#[cfg(feature = "cli")]
mod contents;
mod job;
mod sources;

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
    /// The job to request from the server.
    pub job: NewJob,
}

impl Planned {
    /// Whether the row has this pseudonym, as name or as id.
    pub fn has_pseudonym(&self, pseudonym: &str) -> bool {
        let is = |value: &Option<String>| value.as_deref() == Some(pseudonym);
        is(&self.job.pseudo_name) || is(&self.job.pseudo_id)
    }
}

/// The jobs of a mapping, and everything to report about them.
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order of the rows. Rows with a problem are missing.
    pub jobs: Vec<Planned>,
    /// What stands in the way, the mapping's own problems included; in the order of the file.
    pub problems: Vec<Problem>,
    /// What does not, but is probably not meant.
    pub warnings: Vec<Problem>,
    /// How many sources did not answer when they were looked for; also a warning.
    pub unanswered: usize,
    /// Where the sources are that this computer sees, by the lines of their rows.
    pub places: HashMap<usize, PathBuf>,
}

impl Plan {
    /// Succeeds if nothing stands in the way.
    ///
    /// # Errors
    /// [`crate::Error::Contents`] with the problems, if there are any.
    pub fn refuse_problems(&self, path: &Path) -> Result<()> {
        Ok(Problems::none_or(path, self.problems.clone())?)
    }
}

/// Plans a job for each row of a mapping file. Each source that this computer can see is looked for; a share that does not answer
/// within a second is not waited for.
///
/// # Errors
/// Whatever keeps the file from being read. What is wrong in it is in [`Plan::problems`], and there are then no jobs.
pub fn read(path: &Path, defaults: &Parameters) -> Result<Plan> {
    let document = Arc::new(Document::read(path)?);
    let mut plan = plan(document.mapping(), defaults);
    if plan.problems.is_empty() {
        let looked = sources::look(&document, defaults, path);
        (plan.problems, plan.unanswered, plan.places) = (looked.faults, looked.unanswered, looked.places);
        if plan.unanswered > 0 {
            let message =
                format!("{} did not answer within a second, and may be missing", counted(plan.unanswered, "source"));
            plan.warnings.push(Problem::new(Place::Whole, message).hint("'anon map check' waits for it"));
        }
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
    // Whatever is wrong with the options is wrong with every row, and reported once.
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
