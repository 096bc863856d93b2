use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Batch, FILE_NAME, check_server};
use crate::api::JobId;
use crate::error::{Error, Result};
use crate::settings::Server;
use crate::storage::{self, Cap, Durability, Lock, Privacy};

const CAP: Cap = Cap::new(16, "batch");

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

    /// The file that the batch is in.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The batch, or `None` if the folder has none.
    ///
    /// # Errors
    /// When the file exists but cannot be read or understood.
    pub fn load_if_present(&self) -> Result<Option<Batch>> {
        storage::read_if_present(&self.path, CAP)?.map(|bytes| Batch::parse(&bytes, &self.path)).transpose()
    }

    /// The batch.
    ///
    /// # Errors
    /// [`Error::NoBatch`]; or when the file cannot be read or understood.
    pub fn load(&self) -> Result<Batch> {
        self.load_if_present()?.ok_or(Error::NoBatch)
    }

    /// Makes an empty batch.
    ///
    /// # Errors
    /// [`Error::BatchExists`].
    pub fn init(&self, server: Server) -> Result<()> {
        let _lock = Lock::of(&self.path)?;
        // An existing file is not replaced, even if it cannot be read.
        if storage::exists(&self.path)? {
            return Err(Error::BatchExists);
        }
        self.save(&Batch::empty(server))
    }

    /// Changes the batch as it is on disk at this moment, so that two `anon` at once lose nothing.
    ///
    /// # Errors
    /// As [`BatchFolder::load`], or when the file cannot be written; it then stays as it was.
    pub fn change<T>(&self, change: impl FnOnce(&mut Batch) -> Result<T>) -> Result<T> {
        let _lock = Lock::of(&self.path)?;
        let mut batch = self.load()?;
        let outcome = change(&mut batch)?;
        self.save(&batch)?;
        Ok(outcome)
    }

    /// Adds jobs of a server, creating the batch if there is none yet.
    ///
    /// # Errors
    /// [`Error::OtherServer`] if the folder's batch belongs to another server; or as [`BatchFolder::change`].
    pub fn add(&self, server: &Server, ids: impl IntoIterator<Item = JobId>) -> Result<()> {
        let _lock = Lock::of(&self.path)?;
        let mut batch = self.load_for(server)?;
        let before = batch.job_ids.len();
        batch.job_ids.extend(ids);
        if batch.job_ids.len() == before { Ok(()) } else { self.save(&batch) }
    }

    /// Begins to add the jobs of a server, one after the other.
    pub fn additions(&self, server: &Server) -> Additions {
        Additions { folder: self.clone(), batch: Batch::empty(server.clone()), written: None }
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

    /// Keeps every other `anon`, on any computer, from creating jobs in this folder. The batch can still be changed.
    ///
    /// # Errors
    /// When another `anon` creates jobs here, or the folder takes no lock.
    pub fn reserve(&self) -> Result<Lock> {
        Lock::of(&self.path.with_extension("create"))
    }

    /// Removes the batch, and returns what it was at that moment: `None` if it could not be understood. The jobs stay on the
    /// server.
    ///
    /// # Errors
    /// [`Error::NoBatch`], or when the file cannot be removed.
    pub fn delete(&self) -> Result<Option<Batch>> {
        let _lock = Lock::of(&self.path)?;
        // One that cannot be read is removed as well, unless nobody can tell whether there is one.
        let bytes = storage::read_if_present(&self.path, CAP);
        if let Ok(None) = bytes {
            return Err(Error::NoBatch);
        }
        storage::delete(&self.path)?;
        Ok(bytes.ok().flatten().and_then(|bytes| Batch::parse(&bytes, &self.path).ok()))
    }

    fn load_for(&self, server: &Server) -> Result<Batch> {
        match self.load_if_present()? {
            Some(batch) => check_server(&batch, server).map(|()| batch),
            None => Ok(Batch::empty(server.clone())),
        }
    }

    fn save(&self, batch: &Batch) -> Result<()> {
        self.write(batch, Durability::Full)
    }

    fn write(&self, batch: &Batch, durability: Durability) -> Result<()> {
        storage::write(&self.path, batch.to_yaml().as_bytes(), Privacy::Shared, durability)
    }
}

/// Jobs that are added to a batch one after the other: what it held is read again only when somebody else has changed it.
#[derive(Debug)]
pub struct Additions {
    folder: BatchFolder,
    batch: Batch,
    /// The file as it was when `batch` was written.
    written: Option<Stamp>,
}

impl Additions {
    /// Adds a job. The new batch may have to wait for its name until [`BatchFolder::sync`]: a power cut before that may bring
    /// the old one back.
    ///
    /// # Errors
    /// As [`BatchFolder::add`].
    pub fn add(&mut self, id: JobId) -> Result<()> {
        let path = &self.folder.path;
        let _lock = Lock::of(path)?;
        if self.written.is_none() || self.written != Stamp::of(path) {
            self.batch = self.folder.load_for(&self.batch.server)?;
        }
        if self.batch.job_ids.insert(id) {
            self.written = None;
            self.folder.write(&self.batch, Durability::Content)?;
        }
        self.written = Stamp::of(path);
        Ok(())
    }
}

/// What changes when a file does.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// Each replacement is a file of its own.
    file: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Stamp> {
        let file = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&file);
        #[cfg(not(unix))]
        let number = 0;
        Some(Stamp { length: file.len(), modified: file.modified().ok(), file: number })
    }
}
