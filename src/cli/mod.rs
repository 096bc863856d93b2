//! The command tree, and which code a parsed command line runs. Nothing below knows it.

mod lazy;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands;
use crate::commands::console::Console;
use crate::commands::context::Context;
use crate::error::Result;
use lazy::Lazy;

/// Anonymize medical images with an IDIS server
///
/// Choose the data, name the pseudonyms, create the jobs, and follow them. Start with 'anon status'.
#[derive(Parser)]
#[command(name = "anon", version, disable_help_subcommand = true, infer_long_args = false, args_override_self = true)]
#[command(subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Group,
}

/// The options that every command takes.
#[derive(Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Say what is being done; -vv also names each request to the server
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
    Server(Lazy<commands::server::Server>),
    /// Work with single jobs
    Job(Lazy<commands::job::Job>),
    /// View and change settings and credentials
    Settings(Lazy<commands::settings::Settings>),
    /// Work with all jobs of this folder at once
    Batch(Lazy<commands::batch::Batch>),
    /// Map data to the pseudonyms and parameters to anonymize it with
    Map(Lazy<commands::map::Map>),
    /// Select files for a single anonymization job
    Select(Lazy<commands::select::Select>),
    /// Create jobs
    Create(Lazy<commands::create::Create>),
}

/// The whole program: takes the command line, does what it says, and returns what to exit with.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut tree = command();
    let cli = match parse(&mut tree, arguments) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(explain(&error, &mut tree)),
    };
    let console = Arc::new(Console::new(cli.global.verbose, cli.global.yes));
    match dispatch(cli, &console) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console.error(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

/// The command tree of `anon`.
pub fn command() -> Command {
    let tree = Cli::command();
    tree.mut_subcommand("status", |command| lazy::refer_to_them(command).defer(lazy::without_global_options))
}

fn parse(tree: &mut Command, arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut matches = tree.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(tree))
}

/// Prints help, the version, or what is wrong with the command line; returns the exit status.
fn explain(error: &clap::Error, tree: &mut Command) -> u8 {
    let console = Console::new(0, false);
    // A group without a command lists its commands: that is help that was asked for.
    let listing = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Some(error.render()),
        // What clap says instead when ANON_SETTINGS, say, is set, which it takes for an argument.
        ErrorKind::MissingSubcommand => incomplete(error, tree).map(Command::render_help),
        _ => None,
    };
    if let Some(listing) = listing {
        console.print(listing.to_string().trim_end());
        return 0;
    }
    let _ = error.print();
    u8::try_from(error.exit_code()).unwrap_or(2)
}

/// The group that was named without a command.
fn incomplete<'a>(error: &clap::Error, tree: &'a mut Command) -> Option<&'a mut Command> {
    let Some(ContextValue::String(path)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    path.split(' ').skip(1).try_fold(tree, |command, name| command.find_subcommand_mut(name))
}

fn dispatch(cli: Cli, console: &Arc<Console>) -> Result<()> {
    let Global { settings, timeout, .. } = cli.global;
    let context = Context::new(Arc::clone(console), settings, timeout.map(Duration::from_secs))?;
    match cli.command {
        Group::Status(command) => command.run(&context),
        Group::Server(Lazy(command)) => command.run(&context),
        Group::Job(Lazy(command)) => command.run(&context),
        Group::Settings(Lazy(command)) => command.run(&context),
        Group::Batch(Lazy(command)) => command.run(&context),
        Group::Map(Lazy(command)) => command.run(&context),
        Group::Select(Lazy(command)) => command.run(&context),
        Group::Create(Lazy(command)) => command.run(&context),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_sound() {
        super::command().debug_assert();
    }
}
