use clap::Args;

use super::{Which, change};
use crate::commands::jobs::CANCEL;
use crate::context::Context;
use crate::error::Result;

/// Cancel every job in the batch of this folder
///
/// Example: anon batch cancel
#[derive(Args)]
pub struct Cancel {}

impl Cancel {
    pub fn run(self, context: &Context) -> Result<()> {
        change(context, Which::All, &CANCEL, |client, id| client.cancel_job(id))
    }
}
