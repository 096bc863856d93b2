//! A sandbox IDIS on this computer, and a folder to practise `anon` in:
//! `cargo run --example sandbox [-- --folder FOLDER --port N --seconds-per-step N]`
//!
//! The folder gets patients, lists of them and settings, and the jobs that use them deliver images into it: for practice only,
//! never for patients' data. It serves until Ctrl-C; started again, it goes on with the same jobs.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use anonapi::testing::practice::{Practice, SERVER};
use anonapi::testing::{FakeIdis, Life};
use anonapi::{Error, Result};
use clap::Parser;

#[derive(Parser)]
#[command(about = "Make a folder to practise in, and serve a sandbox IDIS for it until Ctrl-C")]
struct Args {
    /// The folder to practise in; it is made if it does not exist
    #[arg(long, value_name = "FOLDER", default_value = "anon-sandbox")]
    folder: PathBuf,
    /// The port to listen on; 0 is any that is free
    #[arg(long, value_name = "N", default_value_t = 8417)]
    port: u16,
    /// How long a job takes for each of its four steps
    #[arg(long, value_name = "N", default_value_t = 5.0, value_parser = seconds)]
    seconds_per_step: f64,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
            eprintln!("{error}{hint}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    let (interrupted, interruption) = mpsc::channel();
    let watch = ctrlc::set_handler(move || {
        // The sandbox may be on its way out already.
        let _ = interrupted.send(());
    });
    watch.map_err(|error| Error::refused(format!("cannot wait for Ctrl-C: {error}"), "start the sandbox again"))?;

    let practice = Practice::make(&args.folder)?;
    let life = Life::passing(Duration::from_secs_f64(args.seconds_per_step));
    let idis = practice.serve(FakeIdis::builder().life(life).port(args.port), |text| println!("{text}"))?;
    greet(&practice, &idis);

    let mut jobs = Vec::new();
    let mut goes_on = true;
    while goes_on {
        goes_on = interruption.recv_timeout(Duration::from_secs(1)).is_err();
        // To ask for the jobs is what makes them go on.
        let now = idis.jobs(SERVER);
        if now != jobs {
            practice.remember(&now)?;
            jobs = now;
        }
    }
    // Dropped, it would fail what it takes for a test if a browser, say, had asked it for what an IDIS does not have.
    std::mem::forget(idis);
    println!("The sandbox has ended. Start it again to go on with the same jobs.");
    Ok(())
}

fn greet(practice: &Practice, idis: &FakeIdis) {
    println!("A sandbox IDIS listens on {} until Ctrl-C.", idis.url(SERVER));
    println!(r"The folder to practise in is '{}'.", practice.folder().display());
    println!(r"Its folder 'share' pretends to be the share \\server\share.");
    println!("It is for practice only, never for patients' data.");
    if !is_installed() {
        println!();
        println!("'anon' is not on the PATH of this terminal: 'cargo install --locked --path .' puts it there.");
    }
    println!();
    print!("{}", practice.guide());
    println!();
}

/// Whether a terminal would find `anon`.
fn is_installed() -> bool {
    let name = format!("anon{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(&name).is_file())
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.001..=86_400.0).contains(seconds));
    seconds.ok_or_else(|| "expected a number of seconds from 0.001 to 86400".to_owned())
}
