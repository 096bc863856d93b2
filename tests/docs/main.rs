//! The documentation is tested: commands that it shows exist, sessions print what it says, links lead somewhere, examples run.
//!
//! `UPDATE_DOCS=1 cargo test --test docs` updates the command reference and the output of the sessions.

#![allow(clippy::unwrap_used)]

mod command_lines;
mod examples;
mod floors;
mod links;
mod markdown;
#[cfg(unix)]
mod practice;
mod reference;
mod schemas;
#[cfg(unix)]
mod sessions;
mod site;
mod spreadsheets;

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the package.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README and everything in `docs`, sorted.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.push(root().join("README.md"));
    pages.sort();
    assert!(pages.len() > 10, "{pages:?}");
    pages
}

/// The text of a page. Git may have turned the line ends.
fn text_of(page: &Path) -> String {
    fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display())).replace("\r\n", "\n")
}

/// The name of a page for messages.
fn name(page: &Path) -> String {
    page.strip_prefix(root()).unwrap_or(page).display().to_string()
}

/// Holds a page against what it should be, or writes it if that is asked for.
fn compare(page: &Path, expected: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(page, expected).unwrap();
        return;
    }
    let found = if page.exists() { text_of(page) } else { String::new() };
    let difference = found.lines().zip(expected.lines()).position(|(found, expected)| found != expected);
    if found == expected {
        return;
    }
    let at = difference.unwrap_or_else(|| found.lines().count().min(expected.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    panic!(
        "{} is out of date: run 'UPDATE_DOCS=1 cargo test --test docs' and look at what changed\nline {}\n  is:        {}\n  should be: {}",
        name(page),
        at + 1,
        line(&found),
        line(expected)
    );
}
