//! What `create from-mapping` says while it creates jobs, and at the end.

use super::words::were;
use crate::api::{Effect, JobId};
use crate::commands::console::Console;
use crate::commands::ids::shown;
use crate::creation::{Ending, Outcome, Survey};
use crate::error::{Error, Result};
use crate::plan::Planned;
use crate::text::counted;

/// What to do about rows that were perhaps created.
const PERHAPS: &str = "'anon create from-mapping --perhaps' looks once more for what was perhaps created, shows it and creates it anew; \
     see 'anon help troubleshooting perhaps created'";

/// Tells what becomes of each row.
pub struct Told<'c> {
    console: &'c Console,
    total: usize,
    created: usize,
}

impl<'c> Told<'c> {
    /// Of so many rows.
    pub fn new(console: &'c Console, total: usize) -> Told<'c> {
        Told { console, total, created: 0 }
    }

    /// Tells what became of a row.
    pub fn row(&mut self, row: &Planned, outcome: &Outcome) {
        match outcome {
            Outcome::Created(id) => self.created(*id, row, ""),
            Outcome::Found(id) => self.created(*id, row, ", found on the server"),
            Outcome::Meanwhile(id) => {
                self.console.note(format_args!("line {}: another anon has created job {id} meanwhile", row.line));
            }
            Outcome::Unsaved(id, error) => {
                self.created(*id, row, "");
                self.failure(row, error, "its id could not be saved: note it, and add it with 'anon batch add'");
            }
            Outcome::Failed(error) => {
                let is_sure = !matches!(error, Error::Api(error) if error.effect() == Effect::Failed);
                let what = if is_sure { "no job was created" } else { "the server shows no job of it" };
                self.failure(row, error, what);
            }
            Outcome::Perhaps { why, .. } => self.failure(row, why, "the job was perhaps created"),
            Outcome::NotTried => {}
        }
    }

    fn created(&mut self, id: JobId, row: &Planned, how: &str) {
        self.created += 1;
        let (number, total, line) = (self.created, self.total, row.line);
        self.console.report(format_args!("Created job with id {id} ({number} of {total}, line {line}{how})"));
    }

    fn failure(&self, row: &Planned, error: &Error, what: &str) {
        self.console.failure(format_args!("line {}", row.line), error, Some(what));
    }
}

/// How many rows ended in which way, and what to do about the last failure.
#[derive(Default)]
struct Totals {
    created: Vec<JobId>,
    failed: usize,
    perhaps: usize,
    not_tried: Vec<usize>,
    unsaved: bool,
    hint: Option<String>,
}

impl Totals {
    fn of(ending: &Ending<'_>) -> Totals {
        let mut totals = Totals::default();
        for done in &ending.rows {
            let error = match &done.outcome {
                Outcome::Created(id) | Outcome::Found(id) => {
                    totals.created.push(*id);
                    continue;
                }
                Outcome::Unsaved(id, error) => {
                    totals.created.push(*id);
                    totals.unsaved = true;
                    error
                }
                Outcome::Failed(error) => {
                    totals.failed += 1;
                    error
                }
                Outcome::Perhaps { why, .. } => {
                    totals.perhaps += 1;
                    why
                }
                Outcome::NotTried => {
                    totals.not_tried.push(done.row.planned().line);
                    continue;
                }
                Outcome::Meanwhile(_) => continue,
            };
            totals.hint = error.hint();
        }
        totals
    }

    fn summary(&self) -> String {
        let mut text = format!("{} created", counted(self.created.len(), "job"));
        for (count, what) in [(self.failed, "failed"), (self.perhaps, "perhaps created")] {
            if count > 0 {
                text += &format!(", {count} {what}");
            }
        }
        if let Some(first) = self.not_tried.first() {
            text += &format!(", {} not tried (from line {first} on)", self.not_tried.len());
        }
        text
    }
}

/// Tells how it all ended. `still_perhaps` rows were perhaps created earlier, and nothing was done about them.
///
/// # Errors
/// [`Error::Partly`] when some rows have no job or perhaps none, [`Error::Interrupted`] after Ctrl-C.
pub fn finish(console: &Console, ending: &Ending<'_>, still_perhaps: usize) -> Result<()> {
    let mut totals = Totals::of(ending);
    if let Some(error) = &ending.unseen {
        console.warn(format_args!("cannot look for the jobs that were perhaps created: {error}"));
    }
    if let Err(error) = &ending.on_disk {
        totals.unsaved = true;
        totals.hint = error.hint();
        console.failure("saving the ids", error, Some("note them: they may not be saved"));
    }
    let ids = Some(shown(&totals.created)).filter(|ids| !ids.is_empty());
    let jobs = counted(totals.created.len(), "job");
    console.report(format_args!("created {jobs}{}", ids.map(|ids| format!(": {ids}")).unwrap_or_default()));
    if !totals.unsaved && !totals.created.is_empty() {
        console.report("Saving job ids in batch in current folder");
    }
    if ending.is_complete() && still_perhaps == 0 {
        console.report("Done");
        if !totals.created.is_empty() {
            console.tip("Follow them with 'anon batch watch'");
        }
        return Ok(());
    }
    if ending.interrupted && !totals.not_tried.is_empty() {
        return Err(Error::Interrupted(format!("{}; run it again to create the rest", totals.summary())));
    }
    Err(partly(totals, still_perhaps))
}

fn partly(totals: Totals, still_perhaps: usize) -> Error {
    let mut summary = totals.summary();
    if still_perhaps > 0 {
        summary += &format!("; {} perhaps created before", were(still_perhaps));
    }
    let mut hints = vec![];
    if totals.failed > 0 || totals.perhaps > 0 || totals.unsaved {
        // A refusal has no hint of its own: the server has said what is wrong.
        hints.push(totals.hint.unwrap_or_else(|| "correct what was refused".to_owned()));
    }
    if !hints.is_empty() || !totals.not_tried.is_empty() {
        let then = if hints.is_empty() { "" } else { "then " };
        hints.push(format!("{then}run it again: only the rest will be created"));
    }
    if totals.perhaps + still_perhaps > 0 {
        hints.push(PERHAPS.to_owned());
    }
    Error::Partly { summary, hint: Some(hints.join("; ")) }
}

/// Tells that nothing was created: what was asked for is there, or nobody knows.
///
/// # Errors
/// [`Error::Refused`] when rows were perhaps created.
pub fn nothing_to_create(survey: &Survey<'_>, only_perhaps: bool) -> Result<()> {
    let open = survey.perhaps.iter().filter(|one| !one.lookalikes.is_empty()).count();
    match survey.perhaps.len() {
        0 if only_perhaps && !survey.new.is_empty() => Err(Error::refused(
            "no job was perhaps created",
            "'anon create from-mapping' without '--perhaps' creates the rows that have no job",
        )),
        0 => Ok(()),
        perhaps if open == perhaps => Err(Error::refused(
            format!("{} perhaps created, and nobody said which job is whose", were(perhaps)),
            "run it in a terminal, without '--yes', and answer the question",
        )),
        perhaps => Err(Error::refused(format!("{} perhaps created", were(perhaps)), PERHAPS)),
    }
}
