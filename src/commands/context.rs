//! What every command gets: settings, working folder, console, the client. Each part is made on first use.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::api::Client;
use crate::batch::BatchFolder;
use crate::commands::calls;
use crate::commands::console::Console;
use crate::creation::Journal;
use crate::error::{Error, Result};
use crate::mapping::FILE_NAME;
use crate::settings::{Server, Settings, SettingsFile, default_path};
use crate::storage;

/// When to give up.
#[derive(Debug, Clone, Copy)]
pub struct Timeout {
    /// After this long.
    pub after: Duration,
    /// Whether it was typed for this command, not set for all in the environment.
    pub is_typed: bool,
}

/// What every command gets.
pub struct Context {
    /// The terminal.
    pub console: Arc<Console>,
    /// The working folder.
    pub folder: PathBuf,
    file: SettingsFile,
    settings: OnceCell<Settings>,
    timeout: Option<Timeout>,
    mapping: Option<PathBuf>,
    mapping_is_named: Cell<bool>,
}

impl Context {
    /// Reads nothing yet.
    ///
    /// # Errors
    /// When there is no working folder, or no home folder for the settings.
    pub fn new(console: Arc<Console>, settings: Option<PathBuf>, timeout: Option<Timeout>) -> Result<Context> {
        let folder = std::env::current_dir().map_err(Error::io("read", Path::new(".")))?;
        let path = settings.filter(|path| !path.as_os_str().is_empty()).or_else(default_path).ok_or_else(|| {
            Error::refused(
                "cannot find a home folder for the settings",
                "name a file with '--settings PATH' or ANON_SETTINGS",
            )
        })?;
        let file = SettingsFile::at(folder.join(path));
        let mapping_is_named = Cell::new(false);
        Ok(Context { console, folder, file, settings: OnceCell::new(), timeout, mapping: None, mapping_is_named })
    }

    /// Makes `map` and `create` work on this mapping, whichever is active. A folder stands for the mapping in it.
    pub fn choose_mapping(&mut self, path: Option<PathBuf>) {
        self.mapping = path.filter(|path| !path.as_os_str().is_empty()).map(|path| {
            let path = self.folder.join(path);
            if path.is_dir() { path.join(FILE_NAME) } else { path }
        });
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
        for name in settings.servers_with_password() {
            self.console.warn(format_args!(
                "the URL of server '{name}' contains a user name or password, which is not used; \
                 'anon server add {name} URL' replaces it"
            ));
        }
        Ok(self.settings.get_or_init(|| settings))
    }

    /// Like [`Context::settings`], for a command that reports doubts about them itself.
    ///
    /// # Errors
    /// As [`Context::settings`].
    pub fn settings_to_examine(&self) -> Result<&Settings> {
        let (settings, _) = self.file.load()?;
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

    /// The mapping that `map` and `create` work on: the one that was chosen, or the active one. The user is told once which that
    /// is, if it is not in the working folder.
    ///
    /// # Errors
    /// [`Error::NoActiveMapping`], [`Error::NoMapping`].
    pub fn mapping_path(&self) -> Result<PathBuf> {
        let chosen = self.mapping.clone();
        let is_active = chosen.is_none();
        let path =
            chosen.map_or_else(|| self.settings()?.active_mapping_file.clone().ok_or(Error::NoActiveMapping), Ok)?;
        if !storage::exists(&path)? {
            return Err(Error::NoMapping(path));
        }
        if !self.mapping_is_named.replace(true) {
            self.name_mapping(&path, is_active);
        }
        Ok(path)
    }

    /// Where a mapping of this folder is, or will be.
    pub fn mapping_here(&self) -> PathBuf {
        self.mapping.clone().unwrap_or_else(|| self.folder.join(FILE_NAME))
    }

    fn name_mapping(&self, path: &Path, is_active: bool) {
        let same = |one: &Path, other: &Path| same_file::is_same_file(one, other).unwrap_or(false);
        let (console, shown, here) = (&self.console, path.display(), self.folder.join(FILE_NAME));
        let is_here = path.parent().is_some_and(|folder| same(folder, &self.folder)) || same(path, &here);
        if !is_active || is_here {
            console.tell(format_args!("mapping: '{shown}'"));
        } else if here.is_file() {
            console.warn(format_args!(
                "this works on the active mapping '{shown}', not on the one in this folder; 'anon map activate' activates that"
            ));
        } else {
            console.note(format_args!("mapping: '{shown}'"));
        }
    }

    /// A client of the active server.
    ///
    /// # Errors
    /// When no server is active, or its URL is not valid.
    pub fn client(&self) -> Result<(Server, Client)> {
        let server = self.settings()?.active_server()?.clone();
        let client = self.client_of(&server)?;
        Ok((server, client))
    }

    /// A client of any server.
    ///
    /// # Errors
    /// When the server's URL is not valid.
    pub fn client_of(&self, server: &Server) -> Result<Client> {
        self.client_with(server, self.timeout.map(|timeout| timeout.after))
    }

    /// Like [`Context::client_of`], for a command that runs longer than a call: how long it may run, if that was typed, and a
    /// client whose calls take no longer than usual.
    ///
    /// # Errors
    /// When the server's URL is not valid.
    pub fn client_for_long(&self, server: &Server) -> Result<(Client, Option<Duration>)> {
        const USUAL: Duration = Duration::from_secs(60);
        let Some(timeout) = self.timeout else { return Ok((self.client_of(server)?, None)) };
        let all = timeout.is_typed.then_some(timeout.after);
        let one = if timeout.is_typed { timeout.after.min(USUAL) } else { timeout.after };
        Ok((self.client_with(server, Some(one))?, all))
    }

    fn client_with(&self, server: &Server, timeout: Option<Duration>) -> Result<Client> {
        let settings = self.settings()?;
        self.warn_of_examples(server, settings);
        let (user_name, token) = settings.credentials()?;
        self.console.tell(format_args!("server: {server}"));
        let observer = calls::observer(Arc::clone(&self.console), &server.name);
        let mut builder = Client::builder().validate_ssl(settings.validate_ssl).observer(observer);
        if let Some(timeout) = timeout {
            builder = builder.timeout(timeout);
        }
        let client = builder.build(&server.url, user_name, token.clone())?;
        self.warn_of_risks(&client, settings);
        Ok(client)
    }

    fn warn_of_examples(&self, server: &Server, settings: &Settings) {
        if server.is_example() {
            self.console.warn(format_args!(
                "'{}' is only an example of a server; 'anon server add NAME URL' and 'anon server activate NAME' put yours in its place",
                server.name
            ));
        }
        if settings.has_example_user() {
            self.console.warn(format_args!(
                "the user name '{}' is only an example; 'anon settings user set-username NAME' puts yours in its place",
                settings.user_name
            ));
        }
    }

    fn warn_of_risks(&self, client: &Client, settings: &Settings) {
        if client.is_plain() && !client.is_local() {
            let through = client.proxy().map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default();
            self.console.warn(format_args!(
                "your token travels unencrypted to {}{through}; ask for an https URL",
                client.url()
            ));
        } else if !settings.validate_ssl && !client.is_plain() {
            self.console.warn(
                "the server's certificate is not checked, so anyone in between can read your token; \
                 'anon settings set-validate-ssl true' turns the check on",
            );
        }
    }
}
