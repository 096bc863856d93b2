//! `anon`: anonymize medical images with an IDIS server.
//!
//! This is the library that the program `anon` is made of. To talk to a server from a program of your own, [`api::Client`] is all you
//! need; [`mapping`], [`plan`] and [`creation`] take a mapping to jobs as `anon create from-mapping` does; [`run`] is the whole
//! program. Everything that fails returns an [`Error`], which says what is wrong, where, and what to do about it.
//!
//! With the feature `testing`, there is a fake IDIS server to write tests against: `anonapi::testing::FakeIdis`. The programs in
//! `examples` use the library in small, and the pages in `docs` explain the rest.
//!
//! | module | what it is for |
//! |---|---|
//! | [`api`] | the IDIS web API: transport, one method per function, jobs |
//! | [`settings`] | the settings file in the home folder |
//! | [`batch`] | the jobs of a folder |
//! | [`journal`] | which rows of a mapping already have a job |
//! | [`mapping`] | the mapping CSV: read, checked, edited in place |
//! | [`parameters`] | what a job is made of: sources, pseudonyms, paths |
//! | [`plan`] | making a job of each row of a mapping |
//! | [`creation`] | creating jobs so that none is lost and none is made twice |
//! | [`tabular`] | input lists as Excel, editors and colleagues leave them |
//! | [`selection`] | `fileselection.txt` |
//! | [`scan`] | finding files, many at a time |
//! | [`dicom`] | is it DICOM, and whose is it |
//! | [`troubleshooting`] | what the errors of jobs mean and what to do about them |
//! | [`unc`] | UNC paths, and finding them for mounts and drive letters |
//! | [`locale`] | whether this user writes a decimal comma |
//! | [`storage`] | YAML in and out, atomic replacement, locks: the only code that writes files |
//! | [`error`] | one error type for everything |
//! | `testing` | a fake IDIS server, with the feature `testing` |
//!
//! The command line, the commands, what each of them gets (settings, folder, client) and the console that prints are private: `cli`,
//! `commands`, `context` and `console`. They depend on the modules above. None of those depends on them, and none of those prints,
//! asks or exits.

pub mod api;
pub mod batch;
mod cli;
mod commands;
mod console;
mod context;
pub mod creation;
pub mod dicom;
pub mod error;
pub mod journal;
pub mod locale;
pub mod mapping;
pub mod parameters;
pub mod plan;
pub mod scan;
pub mod selection;
pub mod settings;
pub mod storage;
pub mod tabular;
#[cfg(feature = "testing")]
pub mod testing;
pub mod troubleshooting;
pub mod unc;

pub use error::{Error, Result};

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

/// Its examples are compiled with the others.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
mod guide {}

/// The command line of `anon`, for who documents it or completes it in a shell.
pub fn command() -> clap::Command {
    cli::Cli::command()
}

/// The whole program: takes the command line, does what it says, and returns what to exit with.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout with status 0, wrong usage to stderr with status 2.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let console = cli.console();
    let outcome = cli.context().and_then(|context| cli::dispatch(cli, &context));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console.error(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<cli::Cli, clap::Error> {
    let mut command = command();
    let cli = match command.try_get_matches_from_mut(arguments) {
        Ok(mut matches) => cli::Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command)),
        Err(error) => Err(error),
    };
    // Taking the tree apart again takes almost as long as building it, and the program ends soon.
    std::mem::forget(command);
    cli
}
