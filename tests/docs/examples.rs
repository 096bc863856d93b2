//! Each library example runs against its own sandbox.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What an example prints when it is run without a server, besides the line that says so; `[..]` stands for the URL.
const EXAMPLES: [(&str, &[&str]); 7] = [
    ("anonymize_from_idc", &["Created job 1001 on [..]/sandbox"]),
    ("anonymize_from_share", &["Created job 1001 on [..]/sandbox"]),
    (
        "filter_on_sop_class",
        &["Created job 1001 on [..]/sandbox", "It takes images of the classes \"1.2.840.10008.[..]\""],
    ),
    ("cancel_job", &["Job 100 is INACTIVE now"]),
    (
        "get_job_status",
        &[
            "Found 3 of 3 jobs:",
            "     1 INACTIVE patient1",
            "     2 ERROR    patient2 Patient [..]",
            "     3 DONE     patient3",
        ],
    ),
    (
        "modify_jobs",
        &[
            r#"Job 1 takes its data from "\\\\server\\share\\modified\\input" now"#,
            r#"Job 2 takes its data from "\\\\server\\share\\modified\\input" now"#,
            r#"Job 3 takes its data from "\\\\server\\share\\modified\\input" now"#,
        ],
    ),
    ("get_api_definition", &["{", "[..]IDIS web API[..]"]),
];

/// `cargo test` builds the examples beside the program.
fn program(example: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_anon")).parent().unwrap().join("examples");
    let program = folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "'{}' is not built: 'cargo build --examples' does it, and so does 'cargo test'",
        program.display()
    );
    program
}

fn command(example: &str) -> Command {
    let mut command = Command::new(program(example));
    command.env_remove("IDIS_URL").env_remove("IDIS_USER").env_remove("IDIS_TOKEN").env("NO_PROXY", "127.0.0.1");
    command
}

fn fits(pattern: &str, line: &str) -> bool {
    let mut rest = line.trim_end();
    let mut parts = pattern.split("[..]");
    let Some(after) = parts.next().and_then(|first| rest.strip_prefix(first)) else { return false };
    rest = after;
    let mut open = false;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        open = part.is_empty();
    }
    open || rest.is_empty()
}

#[test]
fn each_does_what_it_says() {
    for (example, expected) in EXAMPLES {
        let output = command(example).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && stderr.is_empty(), "{example}: {}\n{stdout}{stderr}", output.status);
        let mut lines = stdout.lines();
        assert_eq!(lines.next(), Some("IDIS_URL is not set: this is a sandbox, on this computer"), "{example}");
        for pattern in expected {
            let line = lines.next().unwrap_or_default();
            assert!(fits(pattern, line), "{example}: expected '{pattern}', found '{line}'");
        }
    }
}

#[test]
fn a_server_that_is_not_there_is_an_error_with_its_url() {
    let output = command("get_api_definition").env("IDIS_URL", "http://127.0.0.1:1/p01").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("http://127.0.0.1:1/p01: connection refused; "), "{stderr}");
}

/// A job on a real server is changed only if it is named.
#[test]
fn jobs_of_a_server_have_to_be_named() {
    let output = command("cancel_job").env("IDIS_URL", "http://127.0.0.1:1/p01").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("no job ids are given"));
}

/// All the examples that there are: these, the two programs that the README starts with, and what they share.
#[test]
fn none_is_forgotten() {
    let entries = std::fs::read_dir(super::root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let names = entries.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let mut names: Vec<String> = names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.retain(|name| name != "quickstart" && name != "sandbox");
    names.sort();
    let mut known = EXAMPLES.map(|(name, _)| name);
    known.sort_unstable();
    assert_eq!(names, known);
}
