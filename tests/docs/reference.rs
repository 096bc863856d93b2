//! The command reference is what the program itself says.

use std::fmt::Write;

use clap::{Arg, Command};

use super::{compare, root};

const INTRODUCTION: &str = "\
# Command reference

This page is generated from the program's own help, which any command shows with `--help`. `UPDATE_DOCS=1 cargo test --test docs`
updates it. For what the commands are for, see [usage](usage.md); for the terms, see [concepts](concepts.md).

A group without a command lists its commands: `anon job`. Exit status: 0 done, 1 failed (even if only in part), 2 wrong
usage, 130 interrupted with Ctrl-C. Results go to standard output; questions, progress, warnings and errors to standard error.
";

#[test]
fn is_what_the_program_says() {
    let mut command = anonapi::internals::command();
    command.build();
    let mut text = INTRODUCTION.to_owned();
    contents(&command, &mut text);
    text.push_str("\n## Global options\n");
    arguments(command.get_arguments().filter(|argument| is_global(argument)), &mut text);
    sections(&command, 2, &mut text);
    compare(&root().join("docs/commands.md"), &text);
}

fn is_global(argument: &Arg) -> bool {
    argument.is_global_set() || matches!(argument.get_id().as_str(), "help" | "version")
}

/// A table of all commands, each with a link.
fn contents(command: &Command, text: &mut String) {
    text.push_str("\n| command | |\n|---|---|\n");
    let mut rows = vec![];
    leaves(command, &mut rows);
    for leaf in rows {
        let (name, about) = (full_name(leaf), leaf.get_about().unwrap_or_default());
        let _ = writeln!(text, "| [`{name}`](#{}) | {about} |", name.replace(' ', "-"));
    }
}

fn leaves<'a>(command: &'a Command, found: &mut Vec<&'a Command>) {
    for sub in command.get_subcommands() {
        if sub.has_subcommands() {
            leaves(sub, found);
        } else {
            found.push(sub);
        }
    }
}

fn full_name(command: &Command) -> String {
    command.get_bin_name().unwrap_or(command.get_name()).to_owned()
}

fn sections(command: &Command, level: usize, text: &mut String) {
    for sub in command.get_subcommands() {
        let _ = write!(text, "\n{} {}\n", "#".repeat(level), full_name(sub));
        if sub.has_subcommands() {
            let _ = write!(text, "\n{}.\n", sub.get_about().unwrap_or_default());
            sections(sub, level + 1, text);
        } else {
            section(sub, text);
        }
    }
}

fn section(command: &Command, text: &mut String) {
    let long = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    for paragraph in long.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let end = if paragraph.ends_with('.') { "" } else { "." };
        let _ = write!(text, "\n{}{end}\n", paragraph.replace('<', "\\<"));
    }
    let aliases: Vec<String> = command.get_visible_aliases().map(|alias| format!("`{alias}`")).collect();
    if !aliases.is_empty() {
        let _ = write!(text, "\nAlso called {}.\n", aliases.join(", "));
    }
    let usage = command.clone().render_usage().to_string();
    let _ = write!(text, "\n```text\n{}\n", usage.trim_start_matches("Usage: ").trim());
    text.push_str("```\n");
    arguments(command.get_positionals(), text);
    arguments(command.get_opts().chain(command.get_arguments().filter(|a| is_flag(a))).filter(|a| !is_global(a)), text);
    text.push_str("\n```sh\n");
    for line in examples(command) {
        let _ = writeln!(text, "$ {line}");
    }
    text.push_str("```\n");
}

/// The lines below "Examples:" in the help of a command: each command has at least one.
fn examples(command: &Command) -> Vec<String> {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let lines = after.strip_prefix("Examples:\n").unwrap_or_default().lines();
    let examples: Vec<String> = lines.map_while(|line| line.strip_prefix("  ")).map(str::to_owned).collect();
    assert!(!examples.is_empty(), "{} shows no example", full_name(command));
    examples
}

fn is_flag(argument: &Arg) -> bool {
    !argument.is_positional() && !argument.get_action().takes_values()
}

fn arguments<'a>(arguments: impl Iterator<Item = &'a Arg>, text: &mut String) {
    let lines: Vec<String> = arguments.filter(|argument| !argument.is_hide_set()).map(line).collect();
    if !lines.is_empty() {
        let _ = write!(text, "\n{}\n", lines.join("\n"));
    }
}

/// `- `-f`, `--input-file FILE`: what it is for`
fn line(argument: &Arg) -> String {
    let values =
        argument.get_value_names().unwrap_or_default().iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" ");
    let long = argument.get_long().map(|long| match argument.get_action().takes_values() {
        true => format!("`--{long} {values}`"),
        false => format!("`--{long}`"),
    });
    let names: Vec<String> = argument.get_short().map(|short| format!("`-{short}`")).into_iter().chain(long).collect();
    let names = if names.is_empty() { format!("`{values}`") } else { names.join(", ") };
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default().replace('*', "\\*");
    let environment =
        argument.get_env().map(|name| format!(" (or the environment variable `{}`)", name.to_string_lossy()));
    let default = argument.get_default_values().first().filter(|_| argument.get_action().takes_values());
    let default = default.map(|value| format!(" [default: {}]", value.to_string_lossy()));
    format!("- {names}: {help}{}{}", default.unwrap_or_default(), environment.unwrap_or_default())
}
