//! A batch: the jobs that belong together, in the file `.anonbatch` of a folder.
//!
//! A batch keeps the server that its jobs were created on, whatever server is active later.

mod folder;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;

use crate::api::JobId;
use crate::error::{Error, Result};
use crate::problem::{Place, Problem, Problems};
use crate::settings::Server;
use crate::storage::yaml::{self, Entries};

pub use folder::{Additions, BatchFolder};

/// What the file of a batch is called.
pub const FILE_NAME: &str = ".anonbatch";

/// Job ids and the server that they are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// In numeric order, each id once.
    pub job_ids: BTreeSet<JobId>,
    /// Entries that are not ids: AnonAPI writes down whatever is typed. They are kept in the file, and ignored.
    pub not_ids: Vec<String>,
    /// Where the jobs are.
    pub server: Server,
}

impl Batch {
    /// A batch without jobs.
    pub fn empty(server: Server) -> Batch {
        Batch { job_ids: BTreeSet::new(), not_ids: vec![], server }
    }

    /// Reads what AnonAPI or `anon` wrote. An entry that lists several ids (`1,2,3`) stands for them all.
    ///
    /// # Errors
    /// [`Error::Contents`] with the file, and the line where that is known.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Batch> {
        let batch = yaml::read(bytes, path, HINT)?.into_entries("the batch").and_then(from_entries);
        Ok(batch.map_err(|problem| Problems::new(path, vec![problem.hint(HINT)]))?)
    }

    /// The text of the file. Ids are strings there, as AnonAPI has them.
    pub fn to_yaml(&self) -> String {
        let is_empty = self.job_ids.is_empty() && self.not_ids.is_empty();
        let mut text = String::from(if is_empty { "job_ids: []\n" } else { "job_ids:\n" });
        for id in &self.job_ids {
            text.extend(["- '", &id.to_string(), "'\n"]);
        }
        for other in &self.not_ids {
            text.extend(["- ", &yaml::scalar(other), "\n"]);
        }
        let Server { name, url } = &self.server;
        text.extend(["server:\n  name: ", &yaml::scalar(name), "\n  url: ", &yaml::scalar(url), "\n"]);
        text
    }
}

fn from_entries(mut entries: Entries) -> Result<Batch, Problem> {
    let ids = entries.take_or_nothing("job_ids").into_list("job_ids")?;
    let mut server = entries.take_or_nothing("server").into_entries("server")?;
    let mut text = |key| {
        let text = server.take_or_nothing(key).into_text(key)?;
        text.ok_or_else(|| Problem::new(Place::Whole, format!("does not say the {key} of its server")))
    };
    let (name, url) = (text("name")?, text("url")?);
    let mut batch = Batch::empty(Server::named(name, &url));
    for node in ids {
        let entry = node.into_text("job_ids")?.unwrap_or_default();
        for part in entry.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.parse() {
                Ok(id) if JobId(0) < id => drop(batch.job_ids.insert(id)),
                _ if batch.not_ids.iter().any(|known| known == part) => {}
                _ => batch.not_ids.push(part.to_owned()),
            }
        }
    }
    Ok(batch)
}

const HINT: &str = "correct it in an editor, or start over with 'anon batch delete' and 'anon batch init'";

/// Jobs of two servers cannot be in one batch: their ids would be mixed up.
///
/// # Errors
/// [`Error::OtherServer`] when the batch belongs to another server than `server`.
pub fn check_server(batch: &Batch, server: &Server) -> Result<()> {
    let same = |one: &str, two: &str| one.trim_end_matches('/') == two.trim_end_matches('/');
    if same(&batch.server.url, &server.url) {
        return Ok(());
    }
    Err(Error::OtherServer { batch: batch.server.to_string(), active: server.to_string() })
}
