use std::collections::HashMap;
use std::num::NonZeroUsize;

use clap::Args;

use super::doubts;
use super::filter::filtered;
use super::kinds::Kinds;
use super::look;
use super::report;
use super::view::CreatedView;
use super::words;
use crate::commands::complete;
use crate::commands::console::Interrupt;
use crate::commands::context::Context;
use crate::commands::map::planned;
use crate::creation::{Session, Wanted};
use crate::error::Result;

/// Create a job for each row of the active mapping
///
/// If this computer can see the data, it first spends a few seconds finding out how much there is, and what is likely to be
/// held back. Jobs go into the batch of this folder, each as soon as it exists. Rows that already have a job are recognised: after
/// an interruption, run it again to create the rest.
#[derive(Args)]
#[command(after_help = r#"Examples:
  anon create from-mapping
  anon create from-mapping --dry-run
  anon create from-mapping --filter "anonA anonB"
  anon create from-mapping --sop-class CTImageStorage
  anon create from-mapping --perhaps"#)]
pub struct FromMapping {
    /// Show what would be sent to the server, and send nothing
    #[arg(long, overrides_with = "no_dry_run")]
    dry_run: bool,
    /// Create the jobs [default]
    #[arg(long)]
    no_dry_run: bool,
    /// Only rows with this pseudonym, or with one of several separated by spaces; repeatable
    #[arg(short, long, value_name = "PSEUDONYM", add = complete::pseudonyms())]
    filter: Vec<String>,
    #[command(flatten)]
    kinds: Kinds,
    /// Create again only the jobs that were perhaps created, as no answer came
    #[arg(long, conflicts_with = "again")]
    perhaps: bool,
    /// Create jobs for all rows, even those that have one: these then have two
    #[arg(long)]
    again: bool,
    /// Do not look at the data first
    #[arg(long)]
    no_look: bool,
    /// Maximum number of jobs to create at once; with more than 1, the order of the rows is not kept
    #[arg(long, value_name = "N", default_value = "1")]
    concurrency: NonZeroUsize,
}

impl FromMapping {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        // Nothing is asked before everything is right.
        let (mapping, mut plan) = planned(context)?;
        // A share that does not answer is not asked again.
        let places = if plan.unanswered == 0 { plan.places } else { HashMap::new() };
        let kinds = self.kinds.restrict(&mut plan.jobs)?;
        let lines = filtered(&self.filter, &plan.jobs)?;
        let wanted = match (self.again, self.perhaps) {
            (true, _) => Wanted::All,
            (false, true) => Wanted::Perhaps,
            (false, false) => Wanted::New,
        };
        let server = context.settings()?.active_server()?.clone();
        let client = context.client_of(&server)?;
        let session = Session::new(&client, &server, context.batch(), &context.journal_path(), plan.jobs);
        if self.dry_run && !self.no_dry_run {
            let survey = session.outline(|row| lines.contains(&row.line))?;
            let rows = survey.rows(wanted);
            let mut view = CreatedView::begin(&server, &mapping, &context.folder, &survey, &rows);
            view.dry_run = true;
            console.show(&view, |_| {});
            words::kinds(console, &rows, &kinds);
            words::would_be_sent(console, &survey, &rows, &server, &kinds);
            return Ok(());
        }
        let mut survey = session.survey(|row| lines.contains(&row.line))?;
        words::found(console, &survey, &server);
        doubts::settle(console, &session, &server, &mut survey)?;
        let rows = survey.rows(wanted);
        words::left_out(console, &survey, &rows);
        let view = CreatedView::begin(&server, &mapping, &context.folder, &survey, &rows);
        if rows.is_empty() {
            console.show(&view, |_| {});
            return report::nothing_to_create(&survey, self.perhaps);
        }
        words::places(console, &mapping, &context.folder, &context.batch())?;
        if !self.no_look && console.shows_notes() {
            look::tell(console, &places, &rows);
        }
        words::kinds(console, &rows, &kinds);
        words::risks(console, &rows);
        if !console.confirm(words::question(&rows, &server, &kinds))? {
            console.note("Cancelled: no job was created");
            console.show(&view, |_| {});
            return Ok(());
        }
        let interrupt = Interrupt::listen(console);
        let progress = console.progress_of(rows.len(), "creating jobs");
        let mut told = report::Told::new(console, rows.len());
        let mut ending = session.create(&rows, self.concurrency, interrupt.flag(), |row, outcome| {
            progress.step();
            told.row(row, outcome);
        })?;
        drop(progress);
        doubts::settle_after(console, &session, &server, &mut ending)?;
        let view = view.ended(&ending);
        console.show(&view, |_| {});
        report::finish(console, &view, &ending)
    }
}
