use clap::Args;

use super::{Which, act};
use crate::api::JobStatus;
use crate::commands::context::Context;
use crate::commands::jobs::CANCEL;
use crate::error::Result;

/// Cancel the jobs of the batch that are not processed yet; leave done and error
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch cancel-active")]
pub struct CancelActive {}

impl CancelActive {
    pub fn run(self, context: &Context) -> Result<()> {
        let active = Which::With(|status| *status == JobStatus::Active);
        act(context, active, &CANCEL, |client, id| client.cancel_job(id))
    }
}
