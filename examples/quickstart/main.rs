//! The main job from end to end: `cargo run --example quickstart [-- --keep]`
//!
//! Makes a folder to practise in, as `cargo run --example sandbox` does, but a temporary one, with a server of its own. Does the manual's
//! two tutorials there by running `anon`'s own commands, and opens an image that was delivered beside its source. Then looks at data
//! that makes trouble, ultrasound among it, before it is sent and after. The home folder of whoever runs it is left alone.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod compare;
mod program;
mod session;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anonapi::testing::practice::{Practice, SERVER, Step, TROUBLE, TUTORIALS, Tutorial};
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
        jobs.extend(follow(tutorial, &practice, &mut session, &idis, &["DONE"; 3])?);
    }

    println!("\n# An image that was delivered, beside its source");
    let delivered = format!("anonymizeddata/{}/anon_patientA/0001.dcm", jobs[0].id());
    compare(
        &practice.share().join("mydata/patient1/raw/raw1.dcm"),
        &practice.share().join(delivered),
        "anon_patientA",
    )?;

    println!("\n# {} jobs are DONE, and each is in its batch.", jobs.len());

    // The ultrasound is held back, as the check has said, and the patient of the third has opted out.
    let became = ["UPLOADED", "DONE", "ERROR", "DONE"];
    follow(&TROUBLE, &practice, &mut session, &idis, &became)?;
    session.check_home()?;
    if args.keep {
        println!("# The folder is kept: {}", practice.folder().display());
    } else {
        folder.close()?;
        println!("# The folder is removed again; your own settings were not touched.");
    }
    Ok(())
}

/// Does what the tutorial says. Returns the jobs that it made, once this has become of them.
fn follow(
    tutorial: &Tutorial,
    practice: &Practice,
    session: &mut Session,
    idis: &FakeIdis,
    became: &[&str],
) -> Result<Vec<FakeJob>> {
    println!("\n# {}", tutorial.title);
    session.cd(practice.folder());
    let before = idis.jobs(SERVER).len();
    for step in tutorial.steps {
        match *step {
            Step::Go(folder) => session.cd(Path::new(folder)),
            Step::Anon(arguments) if arguments.starts_with("create ") => {
                session.anon_answering("y", arguments)?;
            }
            Step::Anon(arguments) if arguments.starts_with("batch status") => {
                watch(session, arguments, || statuses(&idis.jobs(SERVER)[before..]) == became)?;
            }
            Step::Anon(arguments) => {
                session.anon(arguments)?;
            }
        }
    }
    let created = idis.jobs(SERVER).split_off(before);
    session.check_batch(&created)?;
    Ok(created)
}

/// Shows the batch until it is as it should be.
fn watch(session: &Session, arguments: &str, is_over: impl Fn() -> bool) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let is_over = is_over();
        session.anon(arguments)?;
        if is_over {
            return Ok(());
        }
        if Instant::now() > end {
            return Err("the jobs did not become what they should".into());
        }
        std::thread::sleep(STEP * 3);
    }
}

fn statuses(jobs: &[FakeJob]) -> Vec<String> {
    let status = |job: &FakeJob| job.get("status").and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    jobs.iter().map(status).collect()
}

#[test]
fn ends_well() {
    quickstart(&Args { keep: false, anon: None }).unwrap_or_else(|error| panic!("{error}"));
}
