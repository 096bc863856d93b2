mod add;
mod cancel;
mod cancel_active;
mod delete;
mod info;
mod init;
mod remove;
mod reset;
mod reset_error;
mod show_error;
mod status;

use clap::Subcommand;

use crate::api::{ApiError, Client, JobId, JobStatus};
use crate::commands::context::Context;
use crate::commands::jobs;
use crate::error::Result;
use crate::settings::Server;

#[derive(Subcommand)]
pub enum Batch {
    Add(add::Add),
    Cancel(cancel::Cancel),
    CancelActive(cancel_active::CancelActive),
    Delete(delete::Delete),
    Info(info::Info),
    Init(init::Init),
    Remove(remove::Remove),
    Reset(reset::Reset),
    ResetError(reset_error::ResetError),
    ShowError(show_error::ShowError),
    Status(status::Status),
}

impl Batch {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            Batch::Add(command) => command.run(context),
            Batch::Cancel(command) => command.run(context),
            Batch::CancelActive(command) => command.run(context),
            Batch::Delete(command) => command.run(context),
            Batch::Info(command) => command.run(context),
            Batch::Init(command) => command.run(context),
            Batch::Remove(command) => command.run(context),
            Batch::Reset(command) => command.run(context),
            Batch::ResetError(command) => command.run(context),
            Batch::ShowError(command) => command.run(context),
            Batch::Status(command) => command.run(context),
        }
    }
}

/// The batch of the working folder, and a client of the server that it belongs to.
fn open(context: &Context) -> Result<(Vec<JobId>, Server, Client)> {
    let batch = context.batch().load()?;
    let client = context.client_of(&batch.server)?;
    Ok((batch.job_ids.into_iter().collect(), batch.server, client))
}

/// Which jobs of a batch a command is about.
#[derive(Clone, Copy)]
enum Which {
    All,
    With(fn(&JobStatus) -> bool),
}

/// Asks, then changes the jobs of the batch that are meant.
fn change(
    context: &Context,
    which: Which,
    change: &jobs::Change,
    work: impl Fn(&Client, JobId) -> Result<(), ApiError> + Sync,
) -> Result<()> {
    let (mut ids, server, client) = open(context)?;
    if let Which::With(meant) = which {
        let found = client.get_jobs_list(&ids)?;
        ids = found.into_iter().filter(|job| meant(&job.status)).map(|job| job.job_id).collect();
    }
    if ids.is_empty() {
        context.console.print(format_args!("There are no jobs to {} in this batch", change.verb));
        return Ok(());
    }
    let question = format!("This will {} {} jobs on {server}. Are you sure?", change.verb, ids.len());
    jobs::change(context, (&server, &client), &ids, change, &question, work)?;
    Ok(())
}
