use std::collections::HashMap;
use std::num::NonZeroUsize;

use clap::{ArgAction, Args};

use super::doubts;
use super::filter::Filter;
use super::kinds::Kinds;
use super::look;
use super::report;
use super::view::CreatedView;
use super::words;
use crate::commands::complete;
use crate::commands::console::{Answer, Interrupt};
use crate::commands::context::Context;
use crate::commands::map::planned;
use crate::creation::{Session, Survey, Surveyed};
use crate::error::Result;

/// Create a job for each row of the active mapping
///
/// Where the data can be seen from here, it is looked at for some seconds first, to tell how much it is and what is likely to be held
/// back. The jobs go into the batch of this folder, each as soon as it exists. Rows that already have a job are recognised: run it
/// again after an interruption, and only the rest is offered.
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
    #[arg(long, action = ArgAction::SetTrue)]
    no_dry_run: bool,
    /// Only rows with this pseudonym, or one of several with spaces between; repeatable
    #[arg(short, long, value_name = "PSEUDONYM", add = complete::pseudonyms())]
    filter: Vec<String>,
    #[command(flatten)]
    kinds: Kinds,
    /// Only rows whose job was perhaps created, because the answer never came: create it anew
    #[arg(long, conflicts_with = "again")]
    perhaps: bool,
    /// Create jobs for all rows, also for those that have one: these then have two
    #[arg(long)]
    again: bool,
    /// Do not look at the data first
    #[arg(long)]
    no_look: bool,
    /// Maximum number of jobs to ask for at once; more than 1 gives up the order of the rows
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
        let filter = Filter::new(&self.filter, &plan.jobs)?;
        let server = context.settings()?.active_server()?.clone();
        let client = context.client_of(&server)?;
        let session = Session::new(&client, &server, context.batch(), &context.journal_path(), plan.jobs);
        if self.dry_run && !self.no_dry_run {
            let survey = session.outline(|row| filter.takes(row))?;
            let rows = self.chosen(&survey);
            let view = CreatedView::begin(&server, &mapping, &context.folder, &survey, &rows).rehearsed();
            console.show(&view, |_| {});
            words::kinds(console, &rows, &kinds);
            words::would_be_sent(console, &survey, &rows, &server, &kinds);
            return Ok(());
        }
        let mut survey = session.survey(|row| filter.takes(row))?;
        words::found(console, &survey, &server);
        doubts::settle(console, &session, &server, &mut survey)?;
        let rows = self.chosen(&survey);
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
        if console.confirm(words::question(&rows, &server, &kinds))? == Answer::No {
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
        console.show(&view.ended(&ending), |_| {});
        report::finish(console, &ending, self.still_perhaps(&survey))
    }

    /// The rows whose jobs are to be created.
    fn chosen<'s>(&self, survey: &Survey<'s>) -> Vec<Surveyed<'s>> {
        let new = survey.new.iter().copied();
        // Those that may be one of several jobs are settled first.
        let perhaps = survey.perhaps.iter().filter(|one| one.lookalikes.is_empty()).map(|one| one.row);
        let created = survey.created.iter().map(|(row, _)| *row);
        let mut rows: Vec<Surveyed<'s>> = match self {
            FromMapping { again: true, .. } => new.chain(perhaps).chain(created).collect(),
            // Nobody can tell as long as the server cannot be looked at.
            FromMapping { perhaps: true, .. } if survey.unseen.is_some() => vec![],
            FromMapping { perhaps: true, .. } => perhaps.collect(),
            _ => new.collect(),
        };
        rows.sort_by_key(|row| row.planned().line);
        rows
    }

    /// How many rows stay perhaps created, because they were not chosen.
    fn still_perhaps(&self, survey: &Survey<'_>) -> usize {
        let is_left = |has_lookalikes: bool| has_lookalikes || !(self.again || self.perhaps);
        survey.perhaps.iter().filter(|one| is_left(!one.lookalikes.is_empty())).count()
    }
}
