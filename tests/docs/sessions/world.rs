//! The reader's computer.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anonapi::testing::practice::Practice;
use anonapi::testing::{FakeIdis, Life};
use tempfile::TempDir;
use walkdir::WalkDir;

use super::varying::keep_what_fits;
use crate::command_lines::command_of;
use crate::markdown::words;

/// The server as pages show it.
const SHOWN_SERVER: &str = "http://127.0.0.1:8417";

/// The home folder as pages show it.
const SHOWN_HOME: &str = "/home/jane";

/// So long that the time which the test takes does not count.
const STEP: Duration = Duration::from_secs(10 * 60 * 60);

/// What the reader has at the beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Start {
    /// A practice folder, and the server for it.
    Practice,
    /// A server somewhere.
    New,
    /// A server somewhere, and settings that name it.
    Connected,
}

pub struct World {
    root: TempDir,
    cwd: PathBuf,
    /// What was exported.
    variables: BTreeMap<String, String>,
    practice: Option<Practice>,
    idis: FakeIdis,
}

impl World {
    pub fn new(start: Start) -> World {
        let root = tempfile::Builder::new().prefix("anon-docs-").tempdir().unwrap();
        let cwd = root.path().canonicalize().unwrap();
        let builder = FakeIdis::builder().life(Life::passing(STEP));
        let (practice, idis) = if start == Start::Practice {
            let practice = Practice::make(&cwd.join("anon-sandbox")).unwrap();
            let idis = practice.serve(builder, |_| {}).unwrap();
            (Some(practice), idis)
        } else {
            (None, builder.jobs(7).start())
        };
        let mut world = World { root, cwd, variables: BTreeMap::new(), practice, idis };
        if start == Start::Connected {
            world.run(&[
                "$ anon server add sandbox http://127.0.0.1:8417/sandbox",
                "$ anon server activate sandbox",
                "$ anon settings user set-username z1234567",
            ]);
        }
        world
    }

    fn home(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap()
    }

    /// A path below the home folder if it starts with `~/`, or below the working folder.
    fn path(&self, path: &str) -> PathBuf {
        match path.strip_prefix("~/") {
            Some(below_home) => self.home().join(below_home),
            None => self.cwd.join(path),
        }
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The content of a file, as pages show it.
    pub fn content(&self, path: &str) -> String {
        let path = self.path(path);
        self.shown(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// The files in a folder and below it, a line each.
    pub fn files(&self, folder: &str) -> String {
        let root = self.path(folder);
        let files = WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
        let files = files.filter(|entry| entry.file_type().is_file());
        files.map(|entry| format!("{}\n", entry.path().strip_prefix(&root).unwrap().display())).collect()
    }

    /// What the sandbox prints, as pages show it.
    pub fn guide(&self) -> String {
        self.shown(&self.practice.as_ref().expect("'<!-- session: practice -->' comes first").guide())
    }

    pub fn pass(&self, steps: f64) {
        self.idis.pass(STEP.mul_f64(steps));
        // To be asked is what makes the server deliver.
        self.idis.jobs("sandbox");
    }

    /// Runs the commands of a block, and returns it with what they really print.
    pub fn run(&mut self, block: &[&str]) -> Vec<String> {
        let mut out = vec![];
        let mut lines = block.iter().peekable();
        while let Some(line) = lines.next() {
            out.push((*line).to_owned());
            let mut told = vec![];
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                told.push(*line);
            }
            if let Some(folder) = line.strip_prefix("$ cd ") {
                self.cwd = self.path(folder).canonicalize().unwrap_or_else(|error| panic!("{folder}: {error}"));
                assert_eq!(told, [""; 0], "'cd' prints nothing");
            } else if let Some((name, value)) = line.strip_prefix("$ export ").and_then(|rest| rest.split_once('=')) {
                let value = value.replace("$PWD", self.cwd.to_str().unwrap());
                self.variables.insert(name.to_owned(), value.trim_matches('"').to_owned());
            } else if let Some(command) = command_of(line) {
                let is_piped_on = line.split_once("anon ").is_some_and(|(_, typed)| typed.contains(" | "));
                assert!(!is_piped_on, "what comes after it would not be run: {line}");
                let piped = line.strip_prefix("$ echo ").and_then(|rest| rest.split_once(" | "));
                let stdin = piped.map_or_else(|| answers(&told), |(answer, _)| format!("{answer}\n"));
                let (printed, status) = self.anon(command, &stdin);
                // Or an update of the pages would take a failure for what they are to show.
                let is_told = told.iter().any(|line| line.starts_with("error: "));
                assert!(status == Some(0) || is_told, "{line}\n{printed}");
                out.extend(keep_what_fits(&told, &printed));
            } else {
                panic!("not a command that a session can run: {line}");
            }
        }
        out
    }

    /// Runs a command, and returns what it prints as pages show it, and its exit status.
    fn anon(&self, line: &str, stdin: &str) -> (String, Option<i32>) {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let line = line.replace(SHOWN_SERVER, &self.server()).replace(SHOWN_HOME, self.home().to_str().unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_anon"));
        command.args(&words(&line)[1..]).current_dir(&self.cwd).env_clear();
        for (name, value) in [("USER", "jane"), ("LC_ALL", "C.UTF-8"), ("COLUMNS", "120"), ("EDITOR", "true")] {
            command.env(name, value);
        }
        command
            .env("HOME", self.home())
            .envs(&self.variables)
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)));
        command.stdin(Stdio::piped()).stdout(writer.try_clone().unwrap()).stderr(writer);
        let mut child = command.spawn().unwrap();
        // The command holds the pipe's writing end, and reading ends when the last holder is gone.
        drop(command);
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let mut output = String::new();
        reader.read_to_string(&mut output).unwrap();
        let status = child.wait().unwrap();
        (self.shown(&output), status.code())
    }

    fn server(&self) -> String {
        self.idis.url("").trim_end_matches('/').to_owned()
    }

    fn shown(&self, text: &str) -> String {
        let home = self.home().to_str().unwrap().to_owned();
        let text = text.replace(&self.server(), SHOWN_SERVER).replace(&home, SHOWN_HOME);
        text.replace(&home.replace('/', "\\"), &SHOWN_HOME.replace('/', "\\")).replace('\r', "")
    }
}

/// What was typed at the questions: the words behind `[y/N]: ` and the like.
fn answers(told: &[&str]) -> String {
    let typed = told.iter().filter_map(|line| line.split_once("]: ").map(|(_, answer)| format!("{answer}\n")));
    typed.collect()
}

#[test]
fn answers_are_what_stands_behind_questions() {
    assert_eq!(answers(&["Are you sure? [y/N]: y", "Done"]), "y\n");
}
