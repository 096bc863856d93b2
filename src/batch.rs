//! A batch: the jobs that belong together, in the file `.anonbatch` of a folder.
//!
//! A batch keeps the server that its jobs were created on, whatever server is active later.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::api::JobId;
use crate::error::{Error, Result};
use crate::problem::{Place, Problem, Problems};
use crate::settings::Server;
use crate::storage::yaml::{self, Entries};
use crate::storage::{self, Cap, Durability, Lock, Privacy};

/// What the file of a batch is called.
pub const FILE_NAME: &str = ".anonbatch";

const CAP: Cap = Cap::new(16, "batch");

/// Job ids and the server that they are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// In numeric order, each id once.
    pub job_ids: BTreeSet<JobId>,
    /// Where the jobs are.
    pub server: Server,
}

impl Batch {
    /// A batch without jobs.
    pub fn empty(server: Server) -> Batch {
        Batch { job_ids: BTreeSet::new(), server }
    }

    /// Reads what AnonAPI or `anon` wrote.
    ///
    /// # Errors
    /// [`Error::Contents`] with the file, and the line where that is known.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Batch> {
        let batch = yaml::read(bytes, path, HINT)?.into_entries("the batch").and_then(from_entries);
        Ok(batch.map_err(|problem| Problems::new(path, vec![problem.hint(HINT)]))?)
    }

    /// The text of the file. Ids are strings there, as AnonAPI has them.
    pub fn to_yaml(&self) -> String {
        let mut text = String::from(if self.job_ids.is_empty() { "job_ids: []\n" } else { "job_ids:\n" });
        for id in &self.job_ids {
            text.extend(["- '", &id.to_string(), "'\n"]);
        }
        let Server { name, url } = &self.server;
        text.extend(["server:\n  name: ", &yaml::scalar(name), "\n  url: ", &yaml::scalar(url), "\n"]);
        text
    }
}

fn from_entries(mut entries: Entries) -> Result<Batch, Problem> {
    let mut job_ids = BTreeSet::new();
    for node in entries.list("job_ids")? {
        let place = node.place();
        let Some(text) = node.into_text("job_ids")? else { continue };
        job_ids.insert(text.parse().map_err(|_| Problem::new(place, format!("'{text}' is not a job id")))?);
    }
    let mut server = entries.entries("server")?;
    let mut text = |key| {
        server.text(key)?.ok_or_else(|| Problem::new(Place::Whole, format!("does not say the {key} of its server")))
    };
    let (name, url) = (text("name")?, text("url")?);
    Ok(Batch { job_ids, server: Server::named(name, &url) })
}

const HINT: &str = "correct it in an editor, or start anew with 'anon batch delete' and 'anon batch init'";

/// A folder in which a batch may be defined.
#[derive(Debug, Clone)]
pub struct BatchFolder {
    path: PathBuf,
}

impl BatchFolder {
    /// The batch of this folder.
    pub fn new(folder: &Path) -> BatchFolder {
        BatchFolder { path: folder.join(FILE_NAME) }
    }

    /// The batch, or `None` if the folder has none.
    ///
    /// # Errors
    /// When there is a file that cannot be read or understood.
    pub fn load_if_present(&self) -> Result<Option<Batch>> {
        storage::read_if_present(&self.path, CAP)?.map(|bytes| Batch::parse(&bytes, &self.path)).transpose()
    }

    /// The batch.
    ///
    /// # Errors
    /// [`Error::NoBatch`]; or when there is a file that cannot be read or understood.
    pub fn load(&self) -> Result<Batch> {
        self.load_if_present()?.ok_or(Error::NoBatch)
    }

    /// Makes an empty batch.
    ///
    /// # Errors
    /// [`Error::BatchExists`].
    pub fn init(&self, server: Server) -> Result<()> {
        let _lock = Lock::of(&self.path)?;
        if storage::exists(&self.path)? {
            return Err(Error::BatchExists);
        }
        self.save(&Batch::empty(server))
    }

    /// Changes the batch as it is on disk at this moment, so that two `anon` at once lose nothing.
    ///
    /// # Errors
    /// As [`BatchFolder::load`], or when the file cannot be written; it then stays as it was.
    pub fn change<T>(&self, change: impl FnOnce(&mut Batch) -> T) -> Result<T> {
        let _lock = Lock::of(&self.path)?;
        let mut batch = self.load()?;
        let outcome = change(&mut batch);
        self.save(&batch)?;
        Ok(outcome)
    }

    /// Adds jobs of a server, making the batch when there is none yet.
    ///
    /// # Errors
    /// [`Error::OtherServer`] if the folder's batch belongs to another server; or as [`BatchFolder::change`].
    pub fn add(&self, server: &Server, ids: impl IntoIterator<Item = JobId>) -> Result<()> {
        self.put(server, ids, Durability::Full)
    }

    /// As [`BatchFolder::add`], but the new batch may have to wait for its name until [`BatchFolder::sync`]: a power cut before
    /// that may bring the old one back.
    ///
    /// # Errors
    /// As [`BatchFolder::add`].
    pub fn add_soon(&self, server: &Server, ids: impl IntoIterator<Item = JobId>) -> Result<()> {
        self.put(server, ids, Durability::Content)
    }

    fn put(&self, server: &Server, ids: impl IntoIterator<Item = JobId>, durability: Durability) -> Result<()> {
        let _lock = Lock::of(&self.path)?;
        let found = self.load_if_present()?;
        let is_new = found.is_none();
        let mut batch = found.unwrap_or_else(|| Batch::empty(server.clone()));
        check_server(&batch, server)?;
        let before = batch.job_ids.len();
        batch.job_ids.extend(ids);
        if batch.job_ids.len() == before && !is_new {
            return Ok(());
        }
        self.write(&batch, durability)
    }

    /// Waits until the batch is on disk, if there is one.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(&self) -> Result<()> {
        storage::sync(&self.path)
    }

    /// Makes sure that jobs of a server can be added: writes the batch as it is, or tries whether the folder takes one.
    ///
    /// # Errors
    /// As [`BatchFolder::add`].
    pub fn prepare(&self, server: &Server) -> Result<()> {
        let _lock = Lock::of(&self.path)?;
        match self.load_if_present()? {
            Some(batch) => check_server(&batch, server).and_then(|()| self.save(&batch)),
            None => {
                self.write(&Batch::empty(server.clone()), Durability::Content)?;
                storage::delete(&self.path)
            }
        }
    }

    /// Removes the batch. The jobs stay on the server.
    ///
    /// # Errors
    /// [`Error::NoBatch`], or when the file cannot be removed.
    pub fn delete(&self) -> Result<()> {
        let _lock = Lock::of(&self.path)?;
        if !storage::exists(&self.path)? {
            return Err(Error::NoBatch);
        }
        storage::delete(&self.path)
    }

    fn save(&self, batch: &Batch) -> Result<()> {
        self.write(batch, Durability::Full)
    }

    fn write(&self, batch: &Batch, durability: Durability) -> Result<()> {
        storage::write(&self.path, batch.to_yaml().as_bytes(), Privacy::Shared, durability)
    }
}

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn server() -> Server {
        Server { name: "p01".to_owned(), url: "https://apiservers/p01".to_owned() }
    }

    #[test]
    fn a_batch_is_written_as_the_manual_shows_it() {
        let batch = Batch { job_ids: [JobId(10), JobId(2)].into(), server: server() };
        let text = "job_ids:\n- '2'\n- '10'\nserver:\n  name: p01\n  url: https://apiservers/p01\n";
        assert_eq!(batch.to_yaml(), text);
        assert_eq!(Batch::parse(text.as_bytes(), Path::new(FILE_NAME)).unwrap(), batch);
    }

    #[test]
    fn unquoted_ids_and_extra_keys_are_read() {
        let text = "extra: 1\njob_ids: [3, '4']\nserver: {name: a, url: b}\n";
        let batch = Batch::parse(text.as_bytes(), Path::new(FILE_NAME)).unwrap();
        assert_eq!(batch.job_ids, [JobId(3), JobId(4)].into());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let error = Batch::parse(b"job_ids:\n- '1'\nserver: 5\n", Path::new(FILE_NAME)).unwrap_err();
        assert!(error.to_string().starts_with(".anonbatch, line 3: server: found a text, expected lines"), "{error}");
        let error =
            Batch::parse(b"job_ids:\n- '1'\n- abc\nserver: {name: a, url: b}\n", Path::new(FILE_NAME)).unwrap_err();
        assert!(error.to_string().starts_with(".anonbatch, line 3: 'abc' is not a job id; "), "{error}");
        let error = Batch::parse(b"job_ids: []\n", Path::new(FILE_NAME)).unwrap_err();
        assert!(error.to_string().starts_with(".anonbatch: does not say the name of its server; "), "{error}");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Batch::parse(&bytes, Path::new(FILE_NAME));
        }

        #[test]
        fn batches_go_round(ids in proptest::collection::btree_set(any::<i64>().prop_map(JobId), 0..50), name in ".*", url in ".*") {
            let batch = Batch { job_ids: ids, server: Server::named(name, &url) };
            prop_assert_eq!(Batch::parse(batch.to_yaml().as_bytes(), Path::new(FILE_NAME)).unwrap(), batch);
        }
    }
}
