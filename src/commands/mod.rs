//! One folder per group, one file per command: its arguments and what it does.

pub mod batch;
pub mod completions;
pub mod console;
pub mod context;
pub mod create;
pub mod job;
pub mod man;
pub mod map;
pub mod select;
pub mod server;
pub mod settings;
pub mod status;

mod calls;
mod ids;
mod jobs;
mod scanning;
