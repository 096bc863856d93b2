mod from_mapping;
mod report;
mod set_defaults;
mod show_defaults;

use clap::Subcommand;

use crate::commands::context::Context;
use crate::error::Result;

#[derive(Subcommand)]
pub enum Create {
    FromMapping(from_mapping::FromMapping),
    SetDefaults(set_defaults::SetDefaults),
    ShowDefaults(show_defaults::ShowDefaults),
}

impl Create {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            Create::FromMapping(command) => command.run(context),
            Create::SetDefaults(command) => command.run(context),
            Create::ShowDefaults(command) => command.run(context),
        }
    }
}
