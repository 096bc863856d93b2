//! The main job from end to end: `cargo run --example quickstart [-- --keep]`
//!
//! Makes a folder to practise in, as `cargo run --example sandbox` does, but a temporary one, with a server of its own. Does the manual's
//! two tutorials there by running `anon`'s own commands, and opens an image that was delivered beside its source. The home folder of
//! whoever runs it is left alone.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod compare;
mod program;
mod session;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anonapi::testing::practice::{Practice, SERVER, Step, TUTORIALS, Tutorial};
use anonapi::testing::{FakeIdis, FakeJob, Life};
use clap::Parser;

use compare::compare;
use program::build_anon;
use session::Session;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const STEP: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Parser)]
#[command(about = "Take the manual's two tutorials from folders and lists to images that a sandbox server delivers")]
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
    let practice = Practice::make(&folder.path().join("anon-sandbox"))?;
    let idis =
        practice.serve(FakeIdis::builder().life(Life::passing(STEP)), |text| println!("    (the server: {text})"))?;
    println!("# A sandbox IDIS listens on this computer. Everything happens in {}", practice.folder().display());

    let mut session = Session::begin(program, folder.path().join("home"), &practice)?;
    let mut jobs = Vec::new();
    for tutorial in &TUTORIALS {
        jobs.extend(follow(tutorial, &practice, &mut session, &idis)?);
    }
    session.check_home()?;

    println!("\n# An image that was delivered, beside its source");
    let delivered = format!("anonymizeddata/{}/anon_patientA/0001.dcm", jobs[0].id());
    compare(
        &practice.share().join("mydata/patient1/raw/raw1.dcm"),
        &practice.share().join(delivered),
        "anon_patientA",
    )?;

    println!("\n# {} jobs are DONE, and each is in its batch.", jobs.len());
    if args.keep {
        println!("# The folder is kept: {}", practice.folder().display());
    } else {
        folder.close()?;
        println!("# The folder is removed again; your own settings were not touched.");
    }
    Ok(())
}

/// Does what the tutorial says. Returns the jobs that it made, which must all be done.
fn follow(tutorial: &Tutorial, practice: &Practice, session: &mut Session, idis: &FakeIdis) -> Result<Vec<FakeJob>> {
    println!("\n# {}", tutorial.title);
    session.cd(practice.folder());
    let before = idis.jobs(SERVER).len();
    for step in tutorial.steps {
        match *step {
            Step::Go(folder) => session.cd(Path::new(folder)),
            Step::Anon(arguments) if arguments.starts_with("create ") => {
                session.anon_answering("y", arguments)?;
            }
            Step::Anon(arguments) if arguments.starts_with("batch status") => watch(session, arguments, idis)?,
            Step::Anon(arguments) => {
                session.anon(arguments)?;
            }
        }
    }
    let created = idis.jobs(SERVER).split_off(before);
    session.check_batch(&created)?;
    match created.iter().find(|job| !has_status(job, &["DONE"])) {
        Some(job) => Err(format!("job {} is not done", job.id()).into()),
        None if created.is_empty() => Err("no job was created".into()),
        None => Ok(created),
    }
}

/// Shows the batch until the server is through with it.
fn watch(session: &Session, arguments: &str, idis: &FakeIdis) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    let samples = 7;
    loop {
        let is_over = idis.jobs(SERVER).iter().skip(samples).all(|job| !has_status(job, &["ACTIVE", "UPLOADED"]));
        session.anon(arguments)?;
        if is_over {
            return Ok(());
        }
        if Instant::now() > end {
            return Err("the jobs did not come to an end".into());
        }
        std::thread::sleep(STEP * 3);
    }
}

fn has_status(job: &FakeJob, statuses: &[&str]) -> bool {
    job.get("status").and_then(|value| value.as_str()).is_some_and(|status| statuses.contains(&status))
}

#[test]
fn ends_well() {
    quickstart(&Args { keep: false, anon: None }).unwrap_or_else(|error| panic!("{error}"));
}
