//! `map set` changes one option and not another byte.

use super::env_with_mapping;
use crate::support::Env;
use snapbox::str;

fn env_with(text: &[u8]) -> Env {
    let env = Env::with_jobs();
    env.write("anon_mapping.csv", text);
    env.run("map activate").assert_ok();
    env
}

#[test]
fn an_option_is_set_and_told() {
    let env = env_with_mapping();
    let before = env.read("anon_mapping.csv");
    env.run("map set project Other").assert(str![[r#"
exit 0
stdout:
  Set project to 'Other' (it was 'Wetenschap-Algemeen') in ./anon_mapping.csv
files:
  ~ ./anon_mapping.csv
"#]]);
    assert_eq!(env.read("anon_mapping.csv"), before.replace("Wetenschap-Algemeen", "Other"));
    env.run("map set PIMS_key 77").assert(str![[r#"
exit 0
stdout:
  Set pims_key to '77' in ./anon_mapping.csv
files:
  ~ ./anon_mapping.csv
"#]]);
    let with_key = before
        .replace("Wetenschap-Algemeen", "Other")
        .replace("\r\n\r\n## Mapping", "\r\npims_key,77\r\n\r\n## Mapping");
    assert_eq!(env.read("anon_mapping.csv"), with_key);
    env.run("map set destination_path //server/share/x/").assert_ok();
    assert!(env.read("anon_mapping.csv").contains("destination_path,\\\\server\\share\\x\r\n"));
    let outcome = env.anon(["map", "set", "root_source_path", r"C:\data"]).run().assert_ok();
    assert!(outcome.stderr.contains(r"root_source_path 'C:\data' is not a UNC path"), "{}", outcome.story());
}

#[test]
fn nothing_else_changes_however_the_file_is_written() {
    let text = |project: &str| {
        format!(
            "## Description ##;;\r\npati\u{eb}nten;;\r\n## OPTIONS ##;;\n project ; {project} ;;\r\n# note\r\nfoo,bar\n## Mapping ##;;\nsource;pseudo_name\r\nfolder:;x\n\n"
        )
    };
    let in_1252 = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
    for (before, after) in [("\"a, b\"", "x"), ("a", "x"), ("", "x")] {
        let env = env_with(&in_1252(&text(before)));
        // The other mistakes in it are told, and no reason to refuse.
        let outcome = env.run("map set project x").assert_ok();
        assert!(
            outcome.stderr.contains("'foo' is not an option") && outcome.stderr.contains("nothing follows 'folder:'"),
            "{}",
            outcome.story()
        );
        let expected = if before.is_empty() { text("x").replace("; x ;;", ";x  ;;") } else { text(after) };
        assert_eq!(std::fs::read(env.path("anon_mapping.csv")).unwrap(), in_1252(&expected), "{before:?}");
    }
}

#[test]
fn a_value_with_a_comma_is_written_so_that_anonapi_reads_it() {
    let text = "## Description ##\n## Options ##\nproject;a\n## Mapping ##\nsource;pseudo_name\n";
    let env = env_with(text.as_bytes());
    env.anon(["map", "set", "project", "x, y"]).run().assert_ok();
    env.anon(["map", "set", "description", "p, q"]).run().assert_ok();
    let expected = text.replace("project;a\n", "project,x, y\ndescription,p, q\n");
    assert_eq!(env.read("anon_mapping.csv"), expected);
}

#[test]
fn what_is_no_option_of_all_rows_is_refused() {
    let env = env_with_mapping();
    for (line, status, said) in [
        ("map set proejct x", 2, "'proejct' is not an option of a mapping; did you mean 'project'?"),
        (
            "map set telephone x",
            2,
            "the options are project, destination_path, root_source_path, pims_key, description",
        ),
        ("map set pseudo_name x", 2, "pseudo_name belongs to each row, not to all of them"),
        ("map set source folder:x", 2, "source belongs to each row"),
        ("map set project", 2, "<VALUE>"),
    ] {
        let outcome = env.run(line).assert_status(status);
        assert!(outcome.stderr.contains(said), "{}", outcome.story());
        assert!(outcome.files.is_empty(), "{}", outcome.story());
    }
    for value in ["", "  ", "a\nb"] {
        let outcome = env.anon(["map", "set", "project", value]).run().assert_status(1);
        assert!(outcome.stderr.contains("project cannot be set to") && outcome.files.is_empty(), "{}", outcome.story());
    }
    let twice = env_with(b"## Description ##\n## Options ##\nproject,a\nproject,b\n## Mapping ##\nsource\n");
    let outcome = twice.run("map set project x").assert_status(1);
    assert!(outcome.stderr.contains("option 'project' is given twice"), "{}", outcome.story());
    let none = env_with(b"## Description ##\n## Mapping ##\nsource\n");
    let outcome = none.run("map set project x").assert_status(1);
    assert!(outcome.stderr.contains("has no line '## Options ##'"), "{}", outcome.story());
}

#[test]
fn quotes_that_the_terminal_passes_on_are_left_out() {
    let env = env_with_mapping();
    for (value, set) in [
        (r"'\\server\share'", r"\\server\share"),
        (r#""\\server\share""#, r"\\server\share"),
        // What Windows makes of "\\server\share\".
        (r#"\\server\share""#, r"\\server\share"),
        (r"“//server/share”", r"\\server\share"),
    ] {
        let outcome = env.anon(["map", "set", "destination_path", value]).run().assert_ok();
        assert!(outcome.stdout.starts_with(&format!("Set destination_path to '{set}'")), "{outcome:?}");
        assert!(outcome.stderr.starts_with("taken without quotes, which this terminal passes on: '"), "{outcome:?}");
    }
    let outcome = env.anon(["map", "set", "description", "'so called'"]).run().assert_ok();
    assert!(outcome.stdout.starts_with("Set description to ''so called''"), "{outcome:?}");
    assert_eq!(outcome.stderr, "");
}
