//! The main job from end to end: `cargo run --example quickstart [-- --keep]`
//!
//! Starts a sandbox IDIS on this computer, makes the data and the lists of the manual's two tutorials in a temporary folder, and
//! takes them to jobs on the server by running `anon`'s own commands. The home folder of whoever runs it is left alone.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anonapi::testing::{FakeIdis, FakeJob, Life, dicom_file};
use clap::Parser;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const STEP: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(60);

const FOLDERS: &str = "folder,pseudonym\npatient1,anon_patientA\npatient3,anon_patientB\npatient5,anon_patientC\n";
const ACCESSION_NUMBERS: &[u8] = include_bytes!("data/accession_numbers.xlsx");

#[derive(Parser)]
#[command(about = "Take the manual's two tutorials from folders and lists to jobs on a sandbox server")]
struct Args {
    /// Keep the temporary folder
    #[arg(long)]
    keep: bool,
    /// Run this program in the place of this package's own `anon`
    #[arg(long, value_name = "PATH")]
    anon: Option<PathBuf>,
}

fn main() -> ExitCode {
    match quickstart(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The quickstart failed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn quickstart(args: &Args) -> Result<()> {
    let program = args.anon.clone().map_or_else(build_anon, Ok)?;
    let mut folder = tempfile::Builder::new().prefix("anon-quickstart-").tempdir()?;
    folder.disable_cleanup(args.keep);
    let idis = FakeIdis::builder().life(Life::passing(STEP)).start();
    let mut session = Session::begin(program, folder.path())?;
    println!("# A sandbox IDIS listens on this computer. Everything happens in {}", folder.path().display());

    connect(&mut session, &idis)?;
    let shared = share_tutorial(&mut session, &idis)?;
    let from_pacs = pacs_tutorial(&mut session, &idis)?;
    session.check_home()?;

    println!();
    println!("# {} jobs, each of them DONE or explained, and each in its batch.", shared + from_pacs);
    if args.keep {
        println!("# The folder is kept: {}", folder.path().display());
    } else {
        folder.close()?;
        println!("# The folder is removed again; your own settings were not touched.");
    }
    Ok(())
}

fn connect(session: &mut Session, idis: &FakeIdis) -> Result<()> {
    session.say("Connect to the server");
    session.anon(&format!("server add sandbox {}", idis.url("sandbox")))?;
    session.anon("server activate sandbox")?;
    session.anon("settings user set-username z1234567")?;
    session.anon("settings user get-token")?;
    session.anon("server status")?;
    Ok(())
}

/// The manual's tutorial 'Anonymize from a share'. Returns the number of jobs.
fn share_tutorial(session: &mut Session, idis: &FakeIdis) -> Result<usize> {
    session.say("Anonymize from a share: five patients in the folder 'mydata', of whom 'folders.csv' names three");
    write_patients(&session.root.join("mydata"))?;
    fs::create_dir(session.root.join("share_project"))?;
    fs::write(session.root.join("share_project/folders.csv"), FOLDERS)?;
    for line in FOLDERS.lines() {
        println!("    {line}");
    }
    session.cd("share_project");
    session.anon("map init")?;
    session.cd("mydata");
    session.anon("map add-study-folders --input-file ../share_project/folders.csv")?;
    session.cd("share_project");
    session.anon(r"map set root_source_path \\server\share\mydata")?;
    session.anon("map set project Wetenschap-Algemeen")?;
    session.anon(r"map set destination_path \\server\share\anonymizeddata")?;
    session.anon("map status")?;
    create_and_follow(session, idis)
}

/// The manual's tutorial 'Anonymize from PACS'. Returns the number of jobs.
fn pacs_tutorial(session: &mut Session, idis: &FakeIdis) -> Result<usize> {
    session.say("Anonymize from PACS: an Excel list of accession numbers, 'accession_numbers.xlsx'");
    fs::create_dir(session.root.join("pacs_project"))?;
    fs::write(session.root.join("pacs_project/accession_numbers.xlsx"), ACCESSION_NUMBERS)?;
    session.cd("pacs_project");
    session.anon("map init")?;
    session.anon("map add-accession-numbers --input-file accession_numbers.xlsx")?;
    session.anon("map set project Wetenschap-Algemeen")?;
    session.anon(r"map set destination_path \\server\share\myoutput")?;
    create_and_follow(session, idis)
}

/// Creates the jobs of the mapping, waits until the server is through with them, and holds the batch against the server.
fn create_and_follow(session: &Session, idis: &FakeIdis) -> Result<usize> {
    let before = idis.jobs("sandbox").len();
    session.anon_answering("y", "create from-mapping")?;
    let created = || idis.jobs("sandbox").split_off(before);
    if created().is_empty() {
        return Err("no job was created".into());
    }
    session.say("Follow them");
    let end = Instant::now() + PATIENCE;
    while shows_unfinished(&session.anon("batch status")?, &created()) {
        if Instant::now() > end {
            return Err("the jobs did not come to an end".into());
        }
        std::thread::sleep(STEP * 2);
    }
    let failed: Vec<FakeJob> = created().into_iter().filter(|job| has_status(job, "ERROR")).collect();
    if !failed.is_empty() {
        session.say("Not all went well. What does the server say?");
        let explained = session.anon("batch show-error")?;
        if let Some(job) = failed.iter().find(|job| !explained.contains(&job.id().to_string())) {
            return Err(format!("job {} failed, and nothing explains why", job.id()).into());
        }
    }
    session.check_batch(&created())?;
    Ok(created().len())
}

/// Whether a status table says of one of these jobs that the server is still at it.
fn shows_unfinished(table: &str, jobs: &[FakeJob]) -> bool {
    let ids: Vec<String> = jobs.iter().map(|job| job.id().to_string()).collect();
    let mut rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.any(|row| {
        let of_ours = row.first().is_some_and(|first| ids.iter().any(|id| id == first));
        of_ours && (row.contains(&"ACTIVE") || row.contains(&"UPLOADED"))
    })
}

fn has_status(job: &FakeJob, status: &str) -> bool {
    job.get("status").is_some_and(|value| value == status)
}

/// Five patients, each with DICOM files in two folders, and with a file that is none.
fn write_patients(folder: &Path) -> Result<()> {
    for patient in 1..=5 {
        for (series, name) in [(1, "raw"), (2, "study1")] {
            let study = folder.join(format!("patient{patient}/{name}"));
            fs::create_dir_all(&study)?;
            fs::write(study.join("notes.txt"), "Seen at the outpatient clinic")?;
            for image in 1..=3 {
                let study_uid = format!("1.2.826.0.1.{patient}");
                let bytes = dicom_file(&format!("100{patient}"), &study_uid, &format!("{study_uid}.{series}.{image}"));
                fs::write(study.join(format!("image{image}.dcm")), bytes)?;
            }
        }
    }
    Ok(())
}

/// A command prompt with a home of its own.
struct Session {
    program: PathBuf,
    root: PathBuf,
    home: PathBuf,
    cwd: PathBuf,
}

impl Session {
    fn begin(program: PathBuf, root: &Path) -> Result<Session> {
        let home = root.join("home");
        fs::create_dir(&home)?;
        Ok(Session { program, root: root.to_owned(), cwd: home.clone(), home })
    }

    fn say(&self, text: &str) {
        println!("\n# {text}");
    }

    fn cd(&mut self, folder: &str) {
        self.cwd = self.root.join(folder);
        println!("$ cd {}", self.cwd.display());
    }

    fn anon(&self, line: &str) -> Result<String> {
        println!("$ anon {line}");
        self.run(line, "")
    }

    fn anon_answering(&self, answer: &str, line: &str) -> Result<String> {
        println!("$ echo {answer} | anon {line}");
        self.run(line, &format!("{answer}\n"))
    }

    /// Runs a command and shows what it answers, both streams as they come.
    fn run(&self, line: &str, stdin: &str) -> Result<String> {
        let (mut reader, writer) = io::pipe()?;
        let mut command = Command::new(&self.program);
        command.args(line.split(' ')).current_dir(&self.cwd).stdin(Stdio::piped());
        for name in
            ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"]
        {
            command.env(name, &self.home);
        }
        // A proxy would not find this computer's own loopback address.
        command.env_remove("ANON_SETTINGS").env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
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
        if status.success() { Ok(output) } else { Err(format!("'anon {line}' ended with {status}").into()) }
    }

    /// The batch of the working folder must hold these jobs and no others.
    fn check_batch(&self, created: &[FakeJob]) -> Result<()> {
        let text = fs::read_to_string(self.cwd.join(".anonbatch"))?;
        let ids = text.lines().filter_map(|line| line.trim().strip_prefix("- "));
        let in_batch: Vec<String> = ids.map(|id| id.trim_matches(['\'', '"']).to_owned()).collect();
        let expected: Vec<String> = created.iter().map(|job| job.id().to_string()).collect();
        if in_batch == expected {
            return Ok(());
        }
        Err(format!("the server has created the jobs {expected:?}, the batch holds {in_batch:?}").into())
    }

    /// The settings must be in the home folder that was made for them.
    fn check_home(&self) -> Result<()> {
        let settings = self.home.join("AnonWebAPIClientSettings.yml");
        if settings.is_file() { Ok(()) } else { Err(format!("there are no settings at {}", settings.display()).into()) }
    }
}

/// Has cargo bring the program up to date, and finds it beside this example.
fn build_anon() -> Result<PathBuf> {
    let example = std::env::current_exe()?;
    let profile_folder = example.parent().and_then(Path::parent).ok_or("cannot tell where this example was built")?;
    let anon = profile_folder.join(format!("anon{}", std::env::consts::EXE_SUFFIX));
    // Cargo says so to the programs that it runs.
    let Some(cargo) = std::env::var_os("CARGO") else {
        return if anon.is_file() { Ok(anon) } else { Err(format!("'{}' is missing", anon.display()).into()) };
    };
    let mut build = Command::new(cargo);
    // Together with this example, so that everything both need is built once.
    build
        .args(["build", "--quiet", "--bin", "anon", "--example", "quickstart"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    // What cargo tells this example about its package would look like a changed environment, and have crates built anew.
    let about_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(about_package)) {
        build.env_remove(name);
    }
    match profile_folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => {}
        Some(profile) => drop(build.args(["--profile", profile])),
    }
    let status = build.status()?;
    if status.success() && anon.is_file() { Ok(anon) } else { Err("cargo could not build 'anon'".into()) }
}

#[test]
fn ends_well() {
    quickstart(&Args { keep: false, anon: None }).unwrap_or_else(|error| panic!("{error}"));
}
