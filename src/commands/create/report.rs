//! What `create from-mapping` says while it creates jobs, and at the end.

use super::view::CreatedView;
use super::words::were;
use crate::api::{Effect, JobId};
use crate::commands::console::Console;
use crate::commands::ids::shown;
use crate::creation::{Ending, Outcome, Survey};
use crate::error::{Error, Result};
use crate::plan::Planned;
use crate::text::counted;

/// What to do about rows that were perhaps created.
const PERHAPS: &str = "'anon create from-mapping --perhaps' checks once more for the jobs that were perhaps created, and offers to create them again; \
     see 'anon help troubleshooting perhaps created'";

/// Reports what becomes of each row.
pub struct Told<'c> {
    console: &'c Console,
    total: usize,
    created: usize,
}

impl<'c> Told<'c> {
    /// Total number of rows.
    pub fn new(console: &'c Console, total: usize) -> Told<'c> {
        Told { console, total, created: 0 }
    }

    /// Reports what became of a row.
    pub fn row(&mut self, row: &Planned, outcome: &Outcome) {
        match outcome {
            Outcome::Created(id) => self.created(*id, row, ""),
            Outcome::Found(id) => self.created(*id, row, ", found on the server"),
            Outcome::Meanwhile(id) => {
                self.console.note(format_args!("line {}: another anon has created job {id} in the meantime", row.line));
            }
            Outcome::Unsaved(id, error) => {
                self.created(*id, row, "");
                self.failure(row, error, "its id could not be saved: write it down, and add it with 'anon batch add'");
            }
            Outcome::Failed(error) => {
                let is_sure = !matches!(error, Error::Api(error) if error.effect() == Effect::Failed);
                let what = if is_sure { "no job was created" } else { "the server shows no job for it" };
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

/// Reports how it all ended.
///
/// # Errors
/// [`Error::Partly`] when some rows have no job or perhaps none, [`Error::Interrupted`] after Ctrl-C.
pub fn finish(console: &Console, view: &CreatedView, ending: &Ending<'_>) -> Result<()> {
    if let Some(error) = &ending.unseen {
        console.warn(format_args!("cannot look for the jobs that were perhaps created: {error}"));
    }
    let mut is_saved = view.created.iter().all(|row| row.error.is_none());
    if let Err(error) = &ending.on_disk {
        is_saved = false;
        console.failure("saving the ids", error, Some("write them down: they may not be saved"));
    }
    let ids: Vec<JobId> = view.created.iter().filter_map(|row| row.job_id).map(JobId).collect();
    let colon = if ids.is_empty() { "" } else { ": " };
    console.report(format_args!("created {}{colon}{}", counted(ids.len(), "job"), shown(&ids)));
    if is_saved && !ids.is_empty() {
        console.report("Saving job ids in batch in current folder");
    }
    if ending.is_complete() && view.perhaps_created.is_empty() {
        console.report("Done");
        if !ids.is_empty() {
            console.tip("Follow them with 'anon batch watch'");
        }
        return Ok(());
    }
    let perhaps = ending.rows.iter().filter(|done| matches!(done.outcome, Outcome::Perhaps { .. })).count();
    let summary = summary(view, perhaps);
    if ending.interrupted && !view.not_tried.is_empty() {
        return Err(Error::Interrupted(format!("{summary}; run it again to create the rest")));
    }
    let mut hints = vec![];
    if !is_saved || view.failed.len() + perhaps > 0 {
        let rows = [&view.created, &view.failed, &view.perhaps_created].into_iter().flatten();
        let last = rows.filter(|row| row.error.is_some()).max_by_key(|row| row.line).and_then(|row| row.hint.clone());
        let hint = ending.on_disk.as_ref().err().map_or(last, Error::hint);
        // A refusal has no hint of its own: the server has said what is wrong.
        hints.push(hint.unwrap_or_else(|| "correct what was refused".to_owned()));
    }
    if !hints.is_empty() || !view.not_tried.is_empty() {
        let then = if hints.is_empty() { "" } else { "then " };
        hints.push(format!("{then}run it again: only the rest will be created"));
    }
    if !view.perhaps_created.is_empty() {
        hints.push(PERHAPS.to_owned());
    }
    Err(Error::Partly { summary, hint: Some(hints.join("; ")) })
}

/// How many rows ended in which way. Of those that were perhaps created, this many were requested now, the others earlier.
fn summary(view: &CreatedView, perhaps: usize) -> String {
    let mut text = format!("{} created", counted(view.created.len(), "job"));
    for (count, what) in [(view.failed.len(), "failed"), (perhaps, "perhaps created")] {
        if count > 0 {
            text += &format!(", {count} {what}");
        }
    }
    if let Some(first) = view.not_tried.first() {
        text += &format!(", {} not tried (from line {} on)", view.not_tried.len(), first.line);
    }
    match view.perhaps_created.len() - perhaps {
        0 => text,
        before => format!("{text}; {} perhaps created before", were(before)),
    }
}

/// Reports that nothing was created: the jobs exist, or nobody knows.
///
/// # Errors
/// [`Error::Refused`] when rows were perhaps created.
pub fn nothing_to_create(survey: &Survey<'_>, only_perhaps: bool) -> Result<()> {
    let open = survey.perhaps.iter().filter(|one| !one.lookalikes.is_empty()).count();
    match survey.perhaps.len() {
        0 if only_perhaps && !survey.new.is_empty() => Err(Error::refused(
            "there is no job that was perhaps created",
            "'anon create from-mapping' without '--perhaps' creates the rows that have no job",
        )),
        0 => Ok(()),
        perhaps if open == perhaps => Err(Error::refused(
            format!("{} perhaps created, and which job belongs to which row is still open", were(perhaps)),
            "run it in a terminal, without '--yes', and answer the question",
        )),
        perhaps => Err(Error::refused(format!("{} perhaps created", were(perhaps)), PERHAPS)),
    }
}
