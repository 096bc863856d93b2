//! `anon` as a user meets it: the program itself, in a home and a working folder of its own, against a fake IDIS.

#![allow(clippy::unwrap_used)]

mod batch;
mod chaining;
mod completions;
mod create;
mod creation;
mod differences;
mod doctor;
mod failures;
mod following;
mod formats;
#[cfg(target_os = "linux")]
mod hanging_share;
mod help;
mod job;
mod man;
mod manual;
mod map;
mod proxies;
mod replies;
mod round_trip;
mod scripts;
mod select;
mod server;
mod settings;
mod status;
mod support;
mod terminal;
mod tls;
mod tls_server;
mod together;
