//! Commands that people guess, from other programs and from the words of the manual: what they are called here.

use clap::Command;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::text::nearest;

/// Guesses within a group (none for those directly after `anon`), and the commands that do it.
const GUESSES: [(&str, &[&str], &[&str]); 52] = [
    ("", &["jobs", "ls", "list"], &["server jobs", "job list", "batch status"]),
    ("", &["servers"], &["server list"]),
    ("", &["batches", "errors"], &["batch status", "batch show-error"]),
    ("", &["mapping", "mappings"], &["map status"]),
    ("", &["selection", "selections"], &["select status"]),
    ("", &["config", "configure", "setting", "preferences"], &["settings show", "settings edit"]),
    ("", &["user", "whoami", "username"], &["settings user info", "settings user set-username"]),
    ("", &["token", "login", "auth"], &["settings user get-token"]),
    ("", &["init", "new"], &["map init", "batch init"]),
    ("", &["run", "start", "submit", "send", "anonymize"], &["create from-mapping"]),
    ("", &["validate", "verify", "lint", "check", "test"], &["map check", "server status"]),
    ("", &["add"], &["map add-study-folders", "map add-accession-numbers", "batch add"]),
    ("", &["info", "show"], &["status", "job info", "batch info"]),
    ("", &["ping"], &["server status"]),
    ("", &["edit"], &["map edit", "select edit", "settings edit"]),
    ("", &["completion"], &["completions"]),
    ("server", &["use", "select", "set", "switch", "choose", "set-active", "default"], &["server activate"]),
    ("server", &["show", "ls", "info", "view"], &["server list", "server status"]),
    ("server", &["delete", "rm", "del"], &["server remove"]),
    ("server", &["ping", "check", "test"], &["server status"]),
    ("server", &["create", "new", "set-url"], &["server add"]),
    ("server", &["job"], &["server jobs"]),
    ("job", &["show", "view", "get", "describe", "detail", "details"], &["job info"]),
    ("job", &["status", "ls"], &["job list", "job info"]),
    ("job", &["error", "errors", "show-error", "log", "logs", "explain"], &["job info", "batch show-error"]),
    ("job", &["delete", "remove", "rm", "stop", "kill", "abort"], &["job cancel"]),
    ("job", &["retry", "restart", "rerun", "start", "activate"], &["job reset"]),
    ("job", &["create", "new", "add", "submit"], &["create from-mapping"]),
    ("job", &["opt-out", "ignore-opt-out", "optout"], &["job set-opt-out-ignore"]),
    ("batch", &["list", "ls", "jobs"], &["batch status", "batch info"]),
    ("batch", &["show", "view", "cat", "get"], &["batch info", "batch status"]),
    ("batch", &["create", "new", "start"], &["batch init", "create from-mapping"]),
    ("batch", &["error", "errors", "show-errors", "failed", "failures", "explain"], &["batch show-error"]),
    ("batch", &["retry", "restart", "rerun", "reset-errors", "reset-failed"], &["batch reset-error"]),
    ("batch", &["stop", "kill", "abort"], &["batch cancel-active", "batch cancel"]),
    ("batch", &["rm", "del", "clear"], &["batch remove", "batch delete"]),
    ("map", &["validate", "verify", "test", "lint", "validate-mapping"], &["map check"]),
    ("map", &["show", "list", "ls", "info", "view", "cat"], &["map status"]),
    ("map", &["create", "new", "start"], &["map init"]),
    (
        "map",
        &["add", "add-folders", "add-folder", "add-study-folder", "add-studies", "add-rows", "import"],
        &["map add-study-folders", "map add-accession-numbers", "map add-selection"],
    ),
    ("map", &["add-accession-number", "add-accession", "add-numbers", "add-pacs"], &["map add-accession-numbers"]),
    ("map", &["open"], &["map edit"]),
    ("map", &["use", "select", "choose", "switch"], &["map activate"]),
    ("map", &["rm", "remove", "del"], &["map delete"]),
    ("map", &["set-option", "set-project", "set-destination", "config"], &["map set"]),
    ("select", &["show", "list", "ls", "info", "view"], &["select status"]),
    ("select", &["create", "new", "init", "files"], &["select add"]),
    ("select", &["rm", "remove", "clear", "reset"], &["select delete"]),
    ("settings", &["list", "ls", "view", "status", "get"], &["settings show"]),
    ("settings", &["defaults", "default", "set-defaults"], &["create show-defaults", "create set-defaults"]),
    ("settings", &["set", "token", "login", "username"], &["settings user set-username", "settings user get-token"]),
    (
        "create",
        &["jobs", "job", "batch", "run", "start", "new", "mapping", "from-map", "all"],
        &["create from-mapping"],
    ),
];

/// Names the commands that were probably meant, in place of what only looks alike.
pub fn improve(mut error: Error, tree: &Command, words: &[String]) -> Error {
    if error.kind() == ErrorKind::UnknownArgument && !suggests_what_is_near(&error) {
        error.remove(ContextKind::SuggestedArg);
    }
    if error.kind() != ErrorKind::InvalidSubcommand {
        return error;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else { return error };
    let typed = typed.to_lowercase();
    let group = group_of(tree, words, &typed);
    for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::Suggested] {
        error.remove(kind);
    }
    let meant = meant(tree, group, &typed);
    if let [commands @ .., last] = meant.as_slice() {
        let quoted = |command: &String| format!("'anon {command}'");
        let list = match commands.iter().map(quoted).collect::<Vec<_>>().join(", ") {
            others if others.is_empty() => quoted(last),
            others => format!("{others} or {}", quoted(last)),
        };
        let tip = StyledStr::from(format!("did you mean {list}?"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// Whether the option that clap suggests could have been meant: it takes `--format` for `--sort`.
fn suggests_what_is_near(error: &Error) -> bool {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let (typed, suggested) = (text(ContextKind::InvalidArg), text(ContextKind::SuggestedArg));
    nearest(typed.trim_start_matches('-'), [suggested.trim_start_matches('-')]).is_some()
}

/// The group that was typed before the unknown command.
fn group_of<'w>(tree: &Command, words: &'w [String], typed: &str) -> &'w str {
    let before = words.iter().skip(1).take_while(|word| word.to_lowercase() != typed);
    before.map(String::as_str).find(|word| tree.find_subcommand(word).is_some()).unwrap_or_default()
}

fn meant(tree: &Command, group: &str, typed: &str) -> Vec<String> {
    // `anon job help reset`, as other programs have it.
    if typed == "help" {
        return vec![format!("help {group}")];
    }
    let guesses = || GUESSES.iter().filter(|(of, ..)| *of == group);
    let mut tree = tree.clone();
    tree.build();
    let within = if group.is_empty() { Some(&tree) } else { tree.find_subcommand(group) };
    let names = within.into_iter().flat_map(Command::get_subcommands).map(Command::get_name);
    // A guess may also have been mistyped.
    if let Some(near) = nearest(typed, names.chain(guesses().flat_map(|(_, guesses, _)| guesses.iter().copied()))) {
        return match guesses().find(|(_, guesses, _)| guesses.contains(&near)) {
            Some((_, _, commands)) => commands.iter().map(|command| (*command).to_owned()).collect(),
            None => vec![format!("{group} {near}").trim_start().to_owned()],
        };
    }
    // The right command, of another group or without its group.
    let groups = tree.get_subcommands().filter(|other| other.find_subcommand(typed).is_some());
    groups.map(|other| format!("{} {typed}", other.get_name())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Command {
        let mut tree = crate::cli::command();
        tree.build();
        tree
    }

    #[test]
    fn what_is_meant_exists_and_what_is_guessed_does_not() {
        let tree = tree();
        let find = |line: &str| line.split(' ').try_fold(&tree, |command, word| command.find_subcommand(word));
        for (group, guesses, commands) in GUESSES {
            for command in commands {
                assert!(find(command).is_some_and(|found| !found.has_subcommands()), "anon {command}");
            }
            for guess in guesses {
                assert!(find(format!("{group} {guess}").trim_start()).is_none(), "anon {group} {guess}");
            }
        }
    }

    #[test]
    fn no_guess_is_made_twice() {
        let mut all: Vec<(&str, &str)> =
            GUESSES.iter().flat_map(|(group, guesses, _)| guesses.iter().map(|guess| (*group, *guess))).collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
    }

    #[test]
    fn slips_of_the_keyboard_and_lost_groups_are_found() {
        let tree = tree();
        assert_eq!(meant(&tree, "map", "sttaus"), ["map status"]);
        assert_eq!(meant(&tree, "", "sever"), ["server"]);
        assert_eq!(meant(&tree, "", "reset-error"), ["batch reset-error"]);
        assert_eq!(meant(&tree, "job", "from-mapping"), ["create from-mapping"]);
        assert_eq!(meant(&tree, "", "xyzzy"), [""; 0]);
    }
}
