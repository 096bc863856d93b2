use clap::Args;

use crate::commands::complete;
use crate::commands::context::Context;
use crate::error::Result;

/// Choose the server that commands talk to
#[derive(Args)]
#[command(after_help = "Examples:
  anon server activate p01")]
pub struct Activate {
    /// Name of a server in 'anon server list'
    #[arg(value_name = "SHORT_NAME", add = complete::servers())]
    name: String,
}

impl Activate {
    pub fn run(self, context: &Context) -> Result<()> {
        let server = context.change_settings(|settings| {
            let server = settings.server(&self.name)?.clone();
            settings.active_server_name = Some(self.name);
            Ok(server)
        })?;
        context.console.report(format_args!("Set active server to {server}"));
        Ok(())
    }
}
