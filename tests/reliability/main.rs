//! Nothing is lost, doubled or leaked: `anon` is killed, cut off, run out of disk and run twice at once, and its files are
//! looked at each time. What holds is in docs/reliability.md.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod creation;
mod disk;
mod faults;
mod fuzz_smoke;
mod kills;
#[cfg(unix)]
mod limits;
mod paths;
mod run;
#[cfg(unix)]
mod shared;
#[path = "../cli/support/mod.rs"]
mod support;
#[cfg(unix)]
mod users;
