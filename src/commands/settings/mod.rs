mod edit;
mod get_token;
mod info;
mod set_username;
mod set_validate_ssl;
pub mod show;
mod user;

use clap::Subcommand;

use crate::commands::context::Context;
use crate::error::Result;

#[derive(Subcommand)]
pub enum Settings {
    Edit(edit::Edit),
    GetToken(get_token::GetToken),
    Info(info::Info),
    SetUsername(set_username::SetUsername),
    SetValidateSsl(set_validate_ssl::SetValidateSsl),
    Show(show::Show),
    /// Manage the credentials for the servers
    #[command(subcommand, arg_required_else_help = true)]
    User(user::User),
}

impl Settings {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            Settings::Edit(command) => command.run(context),
            Settings::GetToken(command) => command.run(context),
            Settings::Info(command) => command.run(context),
            Settings::SetUsername(command) => command.run(context),
            Settings::SetValidateSsl(command) => command.run(context),
            Settings::Show(command) => command.run(context),
            Settings::User(command) => command.run(context),
        }
    }
}
