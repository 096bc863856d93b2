use std::fmt::Write as _;

use clap::Args;
use serde_json::Value;

use crate::api::{ApiError, Job, JobId, in_parallel};
use crate::commands::console::beginning;
use crate::commands::context::Context;
use crate::commands::ids::{Ids, flatten};
use crate::commands::jobs::AT_ONCE;
use crate::error::{Error, Result};
use crate::troubleshooting::advice;

/// The fields of source and destination that say something to a user, in the order in which they are shown.
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

/// Show all that is known of one or more jobs, with help for jobs in trouble
#[derive(Args)]
#[command(after_help = "Examples:
  anon job info 1234")]
pub struct Info {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable
    #[arg(allow_negative_numbers = true)]
    job_ids: Vec<Ids>,
}

impl Info {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let ids = flatten(self.job_ids);
        if ids.is_empty() {
            console.print("No job ids given");
            return Ok(());
        }
        let (server, client) = context.client()?;
        let mut failures = vec![];
        let now = chrono::Local::now().naive_local();
        in_parallel(
            &ids,
            AT_ONCE,
            |id| client.get_job(*id),
            |id, outcome| match outcome {
                Ok(job) => {
                    console.print(format_args!("job {id} on {}:", server.name));
                    console.print_lines(describe(&job));
                    if let Some(advice) = advice(&job, now) {
                        console.print(format_args!("\n{}", advice.meaning));
                        console.print(format_args!("{}\n", advice.remedy));
                    }
                    true
                }
                Err(error) => {
                    let go_on = !error.concerns_the_server();
                    failures.push((*id, error));
                    go_on
                }
            },
        );
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

/// A value in the notation of the manual, which is Python's.
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
