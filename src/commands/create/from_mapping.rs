use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use clap::{ArgAction, Args};

use crate::api::JobId;
use crate::batch::check_server;
use crate::commands::map::open_mapping;
use crate::console::{Answer, Console, Interrupt};
use crate::context::Context;
use crate::creation::{Creation, Outcome, Sorted, sort};
use crate::error::{Error, Problems, Result};
use crate::journal::Journal;
use crate::plan::{Planned, plan};
use crate::settings::Server;

/// Create a job for each row of the active mapping
///
/// The jobs go into the batch of this folder, each as soon as it exists. Rows that already have a job are recognised: run it
/// again after an interruption, and only the rest is offered.
/// Examples: anon create from-mapping, anon create from-mapping --filter "anonA anonB"
#[derive(Args)]
pub struct FromMapping {
    /// Send nothing to the server, just show what would be sent
    #[arg(long, overrides_with = "no_dry_run")]
    dry_run: bool,
    /// Create the jobs, as is usual
    #[arg(long, action = ArgAction::SetTrue)]
    no_dry_run: bool,
    /// Only rows with this pseudonym, or one of several with spaces between; repeatable
    #[arg(short, long, value_name = "PSEUDONYM")]
    filter: Vec<String>,
    /// Create all jobs anew, also for rows that have a job or perhaps have one
    #[arg(long)]
    again: bool,
    /// Ask for so many jobs at the same time; more than 1 gives up the order of the rows
    #[arg(long, value_name = "N", default_value = "1")]
    concurrency: NonZeroUsize,
}

impl FromMapping {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let rows = self.filtered(rows(context)?)?;
        let server = context.settings()?.active_server()?.clone();
        if let Some(batch) = context.batch().load_if_present()? {
            check_server(&batch, &server)?;
        }
        if self.dry_run && !self.no_dry_run {
            return dry_run(context, &server, &rows);
        }
        let journal = Journal::read(&context.journal_path())?;
        let rows = self.undone(context, &server, &journal, rows)?;
        if rows.is_empty() {
            return Ok(());
        }
        if console.confirm(question(&rows, &server))? == Answer::No {
            console.note("Cancelled: no job was created");
            return Ok(());
        }
        self.create(context, &server, rows)
    }

    /// The rows that `--filter` leaves.
    fn filtered(&self, mut rows: Vec<Planned>) -> Result<Vec<Planned>> {
        if self.filter.is_empty() {
            return Ok(rows);
        }
        let wanted: BTreeSet<&str> = self
            .filter
            .iter()
            .flat_map(|text| text.split([' ', ',']).chain([text.as_str()]))
            .filter(|name| !name.is_empty())
            .collect();
        rows.retain(|row| wanted.iter().any(|name| row.has_pseudonym(name)));
        if rows.is_empty() {
            return Err(Error::refused("no row of the mapping has such a pseudonym", "see 'anon map status'"));
        }
        Ok(rows)
    }

    /// The rows that have no job yet; says which have one. The batch gets the ids that it lost.
    fn undone(
        &self,
        context: &Context,
        server: &Server,
        journal: &Journal,
        rows: Vec<Planned>,
    ) -> Result<Vec<Planned>> {
        if self.again {
            return Ok(rows);
        }
        let total = rows.len();
        let sorted = sort(rows, server, journal);
        restore(context, server, &sorted)?;
        tell(&context.console, &sorted, total);
        if sorted.new.is_empty() && !sorted.perhaps.is_empty() {
            return Err(Error::refused(
                format!("{} jobs were perhaps created; none is created again unasked", sorted.perhaps.len()),
                PERHAPS,
            ));
        }
        Ok(sorted.new)
    }

    fn create(self, context: &Context, server: &Server, rows: Vec<Planned>) -> Result<()> {
        let console = &context.console;
        let client = context.client_of(server)?;
        let interrupt = Interrupt::listen();
        let journal = Journal::open(&context.journal_path())?;
        // Another anon may have created some of them while this one waited for the answer or for the journal.
        let rows = if self.again { rows } else { sort(rows, server, &journal).new };
        let progress = console.progress(Some(rows.len() as u64), "creating jobs");
        let mut report = Report::default();
        let creation = Creation::new(&client, server, context.batch(), journal, interrupt.flag());
        creation.run(&rows, self.concurrency.get(), |row, outcome| {
            progress.step();
            report.note(console, row, outcome);
        });
        drop(progress);
        report.finish(console)
    }
}

const PERHAPS: &str = "look for them with 'anon server jobs'; add those that exist with 'anon batch add ID', and create the \
                       others with '--again --filter PSEUDONYM'";

/// All rows of the active mapping, checked. Nothing is asked before everything is right.
fn rows(context: &Context) -> Result<Vec<Planned>> {
    let (path, document) = open_mapping(context)?;
    let plan = plan(document.mapping(), &context.settings()?.job_default_parameters, &path);
    if !plan.problems.is_empty() {
        return Err(Problems { path, list: plan.problems }.into());
    }
    Ok(plan.jobs)
}

fn question(rows: &[Planned], server: &Server) -> String {
    let projects: BTreeSet<&str> = rows.iter().map(|row| row.job.project.as_str()).collect();
    let destinations: BTreeSet<&str> = rows.iter().map(|row| row.job.destination_path.as_str()).collect();
    let list = |values: BTreeSet<&str>| {
        let quoted: Vec<String> = values.iter().map(|value| format!("'{}'", value.replace('\\', "\\\\"))).collect();
        format!("'[{}]'", quoted.join(", "))
    };
    format!(
        "This will create {} jobs on {}, for projects {}, writing data to {}. Are you sure?",
        rows.len(),
        server.name,
        list(projects),
        list(destinations)
    )
}

/// What would be sent. As with AnonAPI, the batch gets the id -1, which stands for no job.
fn dry_run(context: &Context, server: &Server, rows: &[Planned]) -> Result<()> {
    let console = &context.console;
    console.print("** Dry run, nothing will be sent to server **");
    if console.confirm(question(rows, server))? == Answer::No {
        console.note("Cancelled");
        return Ok(());
    }
    // Not line by line: with many rows, writing each line by itself takes longer than all the rest.
    for some in rows.chunks(1000) {
        console.print(some.iter().map(would_be_sent).collect::<Vec<_>>().join("\n"));
    }
    context.batch().add(server, [JobId::DRY_RUN])?;
    console.print(format_args!("{} jobs would be created", rows.len()));
    Ok(())
}

fn would_be_sent(row: &Planned) -> String {
    let mut text = format!("line {}: create_job would be called with", row.line);
    for (name, value) in row.job.form().pairs() {
        text.extend(["\n  ", name, ": ", value]);
    }
    text
}

/// An id that is in the journal and not in the batch was lost on the way: a crash, a full disk, a deleted batch.
fn restore(context: &Context, server: &Server, sorted: &Sorted) -> Result<()> {
    let known = context.batch().load_if_present()?.map(|batch| batch.job_ids).unwrap_or_default();
    let lost: Vec<JobId> = sorted.created.iter().map(|(_, id)| *id).filter(|id| !known.contains(id)).collect();
    if lost.is_empty() {
        return Ok(());
    }
    context.batch().add(server, lost.iter().copied())?;
    context
        .console
        .note(format_args!("added {} jobs of this mapping to the batch, which did not have them", lost.len()));
    Ok(())
}

fn tell(console: &Console, sorted: &Sorted, total: usize) {
    if !sorted.repeated.is_empty() {
        let lines = lines(sorted.repeated.iter());
        console.warn(format_args!("{lines} ask for the same job as an earlier row, which is created once"));
    }
    if !sorted.perhaps.is_empty() {
        let lines = lines(sorted.perhaps.iter());
        console.warn(format_args!("{lines}: the job was perhaps created, the answer never came; {PERHAPS}"));
    }
    if sorted.created.is_empty() {
        return;
    }
    let done = sorted.created.len();
    if sorted.new.is_empty() && sorted.perhaps.is_empty() {
        console.print(format_args!("Each of the {done} rows already has a job: see 'anon batch status'"));
        console.note("nothing was created; '--again' creates all anew");
    } else {
        console.note(format_args!(
            "{done} of {total} rows already have a job and are left out ('--again' creates all anew)"
        ));
    }
}

fn lines<'a>(rows: impl Iterator<Item = &'a Planned>) -> String {
    let numbers: Vec<String> = rows.map(|row| row.line.to_string()).collect();
    match numbers.as_slice() {
        [one] => format!("line {one}"),
        [most @ .., last] if most.len() < 10 => format!("lines {} and {last}", most.join(", ")),
        many => format!(
            "{} lines, from {} to {},",
            many.len(),
            many.first().map_or("", String::as_str),
            many.last().map_or("", String::as_str)
        ),
    }
}

/// What was done, what failed and why, what was not tried.
#[derive(Default)]
struct Report {
    created: Vec<JobId>,
    failed: usize,
    perhaps: usize,
    not_tried: Vec<usize>,
    unsaved: bool,
    hint: Option<String>,
}

impl Report {
    fn note(&mut self, console: &Console, row: &Planned, outcome: Outcome) {
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
                (error, "no job was created")
            }
            Outcome::Perhaps(error) => {
                self.perhaps += 1;
                (error, "the job was perhaps created")
            }
            Outcome::NotTried => return self.not_tried.push(line),
        };
        self.hint = error.hint();
        console.note(format_args!("error: line {line}: {error} ({what})"));
    }

    fn finish(self, console: &Console) -> Result<()> {
        let ids: Vec<String> = self.created.iter().map(ToString::to_string).collect();
        console.print(format_args!("created {} jobs: [{}]", ids.len(), ids.join(", ")));
        if !self.unsaved && !ids.is_empty() {
            console.print("Saved job ids in batch in current folder");
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
        let hint = self.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        Err(Error::Partly(format!("{text}{hint}; then run it again: only the rest will be created")))
    }
}
