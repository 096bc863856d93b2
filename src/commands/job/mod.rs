mod cancel;
pub mod info;
mod list;
mod reset;
mod set_opt_out_ignore;

use clap::Subcommand;

use crate::commands::context::Context;
use crate::error::Result;

#[derive(Subcommand)]
pub enum Job {
    Cancel(cancel::Cancel),
    Info(info::Info),
    List(list::List),
    Reset(reset::Reset),
    SetOptOutIgnore(set_opt_out_ignore::SetOptOutIgnore),
}

impl Job {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            Job::Cancel(command) => command.run(context),
            Job::Info(command) => command.run(context),
            Job::List(command) => command.run(context),
            Job::Reset(command) => command.run(context),
            Job::SetOptOutIgnore(command) => command.run(context),
        }
    }
}
