//! Many `anon` at once lose nothing of each other's.

use std::process::{Child, Stdio};

use crate::support::Env;

/// Runs all lines at the same time.
fn all_at_once(env: &Env, lines: impl IntoIterator<Item = String>) {
    let start = |line: &String| -> Child {
        let mut command = env.anon(line.split(' ')).command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let lines: Vec<String> = lines.into_iter().collect();
    let running: Vec<Child> = lines.iter().map(start).collect();
    for (line, child) in lines.iter().zip(running) {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "anon {line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

fn env() -> Env {
    let env = Env::new();
    env.settings_for(&[("p01", "https://example.org/p01")]);
    env
}

#[test]
fn batch_add() {
    let env = env();
    env.run("batch init").assert_ok();
    all_at_once(&env, (1..=50).map(|id| format!("batch add {id}")));
    let ids: Vec<String> = (1..=50).map(|id| format!("- '{id}'\n")).collect();
    assert!(
        env.read(".anonbatch").contains(&format!("job_ids:\n{}server:", ids.concat())),
        "{}",
        env.read(".anonbatch")
    );
}

#[test]
fn server_add() {
    let env = env();
    all_at_once(&env, (1..=20).map(|number| format!("server add s{number} https://example.org/s{number}")));
    let text = env.read_settings();
    for number in 1..=20 {
        assert!(text.contains(&format!("\n  s{number}: https://example.org/s{number}\n")), "{text}");
    }
}

#[test]
fn map_add_accession_numbers() {
    let env = env();
    env.run("map init").assert_ok();
    all_at_once(&env, (1..=20).map(|number| format!("map add-accession-numbers 12.{number} 13.{number}")));
    let text = env.read("anon_mapping.csv");
    for number in 1..=20 {
        for first in [12, 13] {
            assert_eq!(text.matches(&format!("\naccession_number:{first}.{number},")).count(), 1, "{text}");
        }
    }
    assert_eq!(text.matches("accession_number:").count(), 40, "{text}");
}

#[test]
fn select_add() {
    let env = env();
    let names: Vec<String> = (1..=10).map(|number| format!("{number}.dcm")).collect();
    env.dicom("p", "1.2", &names.iter().map(String::as_str).collect::<Vec<_>>());
    all_at_once(&env, names.iter().map(|name| format!("select add {name}")));
    env.run("select status").assert_ok().assert_stdout(&["Selection containing 10 files"]);
}

#[test]
fn the_first_run() {
    let env = Env::new();
    all_at_once(&env, (1..=10).map(|number| format!("server add s{number} https://example.org")));
    assert_eq!(env.read_settings().matches("https://example.org").count(), 10, "{}", env.read_settings());
    assert_eq!(env.files(), ["~/AnonWebAPIClientSettings.yml"], "and no lock stays behind");
}
