use clap::Args;

use super::{Which, change};
use crate::commands::jobs::RESET;
use crate::context::Context;
use crate::error::Result;

/// Reset every job in the batch of this folder, so that it is processed again
///
/// Example: anon batch reset
#[derive(Args)]
pub struct Reset {}

impl Reset {
    pub fn run(self, context: &Context) -> Result<()> {
        change(context, Which::All, &RESET, |client, id| client.reset_job(id))
    }
}
