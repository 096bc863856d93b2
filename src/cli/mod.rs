//! The command tree, and which code a parsed command line runs. Nothing below knows it.

mod guesses;
mod help;
mod lazy;
pub mod topics;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgAction, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::CompleteEnv;

use crate::commands;
use crate::commands::completions::ASKING;
use crate::commands::console::{Color, Console, Format, Wishes, visible};
use crate::commands::context::{Context, Timeout};
use crate::error::{Error, Result};
use help::asking_for_help;
use lazy::{Lazy, OnMapping};

/// Anonymize medical images with an IDIS server
///
/// Choose the data, name the pseudonyms, create the jobs, and follow them. Start with 'anon status'.
/// 'anon help topics' lists the pages of the documentation.
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
    /// Say what is being done; -vv also shows each request to the server
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// Print only results, warnings and errors
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Answer every question with yes
    #[arg(short, long, global = true)]
    yes: bool,
    /// How to print results: table, csv or json
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, hide_possible_values = true, global = true)]
    format: Format,
    /// Print results as JSON: short for '--format json'
    #[arg(long, global = true, conflicts_with = "format")]
    json: bool,
    /// Use the settings in this file instead of those in the home folder
    // An empty variable is one that is not set; clap's own parser of paths would refuse it.
    #[arg(long, value_name = "PATH", env = "ANON_SETTINGS", hide_env_values = true, global = true,
          value_parser = OsStringValueParser::new().map(PathBuf::from))]
    settings: Option<PathBuf>,
    /// Give up on a request to the server after this many seconds [default: 60]
    #[arg(long, value_name = "SECONDS", env = "ANON_TIMEOUT", hide_env_values = true, value_parser = clap::value_parser!(u64).range(1..=86_400), global = true)]
    timeout: Option<u64>,
    /// Whether it was typed, not taken from the environment.
    #[arg(skip)]
    timeout_is_typed: bool,
    /// When to print in color: auto, always or never
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, hide_possible_values = true, global = true)]
    color: Color,
    /// Work in this folder, as if 'anon' had been started there
    #[arg(short = 'C', long, value_name = "DIR", global = true,
          value_parser = OsStringValueParser::new().map(PathBuf::from))]
    directory: Option<PathBuf>,
}

impl Global {
    fn wishes(&self) -> Wishes {
        let format = if self.json { Format::Json } else { self.format };
        Wishes { verbosity: self.verbose, quiet: self.quiet, assume_yes: self.yes, color: self.color, format }
    }
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
    Map(OnMapping<commands::map::Map>),
    /// Select files for a single anonymization job
    Select(Lazy<commands::select::Select>),
    /// Create jobs
    Create(OnMapping<commands::create::Create>),
    Doctor(commands::doctor::Doctor),
    Completions(commands::completions::Completions),
    Man(commands::man::Man),
    Help(help::Help),
}

/// The whole program: takes the command line, does what it says, and returns what to exit with.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    keep_memory_private();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(status) = complete(&arguments) {
        return status;
    }
    if let Some(text) = topics::asked_for(&arguments) {
        let console = Console::new(Wishes::default());
        console.print_help(text);
        return console.finish().into();
    }
    let arguments = asking_for_help(arguments);
    let cli = match parse(&arguments) {
        Ok(cli) => cli,
        Err(error) => return explain(&asked_of(error, &arguments), &arguments),
    };
    let console = Arc::new(Console::new(cli.global.wishes()));
    match dispatch(cli, &console) {
        Ok(()) => console.finish().into(),
        Err(error) => {
            console.error(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

/// Answers a shell that asks what can be typed next. `None` if none does.
fn complete(arguments: &[OsString]) -> Option<ExitCode> {
    std::env::var_os(ASKING)?;
    // Errors must not appear while someone is typing.
    let folder = std::env::current_dir().map(|here| here.join(commands::complete::folder())).ok();
    let answered = CompleteEnv::with_factory(command).var(ASKING).try_complete(arguments, folder.as_deref());
    match answered {
        Ok(false) => None,
        Ok(true) => Some(ExitCode::SUCCESS),
        Err(_) => Some(ExitCode::FAILURE),
    }
}

/// The token is in memory: it must not end up in a core file, wherever the system sends those, and no other program of the user may
/// look at this one. A limit on the size of core files would not do, for systemd and others that collect them go beyond it.
fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    // SAFETY: the call only takes numbers. If it fails, nothing changes.
    unsafe {
        libc::prctl(libc::PR_SET_DUMPABLE, 0);
    }
}

/// The command tree of `anon`.
pub fn command() -> Command {
    ["status", "doctor", "completions", "man", "help"].into_iter().fold(Cli::command(), |tree, single| {
        tree.mut_subcommand(single, |command| lazy::refer_to_them(command).defer(lazy::without_global_options))
    })
}

fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let mut command = command();
    let words: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let matches = command.try_get_matches_from_mut(arguments);
    let mut matches = matches.map_err(|error| guesses::improve(error, &command, &words))?;
    let timeout_is_typed = matches.value_source("timeout") == Some(ValueSource::CommandLine);
    let mut cli = Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))?;
    cli.global.timeout_is_typed = timeout_is_typed;
    Ok(cli)
}

/// A group without a command asks for the list of its commands. With `ANON_SETTINGS` set, say, which clap takes for an argument, it
/// says that the command is missing instead.
fn asked_of(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    if error.kind() != ErrorKind::MissingSubcommand {
        return error;
    }
    let for_help: Vec<OsString> = arguments.iter().cloned().chain(["-h".into()]).collect();
    parse(&for_help).err().filter(|answer| answer.kind() == ErrorKind::DisplayHelp).unwrap_or(error)
}

/// Prints help, the version, or what is wrong with the command line; returns what to exit with.
fn explain(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let console = Console::new(wishes(arguments));
    match error.kind() {
        // A group without a command lists its commands: that is requested help.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            console.print_help(error.render().ansi());
            console.finish().into()
        }
        _ => {
            console.usage_error(said_of(error, arguments));
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}

/// What clap says about a wrong command line. It repeats what was typed as it is: where that could command the terminal, what it says
/// of the same command line made visible is shown, and without colours.
fn said_of(error: &clap::Error, arguments: &[OsString]) -> String {
    let shown = |argument: &OsString| OsString::from(&*visible(&argument.to_string_lossy()));
    let visible_arguments: Vec<OsString> = arguments.iter().map(shown).collect();
    let variables = ["ANON_SETTINGS", "ANON_TIMEOUT"].map(|name| std::env::var_os(name).unwrap_or_default());
    if visible_arguments == arguments && variables.iter().all(|value| shown(value) == *value) {
        return error.render().ansi().to_string();
    }
    let text = match parse(&visible_arguments) {
        Err(error) => error.render().to_string(),
        Ok(_) => visible(&error.render().to_string()).into_owned(),
    };
    text.lines().flat_map(|line| [visible(line), "\n".into()]).collect()
}

/// What a command line asks for that cannot be parsed as a whole.
fn wishes(arguments: &[OsString]) -> Wishes {
    let is_json = arguments.iter().any(|argument| argument == "--json");
    let format = if is_json { Some(Format::Json) } else { asked(arguments, "--format") };
    let color = asked(arguments, "--color").unwrap_or_default();
    Wishes { color, format: format.unwrap_or_default(), ..Wishes::default() }
}

/// The value of an option there.
fn asked<T: ValueEnum>(arguments: &[OsString], option: &str) -> Option<T> {
    let after = arguments.iter().skip_while(|argument| *argument != option).nth(1);
    let value = arguments.iter().find_map(|argument| argument.to_str()?.strip_prefix(option)?.strip_prefix('='));
    T::from_str(value.or_else(|| after?.to_str())?, false).ok()
}

fn dispatch(cli: Cli, console: &Arc<Console>) -> Result<()> {
    let Global { settings, timeout, timeout_is_typed, directory, .. } = cli.global;
    let timeout = timeout.map(|seconds| Timeout { after: Duration::from_secs(seconds), is_typed: timeout_is_typed });
    // Before everything else: a relative path to the settings also starts there.
    if let Some(folder) = directory {
        std::env::set_current_dir(&folder).map_err(Error::io("enter", &folder))?;
    }
    let mut context = Context::new(Arc::clone(console), settings, timeout)?;
    match cli.command {
        Group::Status(command) => command.run(&context),
        Group::Server(Lazy(command)) => command.run(&context),
        Group::Job(Lazy(command)) => command.run(&context),
        Group::Settings(Lazy(command)) => command.run(&context),
        Group::Batch(Lazy(command)) => command.run(&context),
        Group::Map(OnMapping { mapping, command: Lazy(command) }) => {
            context.choose_mapping(mapping);
            command.run(&context)
        }
        Group::Select(Lazy(command)) => command.run(&context),
        Group::Create(OnMapping { mapping, command: Lazy(command) }) => {
            context.choose_mapping(mapping);
            command.run(&context)
        }
        Group::Doctor(command) => command.run(&context),
        Group::Completions(completions) => completions.run(&context),
        Group::Man(man) => man.run(&context, command()),
        // Handled before: it asks for the help of another command.
        Group::Help(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_sound() {
        super::command().debug_assert();
    }
}
