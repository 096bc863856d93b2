use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;

/// Make an empty batch in this folder, for the active server
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch init")]
pub struct Init {}

impl Init {
    pub fn run(self, context: &Context) -> Result<()> {
        let server = context.settings()?.active_server()?.clone();
        context.batch().init(server.clone())?;
        context.console.report(format_args!("Initialised batch for {server} in current dir"));
        Ok(())
    }
}
