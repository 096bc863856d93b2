use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;

/// Check whether the active server is online and responding
#[derive(Args)]
#[command(after_help = "Examples:
  anon server status")]
pub struct Status {}

impl Status {
    pub fn run(self, context: &Context) -> Result<()> {
        let (server, client) = context.client()?;
        client.get_documentation()?;
        context.console.print(format_args!("OK: {server} is online and responsive"));
        Ok(())
    }
}
