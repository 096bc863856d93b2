//! The support itself.

use anonapi::testing::FakeIdis;

use super::{Env, Outcome};

fn outcome() -> Outcome {
    let stdout = "Created job with id 7\n\nsaved in ./anon_mapping.csv\n".to_owned();
    let files = vec!["+ ./.anonbatch".to_owned()];
    Outcome { line: "anon x".to_owned(), status: 0, stdout, stderr: String::new(), requests: Vec::new(), files }
}

#[test]
fn a_story_is_compared_as_a_whole() {
    outcome().assert(
        "
        exit 0
        stdout:
          Created job with id [..]

          saved in ./anon_mapping.csv
        files:
          + ./.anonbatch
        ",
    );
    let message = std::panic::catch_unwind(|| outcome().assert("exit 0\nstdout:\n  Created no job")).unwrap_err();
    let message = message.downcast_ref::<String>().unwrap();
    assert!(message.contains("Created no job") && message.contains("Created job with id 7"), "{message}");
}

#[test]
fn outcomes_name_the_folders_and_the_server() {
    let env = Env::with_idis(FakeIdis::builder());
    let names = env.names();
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    assert_eq!(names.apply(&format!("'{}'", text(&env.path("a.csv")))), "'./a.csv'");
    assert_eq!(names.apply(&text(&env.home())), "~");
    assert_eq!(names.apply(&format!("{}: {}", env.idis().url("p01"), env.idis().url("p02"))), "{url}/p01: {url}/p02");
    assert_eq!(names.apply(&text(&env.work()).replace('/', "\\")), ".");
}

#[test]
fn the_program_meets_a_world_of_its_own() {
    let env = Env::with_idis(FakeIdis::builder());
    env.settings();
    env.patients();
    env.xlsx("lists/accession_numbers.xlsx");
    let command = env.anon(["status"]).cwd("patient1").env("EXTRA", "1").command();
    let variables: Vec<_> = command.get_envs().filter_map(|(name, _)| name.to_str()).collect();
    assert!(variables.contains(&"HOME") && variables.contains(&"EXTRA"));
    assert!(!variables.iter().any(|name| name.to_ascii_lowercase().ends_with("_proxy") || name.starts_with("ANON_")));
    assert_eq!(command.get_current_dir(), Some(env.path("patient1").as_path()));
    let files = env.files();
    assert_eq!(files.len(), 4 * 5 + 2, "{files:?}");
    assert!(files.contains(&"~/AnonWebAPIClientSettings.yml".to_owned()), "{files:?}");
    assert!(files.contains(&"./patient4/study1/notes.txt".to_owned()), "{files:?}");
}

#[test]
fn an_option_is_changed_in_its_line_alone() {
    let env = Env::new();
    env.write("anon_mapping.csv", "## Options ##\r\nproject;NOT SET\r\ndestination_path;.\r\n");
    env.set_option("project", "Wetenschap-Algemeen");
    assert_eq!(env.read("anon_mapping.csv"), "## Options ##\r\nproject;Wetenschap-Algemeen\r\ndestination_path;.\r\n");
}

#[test]
fn a_command_is_run_and_watched() {
    let env = Env::with_idis(FakeIdis::builder().jobs(7));
    env.settings();
    let initialised = env.run("batch init").assert(
        "
        exit 0
        stdout:
          Initialised batch for p01: {url}/p01 in current dir
        files:
          + ./.anonbatch
        ",
    );
    assert_eq!(initialised.line, "anon batch init");
    env.run("batch add 3").assert_ok();
    let reset = env.anon(["batch", "reset"]).stdin("y\n").run().assert_ok();
    let [call] = reset.requests.as_slice() else { panic!("{}", reset.story()) };
    assert_eq!((call.function.as_str(), call.param("job_id")), ("modify_job", Some("3")));
    env.anon(["batch", "info"]).cwd("..").run().assert_status(1).assert_stderr(&["No batch defined"]);
}
