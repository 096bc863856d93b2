use clap::Args;

use crate::commands::complete;
use crate::commands::context::Context;
use crate::error::Result;

/// Remove a server from the list
#[derive(Args)]
#[command(after_help = "Examples:
  anon server remove p01")]
pub struct Remove {
    /// Name of a server in 'anon server list'
    #[arg(value_name = "SHORT_NAME", add = complete::servers())]
    name: String,
}

impl Remove {
    pub fn run(self, context: &Context) -> Result<()> {
        let (server, was_active) = context.change_settings(|settings| {
            let was_active = settings.active_server_name.as_deref() == Some(self.name.as_str());
            Ok((settings.remove_server(&self.name)?, was_active))
        })?;
        context.console.report(format_args!("removed {server} from list"));
        if was_active {
            context.console.note("no server is active now; choose one with 'anon server activate NAME'");
        }
        Ok(())
    }
}
