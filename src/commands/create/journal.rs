use clap::Args;

use super::kinds::Kinds;
use super::words::when;
use crate::commands::console::Table;
use crate::commands::context::Context;
use crate::commands::map::planned;
use crate::creation::{Fingerprint, Journal as JobJournal, Known};
use crate::error::Result;

/// Show what is known of the job of each row: created, perhaps created, failed, or not asked for
///
/// It reads the journal of this computer alone, and asks no server.
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
        let mut table = Table::new(["line", "source", "state", "id", "when"]);
        for row in &plan.jobs {
            let job = Fingerprint::of(&server.url, &row.job);
            let (state, id) = match journal.known(&job) {
                Known::Created(id) => ("created", id.to_string()),
                Known::Perhaps(_) => ("perhaps created", String::new()),
                Known::Failed(_) => ("failed", String::new()),
                Known::Nothing if journal.has_failed(&job) => ("refused", String::new()),
                Known::Nothing => ("not asked for", String::new()),
            };
            let time = journal.time(&job).map(when).unwrap_or_default();
            table.row([row.line.to_string(), row.source.to_string(), state.to_owned(), id, time]);
        }
        context.console.print_table(&table);
        context.console.note(format_args!("journal  {}, for {server}", path.display()));
        Ok(())
    }
}
