use chrono::NaiveDateTime;
use clap::{ArgAction, Args, ValueEnum};
use schemars::JsonSchema;
use serde::Serialize;

use super::followed::{Count, FollowedView, List, counts, follow, missing, tally};
use super::open;
use crate::api::JobId;
use crate::commands::console::{Console, RowsIn, Table, View};
use crate::commands::context::Context;
use crate::commands::jobs::{COLUMNS, cells};
use crate::error::{Error, Result};
use crate::following::{Followed, NOT_FOUND};
use crate::settings::Server;
use crate::text::{counted, nearest, or_empty};

/// Show the status of each job in the batch, and a summary
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch status
  anon batch status --summary
  anon batch status --status ERROR,UPLOADED --columns pseudonym,source,line
  anon batch status --sort date --reverse --limit 20
  anon batch status --status ERROR --ids")]
pub struct Status {
    /// Add a column with the pseudonym of each job
    #[arg(long, overrides_with = "no_patient_name")]
    patient_name: bool,
    /// Leave that column out [default]
    #[arg(long, action = ArgAction::SetTrue)]
    no_patient_name: bool,
    /// Only jobs with these statuses, such as ERROR,UPLOADED; NOT_FOUND means unknown to the server
    #[arg(long = "status", value_name = "STATUS", value_delimiter = ',')]
    statuses: Vec<String>,
    /// Add columns: pseudonym, source, line (of the mapping)
    #[arg(long, value_name = "COLUMN", value_enum, value_delimiter = ',', hide_possible_values = true)]
    columns: Vec<ExtraColumn>,
    /// Sort by a column: id, date, status, down, proc, user, pseudonym, source or line
    #[arg(long, value_name = "COLUMN", value_enum, hide_possible_values = true)]
    sort: Option<SortBy>,
    /// Reverse the order; jobs without a value in that column still come last
    #[arg(long)]
    reverse: bool,
    /// Show at most this many jobs
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Show only the number of jobs with each status
    #[arg(long, conflicts_with_all = ["ids", "statuses", "columns", "sort", "reverse", "limit"])]
    summary: bool,
    /// Print only the ids, one per line
    #[arg(long, conflicts_with = "columns")]
    ids: bool,
}

/// Columns that say whose a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExtraColumn {
    Pseudonym,
    Source,
    Line,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SortBy {
    Id,
    Date,
    Status,
    Down,
    Proc,
    User,
    Pseudonym,
    Source,
    Line,
}

/// The jobs in the batch, and how many have each status.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BatchStatus {
    /// The server's name.
    pub server: String,
    /// The requested jobs: all in the batch, unless options choose some.
    pub jobs: Vec<FollowedView>,
    /// How many jobs of the batch have each status, whatever options choose. A status that no job has is left out.
    pub summary: Vec<Count>,
    /// How many jobs are in the batch.
    pub total: usize,
    /// Ids of the batch that the server does not know.
    pub not_found: Vec<i64>,
}

impl BatchStatus {
    /// The jobs that are shown, and how many of all there are of each status.
    pub fn of(
        server: &Server,
        shown: &[Followed],
        summary: Vec<Count>,
        ids: &[JobId],
        missing: &[JobId],
    ) -> BatchStatus {
        BatchStatus {
            server: server.name.clone(),
            jobs: shown.iter().map(FollowedView::of).collect(),
            summary,
            total: ids.len(),
            not_found: missing.iter().map(|id| id.0).collect(),
        }
    }
}

impl View for BatchStatus {
    const COLUMNS: &'static [&'static str] = FollowedView::COLUMNS;
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["jobs"])];
}

impl Status {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let (ids, server, client) = open(context)?;
        let all = follow(context, (&server, &client), &ids, self.list(console))?;
        let missing = missing(&ids, &all);
        self.refuse_unknown(&all)?;
        let summary = counts(&all, missing.len());
        let chosen = self.chosen(all);
        let view = BatchStatus::of(&server, &chosen, summary, &ids, &missing);
        let is_own = |followed: &Followed| {
            followed.job.user_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(client.user()))
        };
        let with_user = self.columns.is_empty() || !chosen.iter().all(is_own);
        let nothing = self.nothing(&view);
        console.show(&view, |console| {
            if self.ids {
                self.print_ids(console, &chosen, &missing);
            } else if ids.is_empty() {
                console.print(format_args!("The batch for {server} is empty; add jobs with 'anon batch add ID'"));
            } else if nothing.is_none() {
                self.print(console, &server, &chosen, with_user, &view);
            }
        });
        match nothing {
            None => Ok(()),
            // Whatever the ids are piped into has the last word, and that is the error.
            Some(why) if self.ids && !console.is_for_scripts() => {
                console.note(why);
                Err(Error::Told)
            }
            Some(why) => Err(Error::refused(why, "")),
        }
    }

    /// Why no job has a requested status: `none of the 3 jobs in the batch is ERROR: 2 DONE, 1 ACTIVE`.
    fn nothing(&self, view: &BatchStatus) -> Option<String> {
        let is_asked_for = self.ids || !self.statuses.is_empty();
        if !is_asked_for || view.summary.iter().any(|count| self.is_meant(&count.status)) {
            return None;
        }
        let statuses: Vec<String> = self.statuses.iter().map(|status| status.trim().to_uppercase()).collect();
        Some(match view.total {
            0 => "the batch is empty".to_owned(),
            1 => format!("the only job in the batch is not {}: {}", statuses.join(" or "), tally(&view.summary)),
            all => {
                format!("none of the {all} jobs in the batch is {}: {}", statuses.join(" or "), tally(&view.summary))
            }
        })
    }

    /// The server is asked if it matters whose the jobs are; for scripts always.
    fn list(&self, console: &Console) -> List {
        let by_origin = matches!(self.sort, Some(SortBy::Pseudonym | SortBy::Source | SortBy::Line));
        let with_names = self.patient_name && !self.no_patient_name;
        let is_wanted = with_names || by_origin || !self.columns.is_empty() || console.is_for_scripts();
        if is_wanted && !self.ids { List::Extended } else { List::Brief }
    }

    /// A word that neither jobs nor servers use is a typing mistake.
    fn refuse_unknown(&self, jobs: &[Followed]) -> Result<()> {
        const KNOWN: [&str; 6] = ["ACTIVE", "UPLOADED", "DONE", "ERROR", "INACTIVE", NOT_FOUND];
        let is_known = |word: &str| {
            KNOWN.iter().any(|known| known.eq_ignore_ascii_case(word))
                || jobs.iter().any(|followed| followed.job.status.as_str().eq_ignore_ascii_case(word))
        };
        let Some(word) = self.statuses.iter().map(|word| word.trim()).find(|word| !is_known(word)) else {
            return Ok(());
        };
        let hint = match nearest(word, KNOWN) {
            Some(meant) => format!("did you mean {meant}?"),
            None => format!("they are {}", KNOWN.join(", ")),
        };
        Err(Error::usage(format!("'{word}' is not a job status"), hint))
    }

    fn is_meant(&self, status: &str) -> bool {
        self.statuses.is_empty() || self.is_named(status)
    }

    fn is_named(&self, status: &str) -> bool {
        self.statuses.iter().any(|wanted| wanted.trim().eq_ignore_ascii_case(status))
    }

    fn chosen(&self, mut jobs: Vec<Followed>) -> Vec<Followed> {
        jobs.retain(|followed| self.is_meant(followed.job.status.as_str()));
        match self.sort {
            Some(column) => sort(&mut jobs, column, self.reverse),
            None if self.reverse => jobs.reverse(),
            None => {}
        }
        jobs.truncate(self.limit.unwrap_or(usize::MAX));
        jobs
    }

    fn print_ids(&self, console: &Console, chosen: &[Followed], missing: &[JobId]) {
        let missing = missing.iter().filter(|_| self.is_meant(NOT_FOUND));
        let ids: Vec<String> =
            chosen.iter().map(|followed| &followed.job.job_id).chain(missing).map(JobId::to_string).collect();
        console.print_lines(
            ids.iter().take(self.limit.unwrap_or(usize::MAX)).fold(String::new(), |text, id| text + id + "\n"),
        );
    }

    fn print(&self, console: &Console, server: &Server, chosen: &[Followed], with_user: bool, view: &BatchStatus) {
        let summary = |console: &Console| {
            match view.total {
                1 => console.print("Summary for 1 job:"),
                many => console.print(format_args!("Summary for all {many} jobs:")),
            }
            console.print_table(&summary_table(view));
        };
        if self.summary {
            return summary(console);
        }
        // The part that would scroll out of sight comes first.
        let is_long = console.height().is_some_and(|height| chosen.len() + view.summary.len() + LINES_AROUND > height);
        if is_long {
            summary(console);
        }
        let found = view.total - view.not_found.len();
        let jobs = match chosen.len() {
            shown if shown < found => format!("{shown} of {}", counted(found, "job")),
            all => counted(all, "job"),
        };
        console.print(format_args!("Job info for {jobs} on {server}:"));
        console.print_table(&self.table(chosen, with_user));
        if self.is_named(NOT_FOUND) && !view.not_found.is_empty() {
            let missing: Vec<JobId> = view.not_found.iter().copied().map(JobId).collect();
            console.print(format_args!("not on the server: {}", crate::commands::ids::shown(&missing)));
        }
        if !is_long {
            summary(console);
        }
    }

    /// The columns of the manual, and the requested ones.
    fn table(&self, jobs: &[Followed], with_user: bool) -> Table {
        let with_names = self.patient_name && !self.no_patient_name;
        let shown = COLUMNS.len() - usize::from(!with_user);
        let mut header = COLUMNS[..shown].to_vec();
        header.extend(with_names.then_some("anon_name"));
        header.extend(self.columns.iter().map(|column| column.name()));
        let mut table = Table::new(header).painted(2);
        for followed in jobs {
            let mut cells = cells(&followed.job)[..shown].to_vec();
            cells.extend(with_names.then(|| followed.job.pseudo_id().unwrap_or_default()));
            cells.extend(self.columns.iter().map(|column| column.cell(followed)));
            table.row(cells);
        }
        table
    }
}

/// The lines around the tables of jobs and of statuses, and the prompt.
const LINES_AROUND: usize = 8;

impl ExtraColumn {
    fn name(self) -> &'static str {
        match self {
            ExtraColumn::Pseudonym => "pseudonym",
            ExtraColumn::Source => "source",
            ExtraColumn::Line => "line",
        }
    }

    fn cell(self, followed: &Followed) -> String {
        match self {
            ExtraColumn::Pseudonym => or_empty(&followed.pseudonym),
            ExtraColumn::Source => or_empty(&followed.source),
            ExtraColumn::Line => or_empty(&followed.line),
        }
    }
}

/// What jobs are sorted by: in a column, all of one kind.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Date(NaiveDateTime),
    Text(String),
}

impl SortBy {
    fn key(self, followed: &Followed) -> Option<Key> {
        let job = &followed.job;
        match self {
            SortBy::Id => Some(Key::Number(job.job_id.0)),
            SortBy::Date => job.created_at().map(Key::Date),
            SortBy::Status => Some(Key::Text(job.status.to_string())),
            SortBy::Down => job.files_downloaded.map(Key::Number),
            SortBy::Proc => job.files_processed.map(Key::Number),
            SortBy::User => job.user_name.clone().map(Key::Text),
            SortBy::Pseudonym => followed.pseudonym.clone().map(Key::Text),
            SortBy::Source => followed.source.clone().map(Key::Text),
            SortBy::Line => followed.line.and_then(|line| i64::try_from(line).ok()).map(Key::Number),
        }
    }
}

/// Jobs without a value come last, in either order.
fn sort(jobs: &mut [Followed], column: SortBy, reverse: bool) {
    jobs.sort_by_cached_key(|followed| {
        let key = column.key(followed);
        (key.is_none(), key)
    });
    if reverse {
        let with_value = jobs.partition_point(|followed| column.key(followed).is_some());
        jobs[..with_value].reverse();
    }
}

/// How many jobs there are of each status, of all ids in the batch.
fn summary_table(view: &BatchStatus) -> Table {
    let mut table = Table::new(["Status", "count", "percentage"]).painted(0);
    for Count { status, count } in &view.summary {
        let share = 100.0 * *count as f64 / view.total as f64;
        table.row([status.clone(), count.to_string(), format!("{share:.1} %")]);
    }
    table.row(["Total".to_owned(), view.total.to_string(), "100 %".to_owned()]);
    table
}
