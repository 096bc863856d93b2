//! A folder to practise in: patients, lists of them, and a server that delivers.
//!
//! [`Practice`] makes the folder, with all that the manual's two tutorials need, and serves a [`FakeIdis`] for it. Everything in it is
//! made up. The patients' images are small, but real: viewers open them.
//!
//! | in the folder | |
//! |---|---|
//! | `README.txt` | what to type |
//! | `settings.yml` | the settings to practise with: `ANON_SETTINGS` names them, so that the user's own stay as they are |
//! | `share` | pretends to be the share `\\server\share` |
//! | `share/mydata` | five patients, for the tutorial 'Anonymize from a share' |
//! | `share/exercises` | folders that make trouble: ultrasound, two patients, a patient who has opted out, a CD |
//! | `share/in` | what the sample jobs take |
//! | `share_project`, `pacs_project`, `exercises` | project folders with lists in Excel and CSV |
//! | `sandbox.json` | the server's jobs, so that they are still there when it is started again |

mod data;
mod dicomdir;
mod image;
mod memory;
mod picture;
mod tutorial;

pub use self::tutorial::{Step, TROUBLE, TUTORIALS, Tutorial};

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::{FakeIdis, FakeIdisBuilder};
use crate::api::Token;
use crate::error::{Error, Result};
use crate::settings::{Server, SettingsFile};

/// The server that the practice folder belongs to, as its settings name it.
pub const SERVER: &str = "sandbox";

/// A folder to practise in.
#[derive(Debug, Clone)]
pub struct Practice {
    folder: PathBuf,
}

impl Practice {
    /// Makes the folder with everything in it. In one that was made earlier, what is missing is put back and all else stays as it is.
    ///
    /// # Errors
    /// [`Error::Refused`] if there is such a folder, with something in it, that was not made here. [`Error::Io`].
    pub fn make(folder: &Path) -> Result<Practice> {
        let folder = std::path::absolute(folder).map_err(Error::io("find", folder))?;
        let practice = Practice { folder };
        practice.refuse_what_is_not_ours()?;
        practice.claim()?;
        for (path, bytes) in data::files() {
            practice.put(&path, &bytes)?;
        }
        practice.put("README.txt", practice.readme().as_bytes())?;
        Ok(practice)
    }

    fn refuse_what_is_not_ours(&self) -> Result<()> {
        let is_empty = match fs::read_dir(&self.folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => return Err(Error::io("read", &self.folder)(error)),
        };
        if is_empty || self.jobs_file().is_file() {
            return Ok(());
        }
        let message = format!("'{}' has something in it that is not the sandbox's", self.folder.display());
        Err(Error::refused(message, "choose a folder that does not exist yet"))
    }

    /// Writes a file, if there is none with its name.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(path);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
        match File::create_new(&path) {
            Ok(mut file) => file.write_all(bytes).map_err(Error::io("write", &path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(Error::io("write", &path)(error)),
        }
    }

    /// The folder, from the root of the file system.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The settings to practise with.
    pub fn settings(&self) -> PathBuf {
        self.folder.join("settings.yml")
    }

    /// Where the files of the pretended share are.
    pub fn share(&self) -> PathBuf {
        self.folder.join("share")
    }

    /// Serves the folder: the jobs that it remembers, or a few samples, and deliveries into it. `observer` receives each delivery.
    /// The settings to practise with then name this server.
    ///
    /// Jobs that were under way when they were saved start over.
    ///
    /// # Errors
    /// As [`FakeIdisBuilder::try_start`]; and if a file of the folder cannot be read or written.
    pub fn serve(&self, idis: FakeIdisBuilder, observer: impl Fn(&str) + Send + Sync + 'static) -> Result<FakeIdis> {
        let delivery = data::delivery(&self.share())?.observer(observer);
        let idis = self.with_remembered_jobs(idis)?.delivery(delivery).try_start()?;
        self.resume(&idis);
        self.connect(&idis.url(SERVER))?;
        Ok(idis)
    }

    fn connect(&self, url: &str) -> Result<()> {
        let file = SettingsFile::at(self.settings());
        let is_new = !file.path().exists();
        file.change(|settings| {
            if is_new {
                settings.servers.clear();
                settings.active_server_name = Some(SERVER.to_owned());
                settings.user_name = "z1234567".to_owned();
                settings.user_token = Token::new("practice");
            }
            settings.add_server(Server { name: SERVER.to_owned(), url: url.to_owned() });
            Ok(())
        })
    }

    /// What one types to do the tutorials, for the terminal of this system.
    pub fn guide(&self) -> String {
        let mut text = self.beginning();
        for tutorial in TUTORIALS {
            let _ = write!(text, "\n{} ({})\n\n", tutorial.title, tutorial.page);
            let _ = writeln!(text, "    {}", self.cd());
            text.push_str(&tutorial.lines());
        }
        text
    }

    fn beginning(&self) -> String {
        let settings = self.settings();
        let settings = settings.display();
        if cfg!(windows) {
            format!(
                "First, in another Command Prompt (in PowerShell: $env:ANON_SETTINGS = \"{settings}\")\n\n    \
                 set \"ANON_SETTINGS={settings}\"\n"
            )
        } else {
            format!("First, in another terminal\n\n    export ANON_SETTINGS={}\n", quoted(&settings.to_string()))
        }
    }

    fn cd(&self) -> String {
        let folder = self.folder.display();
        if cfg!(windows) { format!("cd /d \"{folder}\"") } else { format!("cd {}", quoted(&folder.to_string())) }
    }

    fn readme(&self) -> String {
        let text = format!(
            "A folder to practise with anon. Everything in it is made up.\n\n\
             With the sandbox running ('cargo run --example sandbox'), the folder 'share' pretends to be\n\
             the share {}, for anon and its server alone: jobs fetch images from there, and deliver them there.\n\
             The sandbox anonymizes for practice only. Never use it for patients' data.\n\n\
             {}\nTo start over, end the sandbox and delete this folder.\n",
            data::SHARE,
            self.guide()
        );
        if cfg!(windows) { text.replace('\n', "\r\n") } else { text }
    }
}

/// A word for a shell of Unix, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
