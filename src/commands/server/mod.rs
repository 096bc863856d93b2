mod activate;
mod add;
mod jobs;
pub mod list;
mod remove;
pub mod status;

use clap::Subcommand;

use crate::commands::context::Context;
use crate::error::Result;

#[derive(Subcommand)]
pub enum Server {
    Activate(activate::Activate),
    Add(add::Add),
    Jobs(jobs::Jobs),
    List(list::List),
    Remove(remove::Remove),
    Status(status::Status),
}

impl Server {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            Server::Activate(command) => command.run(context),
            Server::Add(command) => command.run(context),
            Server::Jobs(command) => command.run(context),
            Server::List(command) => command.run(context),
            Server::Remove(command) => command.run(context),
            Server::Status(command) => command.run(context),
        }
    }
}
