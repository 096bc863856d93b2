mod edit;
mod get_token;
mod info;
mod set_username;
mod set_validate_ssl;
pub mod show;
mod user;

group!(Settings {
    Edit(edit::Edit),
    GetToken(get_token::GetToken),
    Info(info::Info),
    SetUsername(set_username::SetUsername),
    SetValidateSsl(set_validate_ssl::SetValidateSsl),
    Show(show::Show),
    /// Manage the credentials for the servers
    #[command(subcommand, arg_required_else_help = true)]
    User(user::User),
});
