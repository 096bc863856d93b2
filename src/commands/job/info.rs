use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::api::{ApiError, Job, JobId, in_parallel};
use crate::commands::complete;
use crate::commands::console::{RowsIn, View, beginning};
use crate::commands::context::Context;
use crate::commands::ids::{Typed, none_given, read};
use crate::commands::jobs::{AT_ONCE, JobView};
use crate::error::{Error, Result};
use crate::following::Followed;
use crate::troubleshooting::{Advice, advice};

/// The fields of source and destination that matter to users, in the order in which they are shown.
const DETAILS: [&str; 8] = [
    "destination_path",
    "source_type",
    "source_anonymizedpatientid",
    "source_anonymizedpatientname",
    "source_name",
    "source_path",
    "source_pims_keyfile_id",
    "source_instance_id",
];

/// Show everything known about one or more jobs, with help for jobs in trouble
#[derive(Args)]
#[command(after_help = "Examples:
  anon job info 1234
  anon job info - < ids.txt")]
pub struct Info {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable; '-' reads them from standard input
    #[arg(allow_negative_numbers = true, add = complete::job_ids())]
    job_ids: Vec<Typed>,
}

impl Info {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let ids = read(console, self.job_ids)?;
        if ids.is_empty() {
            return Err(none_given("job info"));
        }
        let (server, client) = context.client()?;
        let mut view = JobDetails { server: server.name.clone(), jobs: vec![] };
        let mut failures = vec![];
        let now = chrono::Local::now().naive_local();
        in_parallel(
            &ids,
            AT_ONCE,
            |id| client.get_job(*id),
            |id, outcome| match outcome {
                Ok(job) => {
                    let advice = advice(&job, now);
                    console.print(format_args!("job {id} on {}:", server.name));
                    console.print_lines(describe(&job));
                    if let Some(advice) = advice {
                        console.print(format_args!("\n{}", advice.meaning));
                        console.print(format_args!("{}\n", advice.remedy));
                    }
                    view.jobs.push(JobDetail::of(&job, advice));
                    true
                }
                Err(error) => {
                    let go_on = !error.concerns_the_server();
                    failures.push((*id, error));
                    go_on
                }
            },
        );
        // A person has read each as it came.
        console.show(&view, |_| {});
        report(context, ids.len(), failures)
    }
}

fn report(context: &Context, asked: usize, mut failures: Vec<(JobId, ApiError)>) -> Result<()> {
    match failures.len() {
        0 => Ok(()),
        1 => Err(failures.remove(0).1.into()),
        count => {
            for (id, error) in &failures {
                context.console.failure(format_args!("job {id}"), error, None);
            }
            let hint = failures.first().and_then(|(_, error)| error.hint());
            Err(Error::Partly { summary: format!("{count} of {asked} jobs could not be shown"), hint })
        }
    }
}

/// Everything known about jobs.
#[derive(Serialize, JsonSchema)]
pub struct JobDetails {
    /// The server's name.
    server: String,
    /// The jobs that could be read, in the requested order.
    jobs: Vec<JobDetail>,
}

/// Everything known about a job.
#[derive(Serialize, JsonSchema)]
struct JobDetail {
    #[serde(flatten)]
    job: JobView,
    /// Free text.
    description: Option<String>,
    /// The project whose rules anonymize it.
    project: Option<String>,
    /// Higher goes first.
    priority: Option<i64>,
    /// Where the data comes from: `PATH`, `WADO`.
    source_type: Option<String>,
    /// Where its data is, as in a mapping.
    source: Option<String>,
    /// Where the anonymized data goes.
    destination_path: Option<String>,
    /// The patient's pseudonym in the results.
    pseudonym: Option<String>,
    /// The PIMS key file that pseudonyms are taken from.
    pims_key: Option<String>,
    /// What its state means, if it is in trouble.
    meaning: Option<String>,
    /// What to do about that.
    what_to_do: Option<String>,
}

impl JobDetail {
    fn of(job: &Job, advice: Option<Advice>) -> JobDetail {
        let detail = |name: &str| job.detail(name).filter(|text| !text.is_empty());
        let Followed { pseudonym, source, .. } = Followed::by_server(job.clone());
        JobDetail {
            job: JobView::of(job),
            description: job.description.clone(),
            project: job.project_name.clone(),
            priority: job.priority,
            source_type: detail("source_type"),
            source,
            destination_path: detail("destination_path"),
            pseudonym,
            pims_key: detail("source_pims_keyfile_id"),
            meaning: advice.map(|advice| advice.meaning.to_owned()),
            what_to_do: advice.map(|advice| advice.remedy.to_owned()),
        }
    }
}

impl View for JobDetails {
    const COLUMNS: &'static [&'static str] = &[
        "job_id",
        "date",
        "status",
        "files_downloaded",
        "files_processed",
        "user_name",
        "error",
        "description",
        "project",
        "priority",
        "source_type",
        "source",
        "destination_path",
        "pseudonym",
        "pims_key",
        "meaning",
        "what_to_do",
    ];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["jobs"])];
}

/// One line for each field: `('status', 'DONE')`.
fn describe(job: &Job) -> String {
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
    let number = |number: Option<i64>| number.map_or(Value::Null, Value::from);
    let main = [
        ("job_id", Value::from(job.job_id.0)),
        ("date", text(&job.date)),
        ("user_name", text(&job.user_name)),
        ("status", Value::from(job.status.as_str())),
        ("error", text(&job.error)),
        ("description", text(&job.description)),
        ("project_name", text(&job.project_name)),
        ("priority", number(job.priority)),
        ("files_downloaded", number(job.files_downloaded)),
        ("files_processed", number(job.files_processed)),
    ];
    let details = DETAILS.iter().filter_map(|name| job.more.get(*name).map(|value| (*name, value.clone())));
    let mut lines = String::new();
    for (name, value) in main.into_iter().chain(details) {
        let _ = writeln!(lines, "('{name}', {})", literal(&value));
    }
    lines.trim_end().to_owned()
}

/// A value in Python's notation, as in the manual.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => quoted(&beginning(text)),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_the_manual_writes_them() {
        assert_eq!(literal(&Value::Null), "None");
        assert_eq!(literal(&Value::from(true)), "True");
        assert_eq!(literal(&Value::from(r"\\server\share")), r"'\\\\server\\share'");
        assert_eq!(literal(&Value::from("it's")), "\"it's\"");
        assert_eq!(literal(&Value::from("it's \"x\"\n")), "'it\\'s \"x\"\\n'");
    }
}
