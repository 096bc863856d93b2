mod add;
mod cancel;
mod cancel_active;
mod delete;
mod followed;
pub mod info;
mod init;
mod remove;
pub mod report;
mod reset;
mod reset_error;
pub mod show_error;
pub mod status;
pub mod watch;

use crate::api::{Client, JobId, JobStatus};
use crate::commands::context::Context;
use crate::commands::ids::shown;
use crate::commands::jobs::{Action, CANCEL, Order, act};
use crate::error::Result;
use crate::settings::Server;
use crate::text::counted;

group!(Batch {
    Add(add::Add),
    Cancel(cancel::Cancel),
    CancelActive(cancel_active::CancelActive),
    Delete(delete::Delete),
    Info(info::Info),
    Init(init::Init),
    Remove(remove::Remove),
    Report(report::Report),
    Reset(reset::Reset),
    ResetError(reset_error::ResetError),
    ShowError(show_error::ShowError),
    Status(status::Status),
    Watch(watch::Watch),
});

/// The batch of the working folder, and a client of the server that it belongs to.
fn open(context: &Context) -> Result<(Vec<JobId>, Server, Client)> {
    let batch = context.batch().load()?;
    let client = context.client_of(&batch.server)?;
    warn_of_others(context, &batch);
    Ok((batch.job_ids.into_iter().collect(), batch.server, client))
}

/// Warns of entries in a batch that are not ids.
fn warn_of_others(context: &Context, batch: &crate::batch::Batch) {
    /// More of them are only counted.
    const SHOWN: usize = 5;
    let Some(first) = batch.not_ids.first() else { return };
    let mut names: Vec<String> = batch.not_ids.iter().take(SHOWN).map(|text| format!("'{text}'")).collect();
    if batch.not_ids.len() > SHOWN {
        names.push(format!("{} more", batch.not_ids.len() - SHOWN));
    }
    context.console.warn(format_args!(
        "the batch contains something that is not a job id, which is left alone: {}; remove it with 'anon batch remove {first}'",
        names.join(", ")
    ));
}

/// Asks, then cancels the jobs of the batch, or those chosen.
fn cancel(context: &Context, only: Option<&JobStatus>, dry_run: bool) -> Result<()> {
    let (mut ids, server, client) = open(context)?;
    if let Some(status) = only {
        let found = client.get_jobs_list(&ids)?;
        ids = found.into_iter().filter(|job| job.status == *status).map(|job| job.job_id).collect();
    }
    let what = what(&CANCEL, &ids, &server, dry_run);
    let order = Order { action: &CANCEL, what, ids, left_out: vec![], dry_run };
    act(context, (&server, &client), &order)
}

/// `reset 3 jobs on p01: https://…`. A dry run also names the jobs.
fn what(action: &Action<'_>, ids: &[JobId], server: &Server, dry_run: bool) -> String {
    let what = format!("{} {} on {server}", action.verb, counted(ids.len(), "job"));
    if dry_run { format!("{what}: {}", shown(ids)) } else { what }
}
