//! `anon` as a user meets it: the program itself, in a home and a working folder of its own, against a fake IDIS.

#![allow(clippy::unwrap_used)]

mod batch;
mod job;
mod server;
mod settings;
mod support;
