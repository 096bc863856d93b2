use clap::Subcommand;

use super::{get_token, info, set_username};
use crate::commands::context::Context;
use crate::error::Result;

#[derive(Subcommand)]
pub enum User {
    GetToken(get_token::GetToken),
    Info(info::Info),
    SetUsername(set_username::SetUsername),
}

impl User {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            User::GetToken(command) => command.run(context),
            User::Info(command) => command.run(context),
            User::SetUsername(command) => command.run(context),
        }
    }
}
