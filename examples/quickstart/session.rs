//! A command prompt.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anonapi::testing::FakeJob;
use anonapi::testing::practice::Practice;

use super::Result;

/// A command prompt with a home of its own, in which the settings to practise with are used.
pub struct Session {
    program: PathBuf,
    home: PathBuf,
    settings: PathBuf,
    cwd: PathBuf,
}

impl Session {
    /// A prompt in the practice folder.
    pub fn begin(program: PathBuf, home: PathBuf, practice: &Practice) -> Result<Session> {
        fs::create_dir(&home)?;
        Ok(Session { program, home, settings: practice.settings(), cwd: practice.folder().to_owned() })
    }

    pub fn cd(&mut self, folder: &Path) {
        self.cwd = self.cwd.join(folder);
        println!("$ cd {}", folder.display());
    }

    pub fn anon(&self, arguments: &str) -> Result<String> {
        println!("$ anon {arguments}");
        self.run(arguments, "")
    }

    pub fn anon_answering(&self, answer: &str, arguments: &str) -> Result<String> {
        println!("$ echo {answer} | anon {arguments}");
        self.run(arguments, &format!("{answer}\n"))
    }

    /// Runs a command and shows what it answers, both streams as they come.
    fn run(&self, arguments: &str, stdin: &str) -> Result<String> {
        let (mut reader, writer) = io::pipe()?;
        let mut command = Command::new(&self.program);
        command.args(arguments.split(' ')).current_dir(&self.cwd).stdin(Stdio::piped());
        for name in
            ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"]
        {
            command.env(name, &self.home);
        }
        // A proxy would not find this computer's own loopback address.
        command.env("ANON_SETTINGS", &self.settings).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
        let mut child = command.stdout(writer.try_clone()?).stderr(writer).spawn()?;
        // The command holds the pipe's writing end, and reading ends when the last holder is gone.
        drop(command);
        if let Some(mut pipe) = child.stdin.take() {
            // A command that asks nothing may be gone already.
            let _ = pipe.write_all(stdin.as_bytes());
        }
        let mut output = Vec::new();
        reader.read_to_end(&mut output)?;
        let output = String::from_utf8_lossy(&output).into_owned();
        println!("{}", output.trim_end());
        let status = child.wait()?;
        if status.success() { Ok(output) } else { Err(format!("'anon {arguments}' ended with {status}").into()) }
    }

    /// The batch of the working folder must hold these jobs and no others.
    pub fn check_batch(&self, created: &[FakeJob]) -> Result<()> {
        let text = fs::read_to_string(self.cwd.join(".anonbatch"))?;
        let ids = text.lines().filter_map(|line| line.trim().strip_prefix("- "));
        let in_batch: Vec<String> = ids.map(|id| id.trim_matches(['\'', '"']).to_owned()).collect();
        let expected: Vec<String> = created.iter().map(|job| job.id().to_string()).collect();
        if in_batch == expected {
            return Ok(());
        }
        Err(format!("the server has created the jobs {expected:?}, the batch holds {in_batch:?}").into())
    }

    /// The settings that one does not practise with must be as they were: not there.
    pub fn check_home(&self) -> Result<()> {
        match fs::read_dir(&self.home)?.next() {
            None => Ok(()),
            Some(entry) => Err(format!("'{}' was written", entry?.path().display()).into()),
        }
    }
}
