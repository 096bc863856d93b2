//! The floors of the house, from the top. A module knows those on floors below, never one above.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::root;

const FLOORS: [&[&str]; 5] = [
    &["cli"],
    &["commands"],
    &["plan", "creation", "following", "inspection", "scan", "folders", "troubleshooting"],
    &["mapping", "lists", "selection", "batch", "settings"],
    &["values", "text", "storage", "dicom", "unc", "api", "locks", "error", "problem"],
];

/// On one floor, who knows whom: for each a reason.
const WITHIN: [(&str, &str); 23] = [
    // A row of a mapping becomes a job that is created.
    ("creation", "plan"),
    // Jobs are joined with the rows that they were created for, by the journal; what their errors mean is told beside them.
    ("following", "plan"),
    ("following", "creation"),
    ("following", "troubleshooting"),
    // What a source holds is looked for as a scan does it.
    ("plan", "inspection"),
    ("inspection", "scan"),
    // Patterns are the same for files and folders.
    ("folders", "scan"),
    // A batch keeps the server that its jobs are on.
    ("batch", "settings"),
    // Errors are of one type, which names the file or the URL; the system's words are put right by `text`.
    ("error", "api"),
    ("error", "problem"),
    ("error", "text"),
    ("storage", "error"),
    ("storage", "problem"),
    // YAML files are texts in some encoding.
    ("storage", "text"),
    ("text", "problem"),
    // The kind of files that was probably meant.
    ("dicom", "text"),
    // The name of a parameter or a source that was probably meant.
    ("values", "text"),
    ("values", "problem"),
    ("api", "values"),
    ("api", "text"),
    // The environment names files of certificates.
    ("api", "storage"),
    // What several threads share.
    ("api", "locks"),
    ("unc", "locks"),
];

/// Above the floors: the fake server is for tests, and the door of the project's own tests knows what it opens.
const OUTSIDE: [&str; 4] = ["testing", "internals", "lib", "main"];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The modules that a text names as `crate::NAME`.
fn known(text: &str) -> BTreeSet<&str> {
    let after = text.split("crate::").skip(1);
    after
        .map(|rest| &rest[..rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len())])
        .filter(|name| floor(name).is_some() || OUTSIDE.contains(name))
        .collect()
}

fn arrows(path: &Path, module: &str, wrong: &mut Vec<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            arrows(&entry.unwrap().path(), module, wrong);
        }
        return;
    }
    let text = fs::read_to_string(path).unwrap();
    // Unit tests have a server to talk to.
    let is_test = path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")));
    for other in known(&text).into_iter().filter(|other| *other != module && !(is_test && *other == "testing")) {
        let down = floor(module) < floor(other);
        if !down && !WITHIN.contains(&(module, other)) {
            wrong.push(format!("{}: {module} knows {other}", path.display()));
        }
    }
}

#[test]
fn no_arrow_points_up() {
    let mut wrong = vec![];
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if !OUTSIDE.contains(&module.as_str()) {
            assert!(floor(&module).is_some(), "{module} is on no floor: add it to this test and to the crate docs");
            arrows(&path, &module, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_arrow_is_seen() {
    assert_eq!(known("use crate::cli::run;\ncrate::error::Error, my_crate::x"), ["cli", "error"].into());
    assert!(floor("cli") < floor("api") && floor("creation") < floor("batch"));
}
