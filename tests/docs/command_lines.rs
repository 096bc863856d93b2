//! Every command that a page, a help text or a message shows exists, with the arguments that it is shown with.

use std::ffi::OsString;
use std::path::Path;

use anonapi::internals::asked_for;
use clap::error::ErrorKind;
use walkdir::WalkDir;

use super::markdown::{blocks, code_spans, prose, words};
use super::{name, pages, root, text_of};

/// What follows the prompt of a shell, if that is `anon`: `$ anon …`, `> anon …`, `C:\folder> anon …`, `$ echo y | anon …`.
pub fn command_of(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let typed = match line.split_once("$ ") {
        Some(("", typed)) => typed,
        _ => line.split_once("> ").filter(|(prompt, _)| prompt.is_empty() || prompt.contains(":\\"))?.1,
    };
    let typed =
        typed.rsplit_once(" | ").filter(|(before, _)| before.starts_with("echo ")).map_or(typed, |(_, after)| after);
    // Where its output goes, and its input is from, is the shell's business.
    let typed = typed.split_once(" | ").map_or(typed, |(before, _)| before);
    let typed = typed.split_once(" >").map_or(typed, |(before, _)| before);
    let typed = typed.split_once(" < ").map_or(typed, |(before, _)| before);
    Some(typed).filter(|typed| *typed == "anon" || typed.starts_with("anon "))
}

/// Why a command line is none; `None` if it is one.
fn fault(line: &str) -> Option<String> {
    if let Some(name) = words(line).get(2).filter(|name| line.starts_with("anon help ") && *name != "PAGE") {
        return fault_in_help(line, name);
    }
    if line == "anon help PAGE" {
        return None;
    }
    match anonapi::internals::command().try_get_matches_from(words(line)) {
        Ok(_) => None,
        Err(error) if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            None
        }
        Err(error) => Some(format!("{line}\n{}", error.to_string().lines().next().unwrap_or_default())),
    }
}

/// `anon help PAGE WORDS` shows what the words choose, and the whole page if they choose nothing.
fn fault_in_help(line: &str, name: &str) -> Option<String> {
    let help = |words: &[String]| asked_for(&words.iter().map(OsString::from).collect::<Vec<_>>());
    let words = words(line);
    match help(&words) {
        None if anonapi::internals::command().find_subcommand(name).is_none() => {
            Some(format!("{line}: there is no such page"))
        }
        Some(text) if words.len() > 3 && Some(&text) == help(&words[..3]).as_ref() => {
            Some(format!("{line}: the page has no such heading"))
        }
        _ => None,
    }
}

/// As [`fault`], where a command may be only named: `anon job reset` without the jobs.
fn fault_in_name(line: &str) -> Option<String> {
    let outcome = anonapi::internals::command().try_get_matches_from(words(line));
    let is_only_short = outcome.is_err_and(|error| error.kind() == ErrorKind::MissingRequiredArgument);
    if is_only_short { None } else { fault(line) }
}

#[test]
fn commands_on_pages_exist() {
    let mut faults = vec![];
    let mut seen = 0;
    for page in pages() {
        let text = text_of(&page);
        let mut check = |number: usize, line: &str, fault: fn(&str) -> Option<String>| {
            seen += 1;
            faults.extend(fault(line).map(|fault| format!("{}, line {}: {fault}", name(&page), number + 1)));
        };
        for block in blocks(&text) {
            let next = block.lines.iter().skip(1).chain(&[""]);
            for ((number, line), next) in (block.first..).zip(&block.lines).zip(next) {
                // What is said to a command that does not exist is shown, too.
                if let Some(line) = command_of(line).filter(|_| !next.contains("unrecognized subcommand")) {
                    check(number, line, fault);
                }
            }
        }
        for (number, line) in prose(&text) {
            // A sketch of a family of commands, such as `anon batch …`, is no command line.
            for line in code_spans(line).filter(|span| span.starts_with("anon ") && !span.contains(['|', '…', '<'])) {
                check(number, line, fault_in_name);
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(seen > 200, "only {seen} command lines were found");
}

/// Errors and help texts name commands in single quotes.
#[test]
fn commands_in_messages_exist() {
    let mut faults = vec![];
    let mut seen = 0;
    for entry in WalkDir::new(root().join("src")).into_iter().map(Result::unwrap) {
        if entry.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = without_continuations(entry.path());
        for quoted in text.split("'anon ").skip(1).filter_map(|rest| rest.split_once('\'')).map(|(line, _)| line) {
            if quoted.contains(['{', '\n', '|', '…', '"']) {
                continue;
            }
            seen += 1;
            // What the user is to put in.
            let line =
                quoted.split(' ').map(|word| if word == "ID" { "1" } else { word }).collect::<Vec<_>>().join(" ");
            faults
                .extend(fault_in_name(&format!("anon {line}")).map(|fault| format!("{}: {fault}", name(entry.path()))));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(seen > 40, "only {seen} command lines were found");
}

/// The text of a source file, string literals that go over several lines on one line.
fn without_continuations(path: &Path) -> String {
    let text = text_of(path);
    let mut parts = text.split("\\\n");
    let mut joined = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        joined.push_str(part.trim_start());
    }
    joined
}

#[test]
fn prompts_of_both_systems_are_known() {
    assert_eq!(command_of("$ anon status"), Some("anon status"));
    assert_eq!(command_of("> anon status"), Some("anon status"));
    assert_eq!(command_of(r"C:\project_folder> anon map init"), Some("anon map init"));
    assert_eq!(command_of("$ echo y | anon batch reset"), Some("anon batch reset"));
    assert_eq!(command_of("$ anon completions bash > file"), Some("anon completions bash"));
    assert_eq!(command_of("$ anon batch status --ids | anon job list -"), Some("anon batch status --ids"));
    assert_eq!(command_of("$ anon batch add - < ids.txt"), Some("anon batch add -"));
    assert_eq!(command_of("$ cd anon "), None);
    assert_eq!(command_of("a table > anon "), None);
    assert!(fault("anon help concepts xyzzy").is_some() && fault("anon help concepts batch").is_none());
    assert!(fault("anon batch rest").unwrap().contains("unrecognized subcommand 'rest'"));
}
