//! The clap tree and the dispatch, nothing else.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{ArgAction, ArgMatches, Args, Command, FromArgMatches, Parser, Subcommand};

use crate::commands;
use crate::console::Console;
use crate::context::Context;
use crate::error::Result;

/// Anonymize medical images with an IDIS server
///
/// Choose the data, name the pseudonyms, create the jobs, and follow them. Start with 'anon status'.
#[derive(Parser)]
#[command(name = "anon", version, disable_help_subcommand = true, infer_long_args = false, args_override_self = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Group>,
}

/// The options that every command takes.
#[derive(Args, Clone)]
#[command(next_help_heading = "Options for every command")]
struct Global {
    /// Tell what is done; -vv tells of each request to the server too
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// Answer every question with yes
    #[arg(short, long, global = true)]
    yes: bool,
    /// Use the settings in this file instead of those in the home folder
    // An empty variable is one that is not set; clap's own parser of paths would refuse it.
    #[arg(long, value_name = "PATH", env = "ANON_SETTINGS", hide_env_values = true, global = true,
          value_parser = OsStringValueParser::new().map(PathBuf::from))]
    settings: Option<PathBuf>,
    /// Give up on a request to the server after this many seconds [default: 60]
    #[arg(long, value_name = "SECONDS", env = "ANON_TIMEOUT", hide_env_values = true, value_parser = clap::value_parser!(u64).range(1..=86_400), global = true)]
    timeout: Option<u64>,
}

#[derive(Subcommand)]
enum Group {
    Status(commands::status::Status),
    /// Manage anonymization servers
    Server(Of<commands::server::Server>),
    /// Work with single jobs
    Job(Of<commands::job::Job>),
    /// View and change settings and credentials
    Settings(Of<commands::settings::Settings>),
    /// Work with the jobs of this folder, all at once
    Batch(Of<commands::batch::Batch>),
    /// Map data to the pseudonyms and parameters to anonymize it with
    Map(Of<commands::map::Map>),
    /// Select files for a single anonymization job
    Select(Of<commands::select::Select>),
    /// Create jobs
    Create(Of<commands::create::Create>),
}

/// A group of commands; without a command it lists them.
///
/// What is in a group is set up only when the group is called: setting up the whole tree takes longer than most commands.
pub struct Of<T> {
    pub(crate) command: Option<T>,
}

impl<T: Subcommand> Args for Of<T> {
    fn augment_args(command: Command) -> Command {
        command.disable_help_subcommand(true).defer(T::augment_subcommands)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: Subcommand> FromArgMatches for Of<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let command = matches.subcommand().map(|_| T::from_arg_matches(matches)).transpose()?;
        Ok(Of { command })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Runs the command of the parsed command line.
///
/// # Errors
/// Whatever the command fails with.
pub fn dispatch(cli: Cli, context: &Context) -> Result<()> {
    let Some(group) = cli.command else { return context.help(&[]) };
    match group {
        Group::Status(command) => command.run(context),
        Group::Server(Of { command: Some(command) }) => command.run(context),
        Group::Job(Of { command: Some(command) }) => command.run(context),
        Group::Settings(Of { command: Some(command) }) => command.run(context),
        Group::Batch(Of { command: Some(command) }) => command.run(context),
        Group::Map(Of { command: Some(command) }) => command.run(context),
        Group::Select(Of { command: Some(command) }) => command.run(context),
        Group::Create(Of { command: Some(command) }) => command.run(context),
        Group::Server(_) => context.help(&["server"]),
        Group::Job(_) => context.help(&["job"]),
        Group::Settings(_) => context.help(&["settings"]),
        Group::Batch(_) => context.help(&["batch"]),
        Group::Map(_) => context.help(&["map"]),
        Group::Select(_) => context.help(&["select"]),
        Group::Create(_) => context.help(&["create"]),
    }
}

impl Cli {
    /// What the options for every command ask for.
    pub fn context(&self) -> Result<Context> {
        let global = &self.global;
        let console = Console::new(global.verbose, global.yes);
        Context::new(console, global.settings.clone(), global.timeout.map(Duration::from_secs))
    }

    /// The console before there is a context, for an error on the way there.
    pub fn console(&self) -> Console {
        Console::new(self.global.verbose, self.global.yes)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_tree_is_sound() {
        super::Cli::command().debug_assert();
    }
}
