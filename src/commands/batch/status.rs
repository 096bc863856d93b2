use clap::{ArgAction, Args};

use super::open;
use crate::api::{Job, JobId};
use crate::commands::console::Table;
use crate::commands::context::Context;
use crate::commands::jobs::{table, table_with_names};
use crate::error::Result;
use crate::text::counted;

/// Show the status of each job in the batch, and how many there are of each
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch status --patient-name")]
pub struct Status {
    /// Add a column with the pseudonym of each job
    #[arg(long, overrides_with = "no_patient_name")]
    patient_name: bool,
    /// Leave that column out [default]
    #[arg(long, action = ArgAction::SetTrue)]
    no_patient_name: bool,
}

impl Status {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let (ids, server, client) = open(context)?;
        if ids.is_empty() {
            console.print(format_args!("The batch for {server} is empty; add jobs with 'anon batch add ID'"));
            return Ok(());
        }
        let with_names = self.patient_name && !self.no_patient_name;
        let jobs = if with_names { client.get_jobs_list_extended(&ids)? } else { client.get_jobs_list(&ids)? };
        console.print(format_args!("Job info for {} on {server}:", counted(jobs.len(), "job")));
        console.print_table(&if with_names { table_with_names(&jobs) } else { table(&jobs) });
        match ids.len() {
            1 => console.print("Summary for 1 job:"),
            many => console.print(format_args!("Summary for all {many} jobs:")),
        }
        console.print_table(&summary(&jobs, &ids));
        Ok(())
    }
}

/// How many jobs there are of each status, of all ids in the batch.
fn summary(jobs: &[Job], ids: &[JobId]) -> Table {
    let mut counts: Vec<(String, usize)> = vec![];
    for job in jobs {
        match counts.iter_mut().find(|(status, _)| *status == job.status.as_str()) {
            Some((_, count)) => *count += 1,
            None => counts.push((job.status.to_string(), 1)),
        }
    }
    counts.push(("NOT_FOUND".to_owned(), ids.len().saturating_sub(jobs.len())));
    let mut table = Table::new(["Status", "count", "percentage"]).painted(0);
    for (status, count) in counts {
        let share = 100.0 * count as f64 / ids.len() as f64;
        table.row([status, count.to_string(), format!("{share:.1} %")]);
    }
    table.row(["Total".to_owned(), ids.len().to_string(), "100 %".to_owned()]);
    table
}
