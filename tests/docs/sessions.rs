//! What pages show of sessions is what really happens.
//!
//! A block whose language is `console` is a session: each `$ anon …` is run, and what follows it is what it prints, both streams as
//! they come. `$ cd FOLDER` works, too. A comment before a block prepares what the reader is told in words:
//!
//! | `<!-- session: … -->` | |
//! |---|---|
//! | `new` | a new home folder, `/home/jane`, without settings, and a new server |
//! | `connected` | the same, with that server in the settings |
//! | `patients FOLDER COUNT` | DICOM files of so many patients |
//! | `excel FILE` | the manual's list of accession numbers |
//! | `write FILE` | the next block is the content of a file |
//! | `edit FILE` | the next block is the content of a mapping after its options were changed to what they are there |
//! | `shows FILE` | the next block has to be the content of a file |
//! | `pass STEPS` | time passes on the server: a job takes four steps, and waits at most one before |

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anonapi::testing::{FakeIdis, Life, dicom_file};
use tempfile::TempDir;

use super::command_lines::command_of;
use super::markdown::{blocks, words};
use super::{compare, pages, text_of};

const ACCESSION_NUMBERS: &[u8] = include_bytes!("../../examples/data/accession_numbers.xlsx");

/// The server as pages show it.
const SHOWN_SERVER: &str = "http://127.0.0.1:8417";

/// The home folder as pages show it.
const SHOWN_HOME: &str = "/home/jane";

/// So long that the time which the test takes does not count.
const STEP: Duration = Duration::from_secs(10 * 60 * 60);

#[test]
fn print_what_the_pages_say() {
    let mut sessions = 0;
    for page in pages() {
        let text = text_of(&page);
        let replayed = replay(&text, &mut sessions);
        compare(&page, &replayed);
    }
    assert!(sessions > 10, "only {sessions} sessions were found");
}

/// The page with the output that its sessions really have.
fn replay(text: &str, sessions: &mut usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut world = None;
    let mut out: Vec<String> = vec![];
    let mut next = 0;
    let mut shown = None;
    for block in blocks(text) {
        for line in &lines[next..block.first] {
            if let Some(step) = line.strip_prefix("<!-- session: ").and_then(|rest| rest.strip_suffix(" -->")) {
                shown = prepare(&mut world, step, &block.lines).or(shown);
            }
            out.push((*line).to_owned());
        }
        next = block.first + block.lines.len();
        if let Some(file) = shown.take() {
            let world: &World = world.as_ref().expect("a session");
            let content = world.shown(&fs::read_to_string(world.path(&file)).unwrap());
            out.extend(keep_what_fits(&block.lines, &content));
        } else if block.language == "console" {
            *sessions += 1;
            let world = world.as_mut().expect("'<!-- session: new -->' comes before a session");
            out.extend(world.run(&block.lines));
        } else {
            out.extend(block.lines.iter().map(|line| (*line).to_owned()));
        }
    }
    out.extend(lines[next..].iter().map(|line| (*line).to_owned()));
    out.join("\n") + "\n"
}

/// Does what a comment says. Returns the file that the next block shows, if that is what it says.
fn prepare(world: &mut Option<World>, step: &str, next_block: &[&str]) -> Option<String> {
    let words: Vec<&str> = step.split(' ').collect();
    if let ["new" | "connected"] = words[..] {
        let fresh = world.insert(World::new());
        if step == "connected" {
            fresh.connect();
        }
        return None;
    }
    let world = world.as_mut().expect("'<!-- session: new -->' comes first");
    match words[..] {
        ["patients", folder, count] => world.patients(folder, count.parse().unwrap()),
        ["excel", file] => world.write(file, ACCESSION_NUMBERS),
        ["write", file] => world.write(file, (next_block.join("\n") + "\n").as_bytes()),
        ["edit", file] => {
            world.edit(file, next_block);
            return Some(file.to_owned());
        }
        ["shows", file] => return Some(file.to_owned()),
        ["pass", steps] => world.idis.pass(STEP.mul_f64(steps.parse().unwrap())),
        _ => panic!("unknown step: {step}"),
    }
    None
}

struct World {
    root: TempDir,
    cwd: PathBuf,
    idis: FakeIdis,
}

impl World {
    fn new() -> World {
        let root = tempfile::Builder::new().prefix("anon-docs-").tempdir().unwrap();
        let cwd = root.path().canonicalize().unwrap();
        let idis = FakeIdis::builder().jobs(7).life(Life::passing(STEP)).start();
        World { root, cwd, idis }
    }

    fn home(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap()
    }

    fn connect(&mut self) {
        let lines = ["$ anon server add sandbox http://127.0.0.1:8417/sandbox", "$ anon server activate sandbox"];
        self.run(&lines);
        self.run(&["$ anon settings user set-username z1234567"]);
    }

    /// A path below the home folder, or below the working folder if it starts with a dot.
    fn path(&self, path: &str) -> PathBuf {
        let relative = path.strip_prefix("~/").unwrap_or(path);
        if relative == path { self.cwd.join(path) } else { self.home().join(relative) }
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Sets the options of a mapping, as the user does in an editor.
    fn edit(&self, file: &str, wanted: &[&str]) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        let options =
            wanted.iter().skip_while(|line| **line != "## Options ##").take_while(|line| **line != "## Mapping ##");
        let options: Vec<_> = options.filter_map(|line| line.split_once(',')).collect();
        let edited = text.lines().map(|line| match line.split_once(',') {
            Some((name, _)) => match options.iter().find(|(option, _)| *option == name) {
                Some((_, value)) => format!("{name},{value}\r\n"),
                None => format!("{line}\r\n"),
            },
            None => format!("{line}\r\n"),
        });
        self.write(file, edited.collect::<String>().as_bytes());
    }

    /// As the quickstart's: each patient has DICOM files in two folders, and a file that is none.
    fn patients(&self, folder: &str, count: u32) {
        for patient in 1..=count {
            for (series, name) in [(1, "raw"), (2, "study1")] {
                let study = format!("{folder}/patient{patient}/{name}");
                self.write(&format!("{study}/notes.txt"), b"Seen at the outpatient clinic");
                for image in 1..=3 {
                    let uid = format!("1.2.826.0.1.{patient}");
                    let bytes = dicom_file(&format!("100{patient}"), &uid, &format!("{uid}.{series}.{image}"));
                    self.write(&format!("{study}/image{image}.dcm"), &bytes);
                }
            }
        }
    }

    /// Runs the commands of a block, and returns it with what they really print.
    fn run(&mut self, block: &[&str]) -> Vec<String> {
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
                out.extend(told.into_iter().map(str::to_owned));
            } else if let Some(command) = command_of(line) {
                let piped = line.strip_prefix("$ echo ").and_then(|rest| rest.split_once(" | "));
                let stdin = piped.map_or_else(|| answers(&told), |(answer, _)| format!("{answer}\n"));
                out.extend(keep_what_fits(&told, &self.anon(command, &stdin)));
            } else {
                panic!("not a command that a session can run: {line}");
            }
        }
        out
    }

    /// Runs a command, and returns what it prints as pages show it.
    fn anon(&self, line: &str, stdin: &str) -> String {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let line = line.replace(SHOWN_SERVER, &self.server()).replace(SHOWN_HOME, self.home().to_str().unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_anon"));
        command.args(&words(&line)[1..]).current_dir(&self.cwd).env_clear();
        for (name, value) in [("USER", "jane"), ("LC_ALL", "C.UTF-8"), ("COLUMNS", "120"), ("EDITOR", "true")] {
            command.env(name, value);
        }
        command
            .env("HOME", self.home())
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)));
        command.stdin(Stdio::piped()).stdout(writer.try_clone().unwrap()).stderr(writer);
        let mut child = command.spawn().unwrap();
        // The command holds the pipe's writing end, and reading ends when the last holder is gone.
        drop(command);
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let mut output = String::new();
        reader.read_to_string(&mut output).unwrap();
        child.wait().unwrap();
        self.shown(&output)
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

/// What was printed, with the page's own line wherever only dates and the like differ.
fn keep_what_fits(told: &[&str], printed: &str) -> Vec<String> {
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let plain = |lines: &[&str]| lines.iter().map(|line| without_what_varies(line)).collect::<Vec<_>>();
    let kept = if plain(told) == plain(&printed) { told } else { &printed };
    kept.iter().map(|line| (*line).to_owned()).collect()
}

/// Dates, times, and the ids of selections. `d` stands for a digit, `h` for one of a hexadecimal number.
const VARYING: [&str; 5] = [
    "dddd-dd-ddTdd:dd:dd",
    "MONTH dd dddd",
    "MONTH_dd_dddd",
    "'hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh'",
    "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh",
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The line without dates, times and ids.
fn without_what_varies(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line.trim_end();
    while let Some(c) = rest.chars().next() {
        let is_inside_word = out.ends_with(|c: char| c.is_ascii_alphanumeric());
        match VARYING.iter().find_map(|pattern| length_of(pattern, rest)).filter(|_| !is_inside_word) {
            Some(length) => {
                out.push('~');
                rest = &rest[length..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// How much of the text a pattern takes, if the text begins with it.
fn length_of(pattern: &str, text: &str) -> Option<usize> {
    let (month, pattern) = match pattern.strip_prefix("MONTH") {
        Some(pattern) => (MONTHS.iter().find(|month| text.starts_with(**month))?.len(), pattern),
        None => (0, pattern),
    };
    let bytes = text.as_bytes().get(month..month + pattern.len())?;
    let fits = pattern.bytes().zip(bytes).all(|(want, have)| match want {
        b'd' => have.is_ascii_digit(),
        b'h' => have.is_ascii_hexdigit(),
        want => want == *have,
    });
    let ends_here = text[month + pattern.len()..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric());
    (fits && ends_here).then_some(month + pattern.len())
}

#[test]
fn only_dates_and_ids_vary() {
    let same = |one, two| without_what_varies(one) == without_what_varies(two);
    assert!(same("1  2026-02-03T04:05:06  DONE", "1  2025-12-31T23:59:59  DONE"));
    assert!(same("x,generated_May_03_2026", "x,generated_July_13_2026"));
    assert!(same("id: 94cc63f4-5a92-4f25-8053-0812e5024397", "id: '00000000-5a92-4f25-8053-0812e5024397'"));
    assert!(!same("Created job with id 1001", "Created job with id 1002"));
    assert!(!same("10 files", "12 files"));
    assert_eq!(answers(&["Are you sure? [y/N]: y", "Done"]), "y\n");
}
