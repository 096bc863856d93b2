use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::kinds::Kinds;
use super::words::when;
use crate::commands::console::{RowsIn, Table, View};
use crate::commands::context::Context;
use crate::commands::map::planned;
use crate::creation::{Fingerprint, Journal as JobJournal, Known};
use crate::error::Result;
use crate::plan::Planned;
use crate::text::or_empty;

/// Show what is known about the job of each row: created, perhaps created, failed, or not asked for
///
/// Reads only the journal on this computer, and does not ask the server.
#[derive(Args)]
#[command(after_help = "Examples:
  anon create journal")]
pub struct Journal {
    #[command(flatten)]
    kinds: Kinds,
}

impl Journal {
    pub fn run(self, context: &Context) -> Result<()> {
        let (_, mut plan) = planned(context)?;
        self.kinds.restrict(&mut plan.jobs)?;
        let server = context.settings()?.active_server()?;
        let path = context.journal_path();
        let journal = JobJournal::read(&path, &server.url)?;
        let state = |row: &Planned| JournalRow::of(row, &journal, &server.url);
        let view = JournalView {
            server: server.name.clone(),
            journal: path.display().to_string(),
            rows: plan.jobs.iter().map(state).collect(),
        };
        context.console.show(&view, |console| {
            let mut table = Table::new(["line", "source", "state", "id", "when"]);
            for row in &view.rows {
                let (line, id) = (row.line.to_string(), or_empty(&row.job_id));
                table.row([line, row.source.clone(), row.state.clone(), id, or_empty(&row.when)]);
            }
            console.print_table(&table);
        });
        context.console.note(format_args!("journal  {}, for {server}", path.display()));
        Ok(())
    }
}

/// What the journal on this computer knows about the rows of a mapping.
#[derive(Serialize, JsonSchema)]
pub struct JournalView {
    /// The server's name.
    server: String,
    /// The journal's path.
    journal: String,
    /// One entry per row of the mapping.
    rows: Vec<JournalRow>,
}

/// What is known about the job of a row.
#[derive(Serialize, JsonSchema)]
struct JournalRow {
    /// The line of the mapping, from 1.
    line: usize,
    /// Where the data comes from: `folder:patient1`.
    source: String,
    /// The pseudonym in place of the patient's name, or else of the ID.
    pseudonym: Option<String>,
    /// `created`, `perhaps created`, `failed`, `refused` or `not asked for`.
    state: String,
    /// The server's number for its job.
    job_id: Option<i64>,
    /// When it was last heard of, in local time: `2016-08-26T15:04:44`.
    when: Option<String>,
}

impl JournalRow {
    fn of(row: &Planned, journal: &JobJournal, url: &str) -> JournalRow {
        let job = Fingerprint::of(url, &row.job);
        let (state, job_id) = match journal.known(&job) {
            Known::Created(id) => ("created", Some(id.0)),
            Known::Perhaps(_) => ("perhaps created", None),
            Known::Failed(_) => ("failed", None),
            Known::Nothing if journal.has_failed(&job) => ("refused", None),
            Known::Nothing => ("not asked for", None),
        };
        let (line, source) = (row.line, row.source.to_string());
        let (pseudonym, when) = (row.job.pseudo_name.clone(), journal.time(&job).map(when));
        JournalRow { line, source, pseudonym, state: state.to_owned(), job_id, when }
    }
}

impl View for JournalView {
    const COLUMNS: &'static [&'static str] = &["line", "source", "pseudonym", "state", "job_id", "when"];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["rows"])];
}
