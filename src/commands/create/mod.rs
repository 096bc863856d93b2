mod doubts;
mod filter;
mod from_mapping;
pub mod journal;
mod kinds;
mod look;
mod report;
mod set_defaults;
pub mod show_defaults;
pub mod view;
mod words;

use clap::Subcommand;

use crate::commands::context::Context;
use crate::error::Result;

#[derive(Subcommand)]
pub enum Create {
    FromMapping(from_mapping::FromMapping),
    Journal(journal::Journal),
    SetDefaults(set_defaults::SetDefaults),
    ShowDefaults(show_defaults::ShowDefaults),
}

impl Create {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            Create::FromMapping(command) => command.run(context),
            Create::Journal(command) => command.run(context),
            Create::SetDefaults(command) => command.run(context),
            Create::ShowDefaults(command) => command.run(context),
        }
    }
}
