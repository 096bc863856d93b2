//! What the Tab key offers beyond commands and options: names and ids that this user's files hold. Reads what is there, and makes,
//! says and asks nothing.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};

use crate::batch::BatchFolder;
use crate::mapping::{Document, FILE_NAME, OPTIONS_FOR_ALL};
use crate::settings::{Settings, SettingsFile, default_path};
use crate::values::Kind;

/// More ids than this do not help on a terminal.
const MOST: usize = 500;

/// The names of the servers in the settings, with their URLs.
pub fn servers() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let servers = settings().map(|settings| settings.servers).unwrap_or_default();
        servers.into_iter().map(|server| CompletionCandidate::new(server.name).help(Some(server.url.into()))).collect()
    })
}

/// The jobs of the batch of this folder.
pub fn job_ids() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let batch = BatchFolder::new(&folder()).load_if_present().ok().flatten();
        let ids = batch.map(|batch| batch.job_ids).unwrap_or_default();
        ids.into_iter().take(MOST).map(|id| CompletionCandidate::new(id.to_string())).collect()
    })
}

/// The options of a mapping.
pub fn options() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let candidate = |kind: &Kind| CompletionCandidate::new(kind.name()).help(Some(kind.explanation().into()));
        OPTIONS_FOR_ALL.iter().map(candidate).collect()
    })
}

/// The pseudonyms in the mapping that `--mapping` names, or in the active one.
pub fn pseudonyms() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let typed = typed.to_string_lossy();
        let mapping = mapping().and_then(|path| Document::read(&path).ok());
        let rows = mapping.iter().flat_map(|document| &document.mapping().rows);
        let names = rows.filter_map(|row| row.parameters.get(Kind::PseudoName).or(row.parameters.get(Kind::PseudoId)));
        let fitting = names.filter(|name| name.starts_with(&*typed)).take(MOST);
        fitting.map(CompletionCandidate::new).collect()
    })
}

/// The settings that the command would use, if they are there.
fn settings() -> Option<Settings> {
    let named = typed("--settings", None).or_else(|| Some(PathBuf::from(std::env::var_os("ANON_SETTINGS")?)));
    let path = named.filter(|path| !path.as_os_str().is_empty()).or_else(default_path)?;
    SettingsFile::at(folder().join(path)).load_if_present().ok().flatten()
}

/// The mapping that the command would work on.
fn mapping() -> Option<PathBuf> {
    let Some(path) = typed("--mapping", None) else { return settings()?.active_mapping_file };
    let path = folder().join(path);
    Some(if path.is_dir() { path.join(FILE_NAME) } else { path })
}

/// The folder that the command would work in.
pub fn folder() -> PathBuf {
    typed("--directory", Some("-C")).unwrap_or_else(|| PathBuf::from("."))
}

/// The words before the one being completed, without the program's name.
pub fn words() -> Vec<OsString> {
    // A shell passes `-- anon WORD…`. Some say which of them it is, counted from the name; else it is the last.
    let typed: Vec<OsString> = std::env::args_os().skip_while(|word| word != "--").skip(2).collect();
    let index = std::env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|index| index.parse::<usize>().ok());
    let before = index.unwrap_or(typed.len()).saturating_sub(1);
    typed.into_iter().take(before).collect()
}

/// What was typed for an option, as the shell passes it: the last time counts.
fn typed(long: &str, short: Option<&str>) -> Option<PathBuf> {
    let mut value = None;
    let words: Vec<String> = words().into_iter().filter_map(|word| word.into_string().ok()).collect();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        if word == long || short == Some(word) {
            // bash takes `--settings=FILE` for three words.
            words.next_if(|word| *word == "=");
            value = words.next().map(String::as_str).or(value);
        } else if let Some(rest) = word.strip_prefix(long).and_then(|rest| rest.strip_prefix('=')) {
            value = Some(rest);
        } else if let Some(rest) = short.and_then(|short| word.strip_prefix(short)) {
            value = Some(rest);
        }
    }
    value.map(|text| path(text.trim_matches(['"', '\''])))
}

/// bash and zsh pass `~` as it was typed.
fn path(text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}
