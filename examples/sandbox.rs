//! A sandbox IDIS on this computer, to try `anon` on: `cargo run --example sandbox [-- --port N --seconds-per-step N]`
//!
//! It keeps its jobs in memory until Ctrl-C. Jobs that are created go from ACTIVE over UPLOADED to DONE as time passes; some
//! end in ERROR, with the messages of the manual's troubleshooting page.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;
use std::time::Duration;

use anonapi::testing::{FakeIdis, Life};
use clap::Parser;

#[derive(Parser)]
#[command(about = "Serve a sandbox IDIS on this computer until Ctrl-C")]
struct Args {
    /// The port to listen on; 0 is any that is free
    #[arg(long, value_name = "N", default_value_t = 8417)]
    port: u16,
    /// How long a job takes for each of its four steps
    #[arg(long, value_name = "N", default_value_t = 5.0, value_parser = seconds)]
    seconds_per_step: f64,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let life = Life::passing(Duration::from_secs_f64(args.seconds_per_step));
    match FakeIdis::builder().jobs(7).life(life).port(args.port).try_start() {
        Ok(idis) => serve(&idis),
        Err(error) => {
            let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
            eprintln!("{error}{hint}");
            ExitCode::FAILURE
        }
    }
}

fn serve(idis: &FakeIdis) -> ExitCode {
    println!("A sandbox IDIS listens on {}. Connect to it with", idis.url("sandbox"));
    println!();
    println!("    anon server add sandbox {}", idis.url("sandbox"));
    println!("    anon server activate sandbox");
    println!("    anon settings user set-username z1234567");
    println!();
    println!("It holds jobs 1 to 7 ('anon server jobs') and takes new ones. Ctrl-C ends it.");
    loop {
        std::thread::park();
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.001..=86_400.0).contains(seconds));
    seconds.ok_or_else(|| "expected a number of seconds from 0.001 to 86400".to_owned())
}
