use crate::api::{Effect, JobId};
use crate::commands::console::Console;
use crate::creation::Outcome;
use crate::error::{Error, Result};
use crate::plan::Planned;

/// What was done, what failed and why, what was not tried.
#[derive(Default)]
pub struct Report {
    created: Vec<JobId>,
    failed: usize,
    perhaps: usize,
    not_tried: Vec<usize>,
    unsaved: bool,
    hint: Option<String>,
}

impl Report {
    /// Tells what became of a row.
    pub fn note(&mut self, console: &Console, row: &Planned, outcome: Outcome) {
        let line = row.line;
        let (error, what) = match outcome {
            Outcome::Created(id) => {
                console.print(format_args!("Created job with id {id}"));
                return self.created.push(id);
            }
            Outcome::Unsaved(id, error) => {
                console.print(format_args!("Created job with id {id}"));
                self.created.push(id);
                self.unsaved = true;
                (error, "its id could not be saved: note it, and add it with 'anon batch add'")
            }
            Outcome::Failed(error) => {
                self.failed += 1;
                let is_sure = !matches!(&error, Error::Api(error) if error.effect() == Effect::Failed);
                (error, if is_sure { "no job was created" } else { "probably no job was created; the next run looks" })
            }
            Outcome::Perhaps(error) => {
                self.perhaps += 1;
                (error, "the job was perhaps created")
            }
            Outcome::NotTried => return self.not_tried.push(line),
        };
        self.hint = error.hint();
        console.failure(format_args!("line {line}"), &error, Some(what));
    }

    /// Tells how it all ended, and whether what was written is on disk.
    ///
    /// # Errors
    /// [`Error::Partly`] when some rows have no job or perhaps none, [`Error::Interrupted`] after Ctrl-C.
    pub fn finish(mut self, console: &Console, on_disk: Result<()>) -> Result<()> {
        if let Err(error) = on_disk {
            self.unsaved = true;
            self.hint = error.hint();
            console.failure("saving the ids", &error, Some("note them: they may not be saved"));
        }
        let ids: Vec<String> = self.created.iter().map(ToString::to_string).collect();
        console.print(format_args!("created {} jobs: [{}]", ids.len(), ids.join(", ")));
        if !self.unsaved && !ids.is_empty() {
            console.print("Saving job ids in batch in current folder");
        }
        if self.failed + self.perhaps + self.not_tried.len() == 0 && !self.unsaved {
            console.print("Done");
            return Ok(());
        }
        let mut text = format!("{} jobs created, {} failed", ids.len(), self.failed);
        if self.perhaps > 0 {
            text += &format!(", {} perhaps created", self.perhaps);
        }
        if let Some(first) = self.not_tried.first() {
            text += &format!(", {} not tried (from line {first} on)", self.not_tried.len());
        }
        if self.failed + self.perhaps == 0 && !self.unsaved {
            return Err(Error::Interrupted(format!("{text}; run it again to create the rest")));
        }
        // A refusal has no hint of its own: the server has said what is wrong.
        let hint = self.hint.unwrap_or_else(|| "correct what was refused".to_owned());
        Err(Error::Partly {
            summary: text,
            hint: Some(format!("{hint}; then run it again: only the rest will be created")),
        })
    }
}
