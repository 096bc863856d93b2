use chrono::Local;
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::followed::{List, follow};
use super::open;
use crate::api::{Job, JobStatus};
use crate::commands::console::{Console, RowsIn, View};
use crate::commands::context::Context;
use crate::error::Result;
use crate::following::Followed;
use crate::text::{agreeing, counted};
use crate::troubleshooting::{Cause, causes};

/// Show which jobs in the batch are in error, grouped by cause, and what to do about it
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch show-error
  anon batch show-error --patient-name
  anon batch show-error --full")]
pub struct ShowError {
    /// Ask the server for the pseudonyms and sources that this computer does not know
    #[arg(long)]
    patient_name: bool,
    /// Show the error message of each job instead of one per cause
    #[arg(long)]
    full: bool,
}

/// The jobs in the batch that are in error, by cause.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BatchErrors {
    /// The server's name.
    pub server: String,
    /// How many jobs are in the batch.
    pub total: usize,
    /// Why jobs failed, most frequent cause first.
    pub causes: Vec<CauseView>,
}

/// Why jobs failed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CauseView {
    /// The number that 'batch reset-error --cause' takes, from 1.
    pub cause: usize,
    /// What happened, in a few words.
    pub title: String,
    /// What it means, if known.
    pub meaning: Option<String>,
    /// What to do about it, if known.
    pub what_to_do: Option<String>,
    /// Whether the data must not be used.
    pub do_not_use: bool,
    /// Its jobs.
    pub jobs: Vec<ErrorView>,
}

/// A job that failed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorView {
    /// The server's number for it.
    pub job_id: i64,
    /// The patient's pseudonym in the results.
    pub pseudonym: Option<String>,
    /// Where its data is, according to the mapping or else the server.
    pub source: Option<String>,
    /// The line of its row in the mapping, from 1.
    pub line: Option<usize>,
    /// What went wrong, in the server's words.
    pub error: Option<String>,
}

impl View for BatchErrors {
    const COLUMNS: &'static [&'static str] =
        &["cause", "title", "what_to_do", "do_not_use", "job_id", "pseudonym", "source", "line", "error"];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["causes", "jobs"])];
}

impl ShowError {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let (ids, server, client) = open(context)?;
        let is_asked = self.patient_name || console.is_for_scripts();
        let list = if is_asked { List::Extended } else { List::Brief };
        let mut found = follow(context, (&server, &client), &ids, list)?;
        found.retain(|followed| followed.job.status == JobStatus::Error);
        let jobs: Vec<Job> = found.iter().map(|followed| followed.job.clone()).collect();
        let causes = causes(&jobs, Local::now().naive_local());
        let groups: Vec<Vec<&Followed>> = causes.iter().map(|cause| of_cause(cause, &found)).collect();
        let views = causes.iter().zip(&groups).zip(1..).map(|((cause, group), number)| view(number, cause, group));
        let view = BatchErrors { server: server.name.clone(), total: ids.len(), causes: views.collect() };
        console.show(&view, |console| {
            if found.is_empty() {
                return console.print("There are no jobs with error status in this batch");
            }
            let (are, reasons) = (agreeing(found.len(), "is", "are"), counted(causes.len(), "reason"));
            let all = counted(ids.len(), "job");
            console.print(format_args!("{} of {all} {are} in error, for {reasons}", found.len()));
            for (number, (cause, group)) in (1..).zip(causes.iter().zip(&groups)) {
                console.print("");
                self.print(console, number, cause, group);
            }
        });
        let unknown = found.iter().filter(|followed| !followed.is_known()).count();
        if unknown > 0 && !is_asked {
            let come = agreeing(unknown, "comes", "come");
            console.note(format_args!(
                "\nwhere {} {come} from is not known on this computer; 'anon batch show-error --patient-name' asks the server",
                counted(unknown, "job")
            ));
        }
        Ok(())
    }

    fn print(&self, console: &Console, number: usize, cause: &Cause<'_>, jobs: &[&Followed]) {
        console.print(format_args!("{number}. {} ({})", cause.title, counted(jobs.len(), "job")));
        if let Some(text) = cause.text.as_deref().filter(|text| !self.full && *text != cause.title) {
            console.print_indented(text);
        }
        if let Some(advice) = cause.advice {
            console.print_indented(&format!("what it means: {}", advice.meaning));
            console.print_indented(&format!("what to do: {}", advice.remedy));
        }
        if !cause.advice.is_some_and(|advice| advice.forbids) {
            console.print_indented(&format!("to try these again: anon batch reset-error --cause {number}"));
        }
        let width = |text: fn(&Followed) -> String| jobs.iter().map(|job| text(job).chars().count()).max().unwrap_or(0);
        let (ids, names) = (width(id).max(2), width(pseudonym).max("pseudonym".len()));
        console.print_indented(&format!("{:>ids$}  {:<names$}  source", "id", "pseudonym"));
        for job in jobs {
            let line = job.line.map(|line| format!(" (line {line})")).unwrap_or_default();
            let source = job.source.clone().unwrap_or_default();
            console.print_indented(format!("{:>ids$}  {:<names$}  {source}{line}", id(job), pseudonym(job)).trim_end());
            if self.full {
                job.job
                    .error_text()
                    .unwrap_or_default()
                    .lines()
                    .for_each(|line| console.print_indented(&format!("  {line}")));
            }
        }
    }
}

fn id(followed: &Followed) -> String {
    followed.job.job_id.to_string()
}

fn pseudonym(followed: &Followed) -> String {
    followed.pseudonym.clone().unwrap_or_default()
}

/// The jobs of a cause, and whose they are.
fn of_cause<'f>(cause: &Cause<'_>, found: &'f [Followed]) -> Vec<&'f Followed> {
    let ids: std::collections::HashSet<_> = cause.jobs.iter().map(|job| job.job_id).collect();
    found.iter().filter(|followed| ids.contains(&followed.job.job_id)).collect()
}

fn view(number: usize, cause: &Cause<'_>, jobs: &[&Followed]) -> CauseView {
    CauseView {
        cause: number,
        title: cause.title.clone(),
        meaning: cause.advice.map(|advice| advice.meaning.to_owned()),
        what_to_do: cause.advice.map(|advice| advice.remedy.to_owned()),
        do_not_use: cause.advice.is_some_and(|advice| advice.forbids),
        jobs: jobs
            .iter()
            .map(|followed| ErrorView {
                job_id: followed.job.job_id.0,
                pseudonym: followed.pseudonym.clone(),
                source: followed.source.clone(),
                line: followed.line,
                error: followed.job.error_text().map(str::to_owned),
            })
            .collect(),
    }
}
