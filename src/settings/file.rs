use std::path::{Path, PathBuf};

use super::Settings;
use crate::error::Result;
use crate::storage::{self, Cap, Durability, Lock, Privacy};

/// What the settings file is called.
pub const FILE_NAME: &str = "AnonWebAPIClientSettings.yml";

const CAP: Cap = Cap::new(1, "settings file");

/// Where the settings are by default: in the home folder, as for AnonAPI.
///
/// `None` if the user has no home folder.
pub fn default_path() -> Option<PathBuf> {
    // On Windows, AnonAPI goes by USERPROFILE; the system's own answer need not be the same.
    let named = if cfg!(windows) { std::env::var_os("USERPROFILE") } else { None };
    let home = named.filter(|home| !home.is_empty()).map(PathBuf::from).or_else(std::env::home_dir);
    home.filter(|home| !home.as_os_str().is_empty()).map(|home| home.join(FILE_NAME))
}

/// The settings file: where it is, and what is in it.
#[derive(Debug)]
pub struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    /// The settings at this path.
    pub fn at(path: PathBuf) -> SettingsFile {
        SettingsFile { path }
    }

    /// Where they are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the settings, or `None` if there is no file.
    ///
    /// # Errors
    /// When the file cannot be read, or not understood.
    pub fn load_if_present(&self) -> Result<Option<Settings>> {
        storage::read_if_present(&self.path, CAP)?.map(|bytes| Settings::parse(&bytes, &self.path)).transpose()
    }

    /// Reads the settings; creates the file with defaults if there is none. Says whether it was created.
    ///
    /// # Errors
    /// When the file cannot be read or understood; it is not changed.
    pub fn load(&self) -> Result<(Settings, bool)> {
        if let Some(settings) = self.load_if_present()? {
            return Ok((settings, false));
        }
        let _lock = Lock::of(&self.path)?;
        if let Some(settings) = self.load_if_present()? {
            return Ok((settings, false));
        }
        let settings = Settings::default();
        self.save(&settings)?;
        Ok((settings, true))
    }

    /// Changes the settings as they are on disk at this moment, so that two `anon` at once lose nothing.
    ///
    /// # Errors
    /// When the file cannot be read or written, or `change` fails; it is then not changed.
    pub fn change<T>(&self, change: impl FnOnce(&mut Settings) -> Result<T>) -> Result<T> {
        let _lock = Lock::of(&self.path)?;
        let mut settings = self.load_if_present()?.unwrap_or_default();
        let outcome = change(&mut settings)?;
        self.save(&settings)?;
        Ok(outcome)
    }

    fn save(&self, settings: &Settings) -> Result<()> {
        storage::write(&self.path, settings.to_file().as_bytes(), Privacy::Private, Durability::Full)
    }

    /// Whether others on this machine can read the token. Always false if the system has no such permissions.
    pub fn is_readable_by_others(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::metadata(&self.path).is_ok_and(|file| file.permissions().mode() & 0o044 != 0)
        }
        #[cfg(not(unix))]
        {
            false
        }
    }
}
