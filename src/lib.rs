//! `anon`: anonymize medical images with an IDIS server.
//!
//! This is the library behind the program `anon`. To talk to a server from your own program, [`api::Client`] is all you
//! need; [`mapping`], [`plan`] and [`creation`] take a mapping to jobs as `anon create from-mapping` does; [`run`] is the whole
//! program. Everything that fails returns an [`Error`], which says what is wrong, where, and what to do about it.
//!
//! With the feature `testing`, there is a fake IDIS server to write tests against: `anonapi::testing::FakeIdis`. The programs in
//! `examples` are small uses of the library, and the pages in `docs` explain the rest.
//!
//! The code has five floors; a module uses those below it and never one above. `tests/docs/floors.rs` enforces it.
//!
//! | floor | module | what it is for |
//! |---|---|---|
//! | cli | `cli` | the command tree, help, and which code a parsed command line runs |
//! | commands | `commands` | a folder for each group, a file for each command; `commands::context` is what each of them gets, `commands::console` is the only code that prints |
//! | work | [`plan`] | from a mapping and the defaults to jobs, or to everything that is wrong |
//! | | [`creation`] | creating jobs so that none is lost and none is created twice |
//! | | `following` | what becomes of the jobs in a batch, and whose they are |
//! | | `scan` | which files: finding them, many at a time; whether they are DICOM, and whose |
//! | | `inspection` | what is in the files of the rows: patients, studies, and what is likely to be held back |
//! | | `folders` | which folders: wildcards, and spellings that mean the same folder |
//! | | `troubleshooting` | what job errors mean and what to do about them |
//! | files | [`mapping`] | the mapping CSV: read, checked, edited in place |
//! | | `lists` | input lists as Excel, editors and colleagues leave them |
//! | | [`selection`] | `fileselection.txt` |
//! | | [`batch`] | the jobs of a folder |
//! | | [`settings`] | the settings file in the home folder |
//! | ground | [`values`] | what a job is made of: sources, pseudonyms, paths |
//! | | [`api`] | the IDIS web API: transport, one method per function, jobs |
//! | | `text` | encodings, records of delimited values, the user's locale |
//! | | `storage` | YAML in and out, atomic replacement, locks: the only code that writes files |
//! | | `dicom`, `unc` | DICOM headers; UNC paths, and finding them for mounts and drive letters |
//! | | `locks` | locks that a thread has panicked with |
//! | | `error`, `problem` | one error type for everything; what is wrong in a file, and where |
//!
//! `testing` is a fake IDIS server, with the feature `testing`.

// Code that only the command line uses is also there without it.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports))]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod api;
pub mod batch;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod commands;
pub mod creation;
#[cfg(feature = "cli")]
mod dicom;
mod error;
#[cfg(feature = "cli")]
mod folders;
#[cfg(feature = "cli")]
mod following;
#[cfg(feature = "cli")]
pub mod inspection;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod internals;
#[cfg(feature = "cli")]
mod lists;
mod locks;
pub mod mapping;
pub mod plan;
mod problem;
#[cfg(feature = "cli")]
mod scan;
pub mod selection;
pub mod settings;
mod storage;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
#[cfg(feature = "cli")]
mod troubleshooting;
mod unc;
pub mod values;

#[cfg(feature = "cli")]
pub use cli::run;
pub use error::{Error, Result};
pub use problem::{Place, Problem, Problems};

/// Its examples are compiled with the others.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
mod guide {}
