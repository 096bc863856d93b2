use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use clap::{ArgAction, Args};

use super::report::Report;
use crate::api::{Client, JobId};
use crate::batch::check_server;
use crate::commands::console::{Answer, Console, Interrupt, visible};
use crate::commands::context::Context;
use crate::commands::map::planned;
use crate::creation::journal::{Fingerprint, Journal};
use crate::creation::{Creation, Sorted, recognise, sort};
use crate::error::{Error, Result};
use crate::plan::Planned;
use crate::settings::Server;

/// Create a job for each row of the active mapping
///
/// The jobs go into the batch of this folder, each as soon as it exists. Rows that already have a job are recognised: run it
/// again after an interruption, and only the rest is offered.
#[derive(Args)]
#[command(after_help = r#"Examples:
  anon create from-mapping
  anon create from-mapping --filter "anonA anonB""#)]
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
        // Nothing is asked before everything is right.
        let rows = self.filtered(planned(context)?.1.jobs)?;
        let server = context.settings()?.active_server()?.clone();
        if let Some(batch) = context.batch().load_if_present()? {
            check_server(&batch, &server)?;
        }
        if self.dry_run && !self.no_dry_run {
            return dry_run(context, &server, &rows);
        }
        let client = context.client_of(&server)?;
        let rows = self.undone(context, &server, &client, rows)?;
        if rows.is_empty() {
            return Ok(());
        }
        if console.confirm(question(&rows, &server))? == Answer::No {
            console.note("Cancelled: no job was created");
            return Ok(());
        }
        self.create(context, &server, &client, rows)
    }

    /// The rows that `--filter` leaves.
    fn filtered(&self, mut rows: Vec<Planned>) -> Result<Vec<Planned>> {
        if self.filter.is_empty() {
            return Ok(rows);
        }
        // A pseudonym may have spaces itself: then it is that one, and not several.
        let names = |text: &str| -> Vec<String> {
            if rows.iter().any(|row| row.has_pseudonym(text)) {
                return vec![text.to_owned()];
            }
            text.split([' ', ',']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        let wanted: BTreeSet<String> = self.filter.iter().flat_map(|text| names(text)).collect();
        rows.retain(|row| wanted.iter().any(|name| row.has_pseudonym(name)));
        if rows.is_empty() {
            return Err(Error::refused("no row of the mapping has such a pseudonym", "see 'anon map status'"));
        }
        Ok(rows)
    }

    /// The rows that have no job yet; says which have one. The batch gets the ids that it lost.
    fn undone(&self, context: &Context, server: &Server, client: &Client, rows: Vec<Planned>) -> Result<Vec<Planned>> {
        if self.again {
            return Ok(rows);
        }
        let total = rows.len();
        let journal = Journal::read(&context.journal_path())?;
        let mut sorted = sort(rows, server, &journal);
        if sorted.rows().any(|row| journal.asked_at(&Fingerprint::of(&server.url, &row.job)).is_some()) {
            sorted = look_for_jobs(context, server, client, sorted, &journal)?;
        }
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

    fn create(self, context: &Context, server: &Server, client: &Client, rows: Vec<Planned>) -> Result<()> {
        let console = &context.console;
        // A batch that cannot be written is better known before the first job than after it.
        context.batch().prepare(server)?;
        let journal = Journal::open(&context.journal_path())?;
        let interrupt = Interrupt::listen();
        // Another anon may have created some of them while this one waited for the answer or for the journal.
        let asked = rows.len();
        let rows = if self.again { rows } else { sort(rows, server, &journal).new };
        if rows.len() < asked {
            console.note(format_args!("{} rows have got a job meanwhile, and are left out", asked - rows.len()));
        }
        let progress = console.progress_of(rows.len(), "creating jobs");
        let mut report = Report::default();
        let creation = Creation::new(client, server, context.batch(), journal, interrupt.flag());
        let on_disk = creation.run(&rows, self.concurrency.get(), |row, outcome| {
            progress.step();
            report.note(console, row, outcome);
        });
        drop(progress);
        report.finish(console, on_disk)
    }
}

const PERHAPS: &str = "look for them with 'anon server jobs'; add those that exist with 'anon batch add ID', and create the \
                       others with '--again --filter PSEUDONYM'";

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
        console.print_lines(some.iter().map(would_be_sent).collect::<Vec<_>>().join("\n"));
    }
    context.batch().add(server, [JobId::DRY_RUN])?;
    console.print(format_args!("{} jobs would be created", rows.len()));
    Ok(())
}

/// Jobs that the server has, although it never said so: they go into the journal, and their rows to those that have a job.
fn look_for_jobs(
    context: &Context,
    server: &Server,
    client: &Client,
    mut sorted: Sorted,
    journal: &Journal,
) -> Result<Sorted> {
    let found = match recognise(client, server, sorted.rows(), journal) {
        Ok(found) if found.is_empty() => return Ok(sorted),
        Ok(found) => found,
        Err(error) => {
            context.console.warn(format_args!("cannot look for the jobs that were perhaps created: {error}"));
            sorted.doubt(|row| journal.asked_at(&Fingerprint::of(&server.url, &row.job)).is_some());
            return Ok(sorted);
        }
    };
    let mut journal = Journal::open(&context.journal_path())?;
    for (job, id) in &found {
        // Another anon may have found it as well, meanwhile.
        if journal.asked_at(job).is_some() {
            journal.created(job, *id)?;
        }
    }
    journal.sync()?;
    let ids: Vec<String> = found.iter().map(|(_, id)| id.to_string()).collect();
    context.console.note(format_args!("found jobs that were perhaps created on {}: [{}]", server.name, ids.join(", ")));
    let mut rows: Vec<Planned> = sorted.rows().cloned().collect();
    rows.sort_by_key(|row| row.line);
    Ok(sort(rows, server, &journal))
}

fn would_be_sent(row: &Planned) -> String {
    let mut text = format!("line {}: create_job would be called with", row.line);
    for (name, value) in row.job.form().pairs() {
        text.extend(["\n  ", name, ": ", &visible(value)]);
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
