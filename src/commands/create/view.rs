//! What `create from-mapping` tells scripts.

use std::collections::HashSet;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::JobId;
use crate::commands::console::{RowsIn, View};
use crate::creation::{Ending, Outcome, Survey, Surveyed};
use crate::error::Error;
use crate::plan::Planned;
use crate::settings::Server;

/// What became of the rows of a mapping.
#[derive(Default, Serialize, JsonSchema)]
pub struct CreatedView {
    /// The server's name.
    server: String,
    /// The mapping's path.
    mapping: String,
    /// The folder whose batch has the jobs.
    batch: String,
    /// Whether this only shows what would be created: the rows are then in `not_tried`.
    pub dry_run: bool,
    /// Rows that have got a job.
    pub created: Vec<CreatedRow>,
    /// Rows for which no job was created.
    pub failed: Vec<CreatedRow>,
    /// Rows that were requested, now or earlier, without a usable answer: there may be a job.
    pub perhaps_created: Vec<CreatedRow>,
    /// Rows that had a job already, with its id, and rows that ask for the same job as an earlier row, without one.
    left_out: Vec<CreatedRow>,
    /// Rows that were not reached: the server was lost, Ctrl-C was pressed, or the answer was no.
    pub not_tried: Vec<CreatedRow>,
}

/// A row of a mapping, and what became of it.
#[derive(Serialize, JsonSchema)]
pub struct CreatedRow {
    /// The line of the mapping, from 1.
    pub line: usize,
    /// Where the data comes from: `folder:patient1`.
    source: String,
    /// The pseudonym in place of the patient's name, or else of the ID.
    pseudonym: Option<String>,
    /// The server's number for its job.
    pub job_id: Option<i64>,
    /// What went wrong.
    pub error: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl CreatedRow {
    fn of(row: &Planned, job: Option<JobId>, error: Option<&Error>) -> CreatedRow {
        CreatedRow {
            line: row.line,
            source: row.source.to_string(),
            pseudonym: row.job.pseudo_name.clone(),
            job_id: job.map(|id| id.0),
            error: error.map(ToString::to_string),
            hint: error.and_then(Error::hint),
        }
    }
}

impl CreatedView {
    /// Before any job is requested: the `chosen` rows are not tried yet, all others left out.
    pub fn begin(
        server: &Server,
        mapping: &Path,
        batch: &Path,
        survey: &Survey<'_>,
        chosen: &[Surveyed<'_>],
    ) -> CreatedView {
        let lines: HashSet<usize> = chosen.iter().map(|row| row.planned().line).collect();
        let is_left = |row: &Planned| !lines.contains(&row.line);
        let created = survey.created.iter().filter(|(row, _)| is_left(row.planned()));
        let created = created.map(|(row, id)| CreatedRow::of(row.planned(), Some(*id), None));
        let repeated = survey.repeated.iter().map(|row| CreatedRow::of(row, None, None));
        let perhaps = survey.perhaps.iter().map(|one| one.row.planned()).filter(|row| is_left(row));
        let mut view = CreatedView {
            server: server.name.clone(),
            mapping: mapping.display().to_string(),
            batch: batch.display().to_string(),
            left_out: created.chain(repeated).collect(),
            perhaps_created: perhaps.map(|row| CreatedRow::of(row, None, None)).collect(),
            not_tried: chosen.iter().map(|row| CreatedRow::of(row.planned(), None, None)).collect(),
            ..CreatedView::default()
        };
        view.left_out.sort_by_key(|row| row.line);
        view
    }

    /// The same, after the chosen rows were requested.
    #[must_use]
    pub fn ended(mut self, ending: &Ending<'_>) -> CreatedView {
        self.not_tried.clear();
        for done in &ending.rows {
            let row = done.row.planned();
            let (list, id, error) = match &done.outcome {
                Outcome::Created(id) | Outcome::Found(id) => (&mut self.created, Some(*id), None),
                Outcome::Unsaved(id, error) => (&mut self.created, Some(*id), Some(error)),
                Outcome::Meanwhile(id) => (&mut self.left_out, Some(*id), None),
                Outcome::Failed(error) => (&mut self.failed, None, Some(error)),
                Outcome::Perhaps { why, .. } => (&mut self.perhaps_created, None, Some(why)),
                Outcome::NotTried => (&mut self.not_tried, None, None),
            };
            list.push(CreatedRow::of(row, id, error));
        }
        self
    }
}

impl View for CreatedView {
    const COLUMNS: &'static [&'static str] = &["line", "source", "pseudonym", "outcome", "job_id", "error"];
    const ROWS: &'static [RowsIn] = &[
        RowsIn::of(&["created"]).marked("outcome", "created"),
        RowsIn::of(&["failed"]).marked("outcome", "failed"),
        RowsIn::of(&["perhaps_created"]).marked("outcome", "perhaps created"),
        RowsIn::of(&["left_out"]).marked("outcome", "left out"),
        RowsIn::of(&["not_tried"]).marked("outcome", "not tried"),
    ];
    const SORTED_BY: Option<&'static str> = Some("line");
}
