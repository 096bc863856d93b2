use clap::Args;

use super::{Which, act};
use crate::commands::context::Context;
use crate::commands::jobs::CANCEL;
use crate::error::Result;

/// Cancel every job in the batch of this folder
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch cancel")]
pub struct Cancel {}

impl Cancel {
    pub fn run(self, context: &Context) -> Result<()> {
        act(context, Which::All, &CANCEL, |client, id| client.cancel_job(id))
    }
}
