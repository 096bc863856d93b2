//! The settings file `AnonWebAPIClientSettings.yml` in the user's home folder, shared with AnonAPI.
//!
//! ```
//! use anonapi::settings::{Server, SettingsFile};
//!
//! # let home = tempfile::tempdir().unwrap();
//! # let path = home.path().join("settings.yml");
//! // let path = anonapi::settings::default_path().expect("a home folder");
//! let file = SettingsFile::at(path);
//! file.change(|settings| {
//!     settings.add_server(Server { name: "p01".to_owned(), url: "https://idis.example.org/p01".to_owned() });
//!     settings.active_server_name = Some("p01".to_owned());
//!     Ok(())
//! })?;
//! let (settings, _) = file.load()?;
//! assert_eq!(settings.active_server()?.url, "https://idis.example.org/p01");
//! assert_eq!(format!("{:?}", settings.user_token), "Token(***)");
//! # Ok::<(), anonapi::Error>(())
//! ```

mod file;
mod format;

pub use file::{FILE_NAME, SettingsFile, default_path};

use std::fmt;
use std::path::PathBuf;

use crate::api::{Token, without_password};
use crate::error::{Error, Result};
use crate::storage::yaml::Entries;
use crate::values::Parameters;

/// An anonymization server: the name that the user gave it, and the URL of its web API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Short and unique in the settings.
    pub name: String,
    /// The base URL of the web API.
    pub url: String,
}

impl Server {
    /// Whether this is the example server of new settings.
    pub fn is_example(&self) -> bool {
        self.url.trim_end_matches('/') == EXAMPLE_URL
    }

    /// A server as a file names it. A password in its URL is left out: it is neither shown nor copied, nor of use to the web API.
    pub(crate) fn named(name: String, url: &str) -> Server {
        Server { name, url: without_password(url).into_owned() }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, without_password(&self.url))
    }
}

/// What new settings hold until the user puts something in its place.
const EXAMPLE_URL: &str = "https://hostname_of_api";
const EXAMPLE_USER: &str = "username";
const EXAMPLE_TOKEN: &str = "token";

/// What `anon` remembers for a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// In the order in which they were added.
    pub servers: Vec<Server>,
    /// The server that commands talk to.
    pub active_server_name: Option<String>,
    /// The user's name at the servers.
    pub user_name: String,
    /// The secret that goes with the name.
    pub user_token: Token,
    /// Whether certificates are checked.
    pub validate_ssl: bool,
    /// What every new mapping starts with.
    pub job_default_parameters: Parameters,
    /// The mapping that `map` and `create` work on.
    pub active_mapping_file: Option<PathBuf>,
    /// Servers whose URL in the file holds a user name or a password.
    passwords_in: Vec<String>,
    /// Keys of other versions, kept as they are.
    other: Entries,
}

impl Default for Settings {
    fn default() -> Self {
        use crate::values::Kind;
        Settings {
            servers: vec![Server { name: "testserver".to_owned(), url: EXAMPLE_URL.to_owned() }],
            active_server_name: Some("testserver".to_owned()),
            user_name: EXAMPLE_USER.to_owned(),
            user_token: Token::new(EXAMPLE_TOKEN),
            validate_ssl: true,
            job_default_parameters: Parameters::from_pairs([(Kind::Project, "NOT_SET"), (Kind::DestinationPath, ".")]),
            active_mapping_file: None,
            passwords_in: Vec::new(),
            other: Entries::default(),
        }
    }
}

impl Settings {
    /// The server of this name.
    ///
    /// # Errors
    /// [`Error::NoSuchServer`] names the ones that there are.
    pub fn server(&self, name: &str) -> Result<&Server> {
        self.servers.iter().find(|server| server.name == name).ok_or_else(|| Error::NoSuchServer {
            name: name.to_owned(),
            known: self.servers.iter().map(|server| server.name.clone()).collect(),
        })
    }

    /// The server that commands talk to.
    ///
    /// # Errors
    /// [`Error::NoActiveServer`], or [`Error::NoSuchServer`] if the active one has been removed by hand.
    pub fn active_server(&self) -> Result<&Server> {
        let name = self.active_server_name.as_deref().ok_or(Error::NoActiveServer)?;
        self.server(name)
    }

    /// The servers whose URL in the file holds a user name or a password, which [`Server::url`] does not.
    pub fn servers_with_password(&self) -> &[String] {
        &self.passwords_in
    }

    /// Whether the user name is still the example of new settings.
    pub fn has_example_user(&self) -> bool {
        self.user_name == EXAMPLE_USER
    }

    /// Whether the token is still the example of new settings.
    pub fn has_example_token(&self) -> bool {
        self.user_token.reveal() == EXAMPLE_TOKEN
    }

    /// The user's name on the servers, and the secret that goes with it.
    ///
    /// # Errors
    /// [`Error::Refused`] if either has been left empty.
    pub fn credentials(&self) -> Result<(&str, &Token)> {
        if self.user_name.is_empty() {
            let hint = "set the one by which the servers know you with 'anon settings user set-username NAME'";
            return Err(Error::refused("there is no user name in the settings", hint));
        }
        if self.user_token.reveal().is_empty() {
            let hint = "get one with 'anon settings user get-token'";
            return Err(Error::refused("there is no token in the settings", hint));
        }
        Ok((&self.user_name, &self.user_token))
    }

    /// Adds a server, or gives a known one another URL.
    pub fn add_server(&mut self, server: Server) {
        match self.servers.iter_mut().find(|known| known.name == server.name) {
            Some(known) => *known = server,
            None => self.servers.push(server),
        }
    }

    /// Removes a server; if it was the active one, none is active any more.
    ///
    /// # Errors
    /// [`Error::NoSuchServer`].
    pub fn remove_server(&mut self, name: &str) -> Result<Server> {
        let server = self.server(name)?.clone();
        self.servers.retain(|known| known.name != name);
        if self.active_server_name.as_deref() == Some(name) {
            self.active_server_name = None;
        }
        Ok(server)
    }

    /// The file's own form of these settings, the token hidden: for the user to look at.
    pub fn shown(&self) -> String {
        self.to_yaml("***")
    }
}
