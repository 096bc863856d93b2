//! The program `anon`.

use std::process::ExitCode;

fn main() -> ExitCode {
    anonapi::run(std::env::args_os())
}
