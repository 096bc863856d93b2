//! A mapping is in the encoding that its other readers use.

use crate::support::Env;
use snapbox::str;

const ASCII: &str =
    "## Description ##\n## Options ##\nproject,P\n## Mapping ##\nsource,pseudo_name,description\nfolder:a,A,d\n";

fn env_with(text: &[u8]) -> Env {
    let env = Env::with_jobs();
    env.write("anon_mapping.csv", text);
    env.write("list.csv", "accession number;pseudonym\n1.1;Jos\u{e9}\n");
    env.run("map activate").assert_ok();
    env
}

fn bytes(env: &Env) -> Vec<u8> {
    std::fs::read(env.path("anon_mapping.csv")).unwrap()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn an_ascii_mapping_becomes_utf_8_where_the_locale_is() {
    let env = env_with(ASCII.as_bytes());
    env.run("map add-accession-numbers -f list.csv").assert_ok();
    assert!(holds(&bytes(&env), "accession_number:1.1,Jos\u{e9},".as_bytes()));
}

/// Needs `localedef` and the locales' sources.
#[test]
#[cfg(target_os = "linux")]
fn an_ascii_mapping_gets_the_encoding_of_the_locale() {
    for (locale, charset, letter) in
        [("nl_NL", "CP1252", b"\xe9"), ("pl_PL", "ISO-8859-2", b"\xe9"), ("el_GR", "ISO-8859-7", b"?")]
    {
        let env = env_with(ASCII.as_bytes());
        let name = format!("{locale}.{charset}");
        let made = std::process::Command::new("localedef")
            .args(["-c", "-i", locale, "-f", charset])
            .arg(env.path(&name))
            .output();
        if !made.is_ok_and(|made| made.status.success()) {
            return;
        }
        let run = |line: &str| env.anon(line.split(' ')).env("LC_ALL", &name).env("LOCPATH", env.work()).run();
        let outcome = run("map add-accession-numbers -f list.csv");
        if letter == b"?" {
            let outcome = outcome.assert_status(1);
            assert!(outcome.stderr.contains("'\u{e9}' cannot be written in ISO-8859-7"), "{}", outcome.story());
            assert_eq!(bytes(&env), ASCII.as_bytes());
            continue;
        }
        let outcome = outcome.assert_ok();
        assert!(holds(&bytes(&env), &[b"accession_number:1.1,Jos", &letter[..], b","].concat()), "{}", outcome.story());
        assert!(run("map status").assert_ok().stdout.contains("Jos\u{e9}"));
        // A new one as well.
        run("map init --yes").assert_ok();
        run("map set description caf\u{e9}").assert_ok();
        assert!(holds(&bytes(&env), &[b"description;caf", &letter[..]].concat()));
    }
}

#[test]
fn a_mapping_keeps_the_encoding_that_it_has() {
    let text = ASCII.replace("folder:a", "folder:na\u{ef}f");
    let in_1252: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let with_mark = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    for (before, added) in [(in_1252, &b",Jos\xe9,"[..]), (with_mark, ",Jos\u{e9},".as_bytes())] {
        let env = env_with(&before);
        env.run("map add-accession-numbers -f list.csv").assert_ok();
        let after = bytes(&env);
        assert!(after.starts_with(&before) && holds(&after, added), "{after:?}");
    }
}

#[test]
fn a_mapping_in_two_encodings_is_refused_with_its_lines() {
    let mixed = [ASCII.as_bytes(), "folder:na\u{ef}f,B,d\n".as_bytes(), b"folder:x,C,d\nfolder:caf\xe9,D,d\n"].concat();
    let env = env_with(&mixed);
    for line in ["map status", "map check", "map add-accession-numbers 1.1", "map set project Q", "create from-mapping"]
    {
        let outcome = env.run(line);
        outcome.assert(str![[r#"
exit 1
stderr:
  error: ./anon_mapping.csv, line 9: line 7 is in UTF-8, line 9 is in Windows-1252; correct the letters with accents in those lines, and save the file as 'CSV UTF-8'; see 'anon help troubleshooting UTF-8'
"#]]);
    }
    assert_eq!(bytes(&env), mixed);
}
