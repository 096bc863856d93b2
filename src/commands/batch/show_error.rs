use clap::Args;

use super::open;
use crate::api::JobStatus;
use crate::commands::context::Context;
use crate::commands::jobs;
use crate::error::Result;
use crate::troubleshooting::advice;

/// Show the full error message of each job in error, and what to do about it
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch show-error")]
pub struct ShowError {}

impl ShowError {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let (ids, _, client) = open(context)?;
        let mut found = if ids.is_empty() { vec![] } else { client.get_jobs_list(&ids)? };
        found.retain(|job| job.status == JobStatus::Error);
        if found.is_empty() {
            console.print("There are no jobs with error status in this batch");
        }
        let now = chrono::Local::now().naive_local();
        for job in &found {
            console.print_table(&jobs::table(std::slice::from_ref(job)));
            console.print("error message:");
            console.print_quoted(job.error_text().unwrap_or("the server gives none"));
            if let Some(advice) = advice(job, now) {
                console.print(format_args!("what it means: {}", advice.meaning));
                console.print(format_args!("what to do: {}", advice.remedy));
            }
            console.print("");
        }
        Ok(())
    }
}
