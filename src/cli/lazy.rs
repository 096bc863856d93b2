use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Subcommand};

/// A group of commands that is set up only when it is called: setting up the whole tree takes longer than most commands run.
pub struct Lazy<T>(pub T);

impl<T: Subcommand> Args for Lazy<T> {
    fn augment_args(command: Command) -> Command {
        let command = command.subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true);
        command.defer(|command| T::augment_subcommands(without_global_options(command)).mut_subcommands(refer_to_them))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: Subcommand> FromArgMatches for Lazy<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(Lazy)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// A group of commands that work on a mapping, which `--mapping` chooses.
pub struct OnMapping<T> {
    pub mapping: Option<PathBuf>,
    pub command: Lazy<T>,
}

const MAPPING: &str = "mapping";

impl<T: Subcommand> Args for OnMapping<T> {
    fn augment_args(command: Command) -> Command {
        let mapping = Arg::new(MAPPING)
            .long(MAPPING)
            .value_name("PATH")
            .help("Work on this mapping instead of the active one")
            .value_parser(OsStringValueParser::new().map(PathBuf::from))
            .display_order(1000)
            .global(true);
        Lazy::<T>::augment_args(command.arg(mapping))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: Subcommand> FromArgMatches for OnMapping<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(OnMapping { mapping: matches.get_one(MAPPING).cloned(), command: Lazy::from_arg_matches(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Leaves the options that every command takes out of the help of a command and of those below it.
pub fn without_global_options(command: Command) -> Command {
    command.mut_args(|arg| if arg.is_global_set() && arg.get_id() != MAPPING { arg.hide(true) } else { arg })
}

/// Says where those options are explained, below what else the help of a command ends with.
pub fn refer_to_them(command: Command) -> Command {
    const WHERE: &str = "Global options: see 'anon --help'";
    if command.has_subcommands() {
        return command.mut_subcommands(refer_to_them);
    }
    let text = match command.get_after_help() {
        Some(text) => format!("{text}\n\n{WHERE}"),
        None => WHERE.to_owned(),
    };
    command.after_help(text)
}
