use clap::Args;

use crate::context::Context;
use crate::error::Result;

/// Check whether the active server is online and responding
///
/// Example: anon server status
#[derive(Args)]
pub struct Status {}

impl Status {
    pub fn run(self, context: &Context) -> Result<()> {
        let (server, client) = context.client()?;
        client.get_documentation()?;
        context.console.print(format_args!("OK: {server} is online and responsive"));
        Ok(())
    }
}
