use std::ffi::OsString;

use clap::Args;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use super::topics::PAGES;
use crate::commands::complete;

/// Explain a command, or show a page of the documentation
///
/// For a command, this is the same as adding '--help'. 'anon help topics' lists the pages.
#[derive(Args)]
#[command(after_help = "Examples:
  anon help
  anon help job
  anon help batch status
  anon help topics
  anon help troubleshooting certificate")]
pub struct Help {
    /// A command, or a page and words in its headings
    #[arg(value_name = "COMMAND", add = ArgValueCandidates::new(candidates))]
    command: Vec<String>,
}

/// What the next word can be: a command of the group before it, or first a command or a page.
fn candidates() -> Vec<CompletionCandidate> {
    let words = complete::words().into_iter().filter_map(|word| word.into_string().ok());
    let before: Vec<String> = words.skip_while(|word| word != "help").skip(1).collect();
    let mut tree = super::command();
    tree.build();
    let Some(group) = before.iter().try_fold(&tree, |group, word| group.find_subcommand(word)) else { return vec![] };
    let commands = group.get_subcommands().map(|command| (command.get_name(), command.get_about().cloned()));
    let pages = PAGES.iter().map(|page| (page.name, Some(page.title().into())));
    let pages = pages.chain([("topics", Some("List the pages".into()))]).filter(|_| before.is_empty());
    commands.chain(pages).map(|(name, help)| CompletionCandidate::new(name).help(help)).collect()
}

/// `anon job reset --help` for `anon help job reset`, and every other command line unchanged.
///
/// Only if nothing else comes before `help`: only clap knows which options before a command take values.
pub fn asking_for_help(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let asks = |argument: &OsString| argument == "--help" || argument == "-h";
    if arguments.get(1).is_some_and(|first| first == "help") && !arguments.iter().any(asks) {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(line: &str) -> String {
        let arguments = asking_for_help(line.split(' ').map(OsString::from).collect());
        arguments.iter().map(|argument| argument.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn help_comes_before_its_command() {
        assert_eq!(line("anon help"), "anon --help");
        assert_eq!(line("anon help job reset"), "anon job reset --help");
        assert_eq!(line("anon help --help"), "anon help --help");
        assert_eq!(line("anon job reset help"), "anon job reset help");
    }
}
