use clap::Args;

use super::{Which, act};
use crate::api::JobStatus;
use crate::commands::context::Context;
use crate::commands::jobs::RESET;
use crate::error::Result;

/// Reset the jobs of the batch that ended in error
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch reset-error")]
pub struct ResetError {}

impl ResetError {
    pub fn run(self, context: &Context) -> Result<()> {
        let failed = Which::With(|status| *status == JobStatus::Error);
        act(context, failed, &RESET, |client, id| client.reset_job(id))
    }
}
