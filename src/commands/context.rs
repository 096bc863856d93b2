//! What every command gets: settings, working folder, console, the client. Each part is made on first use.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::api::Client;
use crate::batch::BatchFolder;
use crate::commands::console::Console;
use crate::creation::Journal;
use crate::error::{Error, Result};
use crate::settings::{Server, Settings, SettingsFile, default_path};

/// What every command gets.
pub struct Context {
    /// The terminal.
    pub console: Arc<Console>,
    /// The working folder.
    pub folder: PathBuf,
    file: SettingsFile,
    settings: OnceCell<Settings>,
    timeout: Option<Duration>,
}

impl Context {
    /// Reads nothing yet.
    ///
    /// # Errors
    /// When there is no working folder, or no home folder to have the settings in.
    pub fn new(console: Arc<Console>, settings: Option<PathBuf>, timeout: Option<Duration>) -> Result<Context> {
        let folder = std::env::current_dir().map_err(Error::io("read", Path::new(".")))?;
        let path = settings.filter(|path| !path.as_os_str().is_empty()).or_else(default_path).ok_or_else(|| {
            Error::refused(
                "there is no home folder for the settings",
                "name a file with '--settings PATH' or ANON_SETTINGS",
            )
        })?;
        let file = SettingsFile::at(folder.join(path));
        Ok(Context { console, folder, file, settings: OnceCell::new(), timeout })
    }

    /// The settings as they were when this command began.
    ///
    /// # Errors
    /// When the settings file cannot be read, understood, or made.
    pub fn settings(&self) -> Result<&Settings> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        self.console.tell(format_args!("settings: '{}'", self.file.path().display()));
        let (settings, made) = self.file.load()?;
        if made {
            self.console.note(format_args!(
                "No settings file found. Created default settings at '{}'",
                self.file.path().display()
            ));
        } else if self.file.is_readable_by_others() {
            let path = self.file.path().display();
            self.console.warn(format_args!(
                "other users of this computer can read your token in '{path}'; 'chmod 600' that file"
            ));
        }
        Ok(self.settings.get_or_init(|| settings))
    }

    /// Changes the settings on disk.
    ///
    /// # Errors
    /// When the settings file cannot be read, understood or written; it then stays as it was.
    pub fn change_settings<T>(&self, change: impl FnOnce(&mut Settings) -> Result<T>) -> Result<T> {
        self.settings()?;
        self.file.change(change)
    }

    /// The settings file.
    pub fn settings_file(&self) -> &SettingsFile {
        &self.file
    }

    /// The batch of the working folder.
    pub fn batch(&self) -> BatchFolder {
        BatchFolder::new(&self.folder)
    }

    /// Where the journal is.
    pub fn journal_path(&self) -> PathBuf {
        Journal::path_beside(self.file.path())
    }

    /// The mapping that `map` and `create` work on.
    ///
    /// # Errors
    /// [`Error::NoActiveMapping`].
    pub fn mapping_path(&self) -> Result<PathBuf> {
        let path = self.settings()?.active_mapping_file.clone().ok_or(Error::NoActiveMapping)?;
        self.console.tell(format_args!("mapping: '{}'", path.display()));
        if path.exists() { Ok(path) } else { Err(Error::NoMapping(path)) }
    }

    /// A client of the active server.
    ///
    /// # Errors
    /// When no server is active, or its URL is none.
    pub fn client(&self) -> Result<(Server, Client)> {
        let server = self.settings()?.active_server()?.clone();
        let client = self.client_of(&server)?;
        Ok((server, client))
    }

    /// A client of any server.
    ///
    /// # Errors
    /// When the server's URL is none.
    pub fn client_of(&self, server: &Server) -> Result<Client> {
        let settings = self.settings()?;
        self.console.tell(format_args!("server: {server}"));
        let mut builder = Client::builder().validate_ssl(settings.validate_ssl);
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout);
        }
        if self.console.wants_requests() {
            let console = Arc::clone(&self.console);
            builder = builder.observer(move |line| console.note(line));
        }
        let client = builder.build(&server.url, &settings.user_name, settings.user_token.clone())?;
        self.warn_of_risks(&client, settings);
        Ok(client)
    }

    fn warn_of_risks(&self, client: &Client, settings: &Settings) {
        if client.is_plain() && !client.is_local() {
            self.console.warn(format_args!("your token travels unencrypted to {}; ask for an https URL", client.url()));
        } else if !settings.validate_ssl && !client.is_plain() {
            self.console.warn(
                "the server's certificate is not checked, so anyone on the way can read your token; \
                 'anon settings set-validate-ssl true' turns the check on",
            );
        }
    }
}
