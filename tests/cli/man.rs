//! `anon man`.

use std::fs;

use clap::Command;

use crate::support::Env;

fn names(command: &Command, before: &str, found: &mut Vec<String>) {
    let name = format!("{before}{}", command.get_name());
    for sub in command.get_subcommands() {
        names(sub, &format!("{name}-"), found);
    }
    found.push(format!("{name}.1"));
}

#[test]
fn each_command_gets_a_page() {
    let env = Env::new();
    let outcome = env.run("man pages/man1").assert_ok();
    let mut tree = anonapi::internals::command();
    tree.build();
    let mut expected = vec![];
    names(&tree, "", &mut expected);
    expected.sort();
    let folder = env.work().join("pages/man1");
    let mut found: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(outcome.stdout.trim_end(), format!("Wrote {} pages to 'pages/man1'", found.len()));

    let page = fs::read_to_string(folder.join("anon-batch-status.1")).unwrap();
    assert!(page.contains(".SH EXAMPLES\n.nf\nanon batch status"), "{page}");
    assert!(page.contains(".SH \"SEE ALSO\"\nanon\\-batch(1)"), "{page}");
}

#[test]
fn pages_of_an_older_version_are_replaced() {
    let env = Env::new();
    fs::write(env.work().join("anon-status.1"), "old").unwrap();
    env.run("man .").assert_ok();
    assert!(fs::read_to_string(env.work().join("anon-status.1")).unwrap().contains(".SH NAME"));
}

#[test]
fn a_file_in_the_place_of_the_folder_is_named() {
    let env = Env::new();
    fs::write(env.work().join("pages"), "").unwrap();
    let outcome = env.run("man pages").assert_status(1);
    assert!(outcome.stderr.starts_with("error: cannot make 'pages': "), "{}", outcome.story());
    assert!(outcome.stdout.is_empty(), "{}", outcome.story());
}
