//! Which mapping a command works on, and how the user is told.

use crate::support::Env;
use snapbox::str;

/// Two folders with a mapping each, of which that in `two` is active.
fn env_with_two() -> Env {
    let env = Env::with_jobs();
    for folder in ["one", "two"] {
        std::fs::create_dir(env.path(folder)).unwrap();
        env.anon(["map", "init"]).cwd(folder).run().assert_ok();
    }
    env
}

#[test]
fn a_mapping_elsewhere_is_named_and_the_one_that_is_here_too() {
    let env = env_with_two();
    env.anon(["map", "add-accession-numbers", "1.1"]).cwd("one").run().assert(str![[r#"
exit 0
stdout:
  Adding accession_number:1.1
  Done. Added 1 accession number
stderr:
  warning: this works on the active mapping './two/anon_mapping.csv', not on the one in this folder; 'anon map activate' activates that
files:
  ~ ./two/anon_mapping.csv
"#]]);
    env.run("map add-accession-numbers 2.2").assert(str![[r#"
exit 0
stdout:
  Adding accession_number:2.2
  Done. Added 1 accession number
stderr:
  mapping: './two/anon_mapping.csv'
files:
  ~ ./two/anon_mapping.csv
"#]]);
    env.anon(["map", "activate"]).cwd("one").run().assert(str![[r#"
exit 0
stdout:
  Activated mapping at ./one/anon_mapping.csv
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    let outcome = env.anon(["map", "add-accession-numbers", "3.3"]).cwd("one").run().assert_ok();
    assert_eq!((outcome.stderr.as_str(), outcome.files), ("", vec!["~ ./one/anon_mapping.csv".to_owned()]));
    env.run("map activate").assert(str![[r#"
exit 1
stderr:
  error: there is no mapping at './anon_mapping.csv'; create one with 'anon map init', or run 'anon map activate' in the folder that has one
"#]]);
}

#[test]
fn every_command_that_uses_it_names_it() {
    let env = env_with_two();
    for command in ["status", "check", "edit", "delete", "set project P", "add-accession-numbers 1.1"] {
        let line: Vec<&str> = ["map"].into_iter().chain(command.split(' ')).collect();
        let outcome = env.anon(line).cwd("one").run();
        assert_eq!(outcome.stderr.matches("active mapping './two/anon_mapping.csv'").count(), 1, "{}", outcome.story());
    }
    let outcome = env.anon(["create", "from-mapping"]).cwd("one").run();
    assert!(outcome.stderr.contains("mapping  ./two/anon_mapping.csv\nbatch    ./one"), "{}", outcome.story());
}

#[test]
fn a_mapping_is_chosen_by_hand() {
    let env = env_with_two();
    // Its folder will do, and so will any place on the command line.
    for line in
        ["map --mapping one/anon_mapping.csv add-accession-numbers 1.1", "map add-accession-numbers 1.2 --mapping one"]
    {
        let outcome = env.run(line).assert_ok();
        assert_eq!(
            (outcome.stderr.as_str(), outcome.files),
            ("", vec!["~ ./one/anon_mapping.csv".to_owned()]),
            "{line}"
        );
    }
    let shown = env.run("map status --mapping one").assert_ok().stdout;
    assert!(shown.contains("Mapping at ./one/anon_mapping.csv") && shown.contains("with 2 rows"), "{shown}");
    env.run("map check --mapping one").assert(str![[r#"
exit 0
stdout:
  ./one/anon_mapping.csv: 2 rows, nothing wrong
"#]]);
    let outcome = env.answer("create from-mapping --mapping one", "y\n").assert_ok();
    assert_eq!(outcome.requests.len(), 2, "{}", outcome.story());
    env.run("map check --mapping three").assert(str![[r#"
exit 1
stderr:
  error: there is no mapping at './three'; create one with 'anon map init', or run 'anon map activate' in the folder that has one
"#]]);
    assert!(!env.read("two/anon_mapping.csv").contains("accession_number:1."));
}

#[test]
fn a_mapping_is_made_and_activated_by_name() {
    let env = env_with_two();
    env.run("map init --mapping one/other.csv").assert(str![[r#"
exit 0
stdout:
  Initialised example mapping in ./one/other.csv
  Activated mapping at ./one/other.csv
files:
  + ./one/other.csv
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    env.run("map activate --mapping two").assert(str![[r#"
exit 0
stdout:
  Activated mapping at ./two/anon_mapping.csv
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
}

#[test]
fn a_command_can_be_run_in_another_folder() {
    let env = env_with_two();
    env.run("-C one map activate").assert_ok();
    let outcome = env.run("map add-accession-numbers 1.1 --directory one").assert_ok();
    assert_eq!((outcome.stderr.as_str(), outcome.files), ("", vec!["~ ./one/anon_mapping.csv".to_owned()]));
    // A relative path counts from there, that of the settings too.
    env.run("-C one --settings mine.yml map status").assert(str![[r#"
exit 1
stderr:
  No settings file found. Created default settings at './one/mine.yml'
  error: no mapping is active; [..]
files:
  + ./one/mine.yml
"#]]);
    env.run("status -C nowhere").assert(str![[r#"
exit 1
stderr:
  error: cannot enter 'nowhere': [..]; check the name and the folder you are in
"#]]);
}
