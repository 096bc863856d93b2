//! What the Tab key offers beyond commands and options: names and ids that this user's files hold. Reads what is there, and makes,
//! says and asks nothing.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};

use crate::batch::BatchFolder;
use crate::mapping::{Document, OPTIONS_FOR_ALL};
use crate::settings::{Settings, SettingsFile, default_path};
use crate::values::Kind;

/// More ids than this are no help on a terminal.
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
        let batch = BatchFolder::new(Path::new(".")).load_if_present().ok().flatten();
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

/// The pseudonyms in the active mapping.
pub fn pseudonyms() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let typed = typed.to_string_lossy();
        let mapping = settings().and_then(|settings| Document::read(&settings.active_mapping_file?).ok());
        let rows = mapping.iter().flat_map(|document| &document.mapping().rows);
        let names = rows.filter_map(|row| row.parameters.get(Kind::PseudoName).or(row.parameters.get(Kind::PseudoId)));
        let fitting = names.filter(|name| name.starts_with(&*typed)).take(MOST);
        fitting.map(CompletionCandidate::new).collect()
    })
}

/// The settings as they are on disk, if there are any.
fn settings() -> Option<Settings> {
    let named = std::env::var_os("ANON_SETTINGS").filter(|path| !path.is_empty()).map(PathBuf::from);
    SettingsFile::at(named.or_else(default_path)?).load_if_present().ok().flatten()
}
