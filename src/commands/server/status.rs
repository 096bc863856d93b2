use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::console::View;
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
        let view = ServerStatus { server: server.name.clone(), url: client.url().to_owned(), online: true };
        context.console.show(&view, |console| console.print(format_args!("OK: {server} is online and responsive")));
        Ok(())
    }
}

/// A server that has answered. No answer is an error.
#[derive(Serialize, JsonSchema)]
pub struct ServerStatus {
    /// The server's name.
    server: String,
    /// Where it is.
    url: String,
    /// Always true.
    online: bool,
}

impl View for ServerStatus {
    const COLUMNS: &'static [&'static str] = &["server", "url", "online"];
}
