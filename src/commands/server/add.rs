use clap::Args;

use crate::api::ServerUrl;
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::settings::Server;

/// Add a server to the list, or change the URL of one
#[derive(Args)]
#[command(after_help = "Examples:
  anon server add p01 https://idis.example.org/p01")]
pub struct Add {
    /// Short name for the server
    #[arg(value_name = "SHORT_NAME")]
    name: String,
    /// URL of its web API
    url: String,
}

impl Add {
    pub fn run(self, context: &Context) -> Result<()> {
        if self.name.trim().is_empty() {
            return Err(Error::usage("a server needs a name", "type 'anon server add NAME URL'"));
        }
        // A URL that no client could use is refused here, before it is saved.
        ServerUrl::parse(&self.url)?;
        let server = Server { name: self.name, url: self.url };
        context.change_settings(|settings| {
            settings.add_server(server.clone());
            Ok(())
        })?;
        context.console.report(format_args!("added {server} to list"));
        Ok(())
    }
}
