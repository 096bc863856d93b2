//! The program `anon`.

use std::process::ExitCode;

fn main() -> ExitCode {
    anonapi::run(std::env::args_os())
}

/// Each shared library makes every start 10 to 20 % longer. Two are needed for next to nothing, backtraces and the one power in
/// indicatif's rate of progress; they are linked into the program instead.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod linked {
    #[link(name = "gcc_eh")]
    unsafe extern "C" {}

    /// What libm has under this name.
    #[unsafe(no_mangle)]
    extern "C" fn pow(base: f64, exponent: f64) -> f64 {
        libm::pow(base, exponent)
    }
}
