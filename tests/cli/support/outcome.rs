//! What a command did, all of it, compared at once.

use std::path::Path;

use anonapi::testing::Received;
use serde_json::Value;
use snapbox::{Data, IntoData};

/// A text as JSON of the shape that is documented.
fn of_shape(text: &str, schema: &str) -> Result<Value, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema").join(format!("{schema}.json"));
    let schema = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut schema: Value = serde_json::from_str(&schema).map_err(|error| error.to_string())?;
    be_strict(&mut schema);
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    let faults: Vec<String> = validator.iter_errors(&value).map(|fault| fault.to_string()).collect();
    if faults.is_empty() { Ok(value) } else { Err(faults.join("; ")) }
}

/// Scripts are to bear new fields, so that the published schemas allow them; a field that is not described is a fault of ours.
fn be_strict(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("properties").is_some_and(Value::is_object) && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".to_owned(), false.into());
            }
            object.values_mut().for_each(be_strict);
        }
        Value::Array(list) => list.iter_mut().for_each(be_strict),
        _ => {}
    }
}

/// What a command did. Texts show the home folder as `~`, the working folder as `.` and the server as `{url}`.
#[derive(Debug)]
pub struct Outcome {
    /// The command line.
    pub line: String,
    /// The exit status; -1 if it was killed.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
    /// What the server was asked meanwhile.
    pub requests: Vec<Received>,
    /// Files that came (`+ ./a`), changed (`~ ./a`) or went (`- ./a`) meanwhile.
    pub files: Vec<String>,
}

impl Outcome {
    /// Fails unless the command succeeded.
    #[track_caller]
    pub fn assert_ok(self) -> Outcome {
        self.assert_status(0)
    }

    /// Fails unless the command ended with this status.
    #[track_caller]
    pub fn assert_status(self, status: i32) -> Outcome {
        assert!(self.status == status, "expected exit {status}\n{}", self.story());
        self
    }

    /// Fails unless standard output contains each of these.
    #[track_caller]
    pub fn assert_stdout(self, parts: &[&str]) -> Outcome {
        for part in parts {
            assert!(self.stdout.contains(part), "'{part}' is not on stdout\n{}", self.story());
        }
        self
    }

    /// Fails unless standard error contains each of these.
    #[track_caller]
    pub fn assert_stderr(self, parts: &[&str]) -> Outcome {
        for part in parts {
            assert!(self.stderr.contains(part), "'{part}' is not on stderr\n{}", self.story());
        }
        self
    }

    /// What a command wrote with `--format json`; fails unless that is of the shape in `docs/schema/NAME.json`.
    #[track_caller]
    pub fn json(&self, schema: &str) -> Value {
        of_shape(&self.stdout, schema).unwrap_or_else(|fault| panic!("stdout: {fault}\n{}", self.story()))
    }

    /// The one object on stderr of a command that failed or warned with `--format json`.
    #[track_caller]
    pub fn complaints(&self) -> Value {
        of_shape(&self.stderr, "complaints").unwrap_or_else(|fault| panic!("stderr: {fault}\n{}", self.story()))
    }

    /// Fails unless everything is as told: exit status, both streams, requests and files.
    ///
    /// `[..]` stands for any part of a line, `{/}` (in what is no `str!`) for what the system puts between folders. Sections without
    /// content (`stdout:`, `stderr:`, `requests:`, `files:`) are left out. `SNAPSHOTS=overwrite cargo test` writes what happened in the place
    /// of each `str!` that says otherwise.
    #[track_caller]
    pub fn assert(self, expected: impl Expected) -> Outcome {
        let happened: Vec<String> = self.story_without_line().lines().map(|line| line.trim_end().to_owned()).collect();
        let happened = happened.join("\n");
        let assert = snapbox::Assert::new().action_env("SNAPSHOTS").normalize_paths(false);
        if let Err(error) = assert.try_eq(Some(&self.line), happened.trim_end().into_data(), expected.data()) {
            panic!("{error}");
        }
        self
    }

    /// With the requests and the lines of both streams sorted, for commands that do many things at the same time.
    pub fn sorted(mut self) -> Outcome {
        let lines = |text: &str| {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.sort_unstable();
            lines.iter().map(|line| format!("{line}\n")).collect()
        };
        (self.stdout, self.stderr) = (lines(&self.stdout), lines(&self.stderr));
        self.requests.sort_by_key(Received::to_string);
        self
    }

    /// Everything that happened, as [`Outcome::assert`] compares it.
    pub fn story(&self) -> String {
        format!("$ {}\n{}", self.line, self.story_without_line())
    }

    fn story_without_line(&self) -> String {
        let mut story = format!("exit {}\n", self.status);
        let requests: Vec<String> = self.requests.iter().map(Received::to_string).collect();
        for (title, content) in [
            ("stdout", self.stdout.as_str()),
            ("stderr", &self.stderr),
            ("requests", &requests.join("\n")),
            ("files", &self.files.join("\n")),
        ] {
            if !content.is_empty() {
                story.push_str(title);
                story.push_str(":\n");
                content.trim_end_matches('\n').split('\n').for_each(|line| story.push_str(&format!("  {line}\n")));
            }
        }
        story
    }
}

/// Replaces what differs from run to run by names.
pub struct Names(Vec<(String, String)>);

impl Names {
    pub fn new(home: &Path, work: &Path, urls: Vec<(String, String)>) -> Names {
        let mut names = urls;
        for (path, name) in [(home, "~"), (work, ".")] {
            let path = path.to_str().unwrap();
            names.push((path.to_owned(), name.to_owned()));
            // As a mapping has it.
            names.push((path.replace('/', "\\"), name.to_owned()));
        }
        Names(names)
    }

    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (long, short) in &self.0 {
            text = replace_path(&text, long, short);
        }
        text
    }
}

/// Replaces a path and, on Windows, turns the separators of what follows it.
fn replace_path(text: &str, long: &str, short: &str) -> String {
    let mut parts = text.split(long);
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        replaced.push_str(short);
        let end = part.find(|c: char| c.is_whitespace() || "'\",".contains(c)).unwrap_or(part.len());
        let (path, rest) = part.split_at(end);
        replaced.push_str(&if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() });
        replaced.push_str(rest);
    }
    replaced
}

/// What a command is expected to do.
pub trait Expected {
    fn data(self) -> Data;
}

impl Expected for snapbox::data::Inline {
    fn data(self) -> Data {
        self.into_data()
    }
}

impl Expected for &str {
    /// Common indentation does not count.
    fn data(self) -> Data {
        let text = self.replace("{/}", std::path::MAIN_SEPARATOR_STR);
        let indent = |line: &&str| line.len() - line.trim_start_matches(' ').len();
        let common = text.lines().filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min().unwrap_or(0);
        let lines = text.trim_end().lines().skip_while(|line| line.trim().is_empty());
        let text: String = lines.flat_map(|line| [line.get(common..).unwrap_or_default().trim_end(), "\n"]).collect();
        text.trim_end().into_data()
    }
}

impl Expected for &String {
    fn data(self) -> Data {
        self.as_str().data()
    }
}
