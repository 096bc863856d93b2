//! Names and paths that are out of the ordinary.

use std::fs;

use anonapi::selection::Selection;
use anonapi::testing::dicom_file;

use super::run::finish;
use super::support::Env;

#[test]
fn a_selection_never_reaches_outside_its_folder() {
    let env = Env::new();
    env.dicom("p", "1.2", &["outside.dcm", "inside/1.dcm"]);
    let outside = env.path("outside.dcm");
    for pattern in ["../*", "../outside.dcm", outside.to_str().unwrap(), "a/../../*"] {
        let end = finish(env.anon(["select", "add", pattern]).cwd("inside").command()).assert_status(&[0, 1, 2]);
        if let Ok(selection) = Selection::read(&env.path("inside/fileselection.txt")) {
            assert!(selection.selected_paths.iter().all(|path| path == "1.dcm"), "{pattern}: {selection:?} {end:#?}");
        }
    }
    let mapping = env.write(
        "inside/anon_mapping.csv",
        "## Description ##\n## Options ##\nproject,P\n## Mapping ##\nsource,pseudo_name\n",
    );
    let text = fs::read_to_string(&mapping).unwrap();
    env.write_settings(&format!("active_mapping_file: '{}'\n", mapping.display()));
    for path in ["../outside.dcm", "/etc/passwd", r"..\outside.dcm", r"C:\x", r"\\server\share\x", "a/../../b"] {
        env.write("inside/fileselection.txt", format!("id: 1\nselected_paths:\n- '{path}'\n"));
        for line in ["select status", "map add-selection fileselection.txt", "select add *"] {
            let end = finish(env.anon(line.split(' ')).cwd("inside").command()).assert_status(&[1]);
            assert!(end.stderr.contains("fileselection.txt, line 3"), "{path}: {line}: {end:#?}");
        }
    }
    assert_eq!(fs::read_to_string(&mapping).unwrap(), text);
}

#[test]
fn names_survive_or_are_refused_by_name() {
    let mut names = vec![
        "it's.dcm",
        "- x",
        "#1",
        "~",
        "null",
        "1e5",
        "{a}",
        "[a]",
        "é漢😀",
        "a #b",
        " a",
        "'",
        "%",
        "!x",
        "&x",
        "on",
    ];
    if cfg!(unix) {
        names.extend([
            "a: b",
            "a\nb",
            "a\r\nb",
            "\"q\"",
            "a\tb",
            "x: |",
            "* *",
            "a\u{1b}[2Jb",
            "a ",
            "b.",
            "\u{85}",
            "\u{2028}",
            "\u{feff}x",
        ]);
    }
    let env = Env::new();
    for name in &names {
        env.write(format!("data/{name}"), dicom_file("p", "1.2", "1.2.3"));
    }
    let end = finish(env.anon(["select", "add", "*"]).command()).assert_status(&[0]);
    assert!(!end.stderr.contains('\u{1b}'), "{end:#?}");
    let mut expected: Vec<String> = names.iter().map(|name| format!("data/{name}")).collect();
    expected.sort();
    assert_eq!(Selection::read(&env.path("fileselection.txt")).unwrap().selected_paths, expected);
    let end = finish(env.anon(["select", "status"]).command()).assert_status(&[0]);
    assert!(!end.stdout.contains('\u{1b}'), "{end:#?}");
}

#[test]
fn folders_with_odd_names_become_rows_or_are_refused_by_name() {
    let mut names = vec!["it's", "a, b", "a;b", "=1+1", "é漢", "## Mapping ##", "-x", "#1", "a  b"];
    if cfg!(unix) {
        names.extend(["a\nb", "\"q\"", "a:b", "tab\tx"]);
    }
    for name in names {
        let env = Env::new();
        let mapping =
            "## Description ##\n## Options ##\nproject,P\n## Mapping ##\nsource,pseudo_name,description\nfolder:a,A,\n";
        let path = env.write("anon_mapping.csv", mapping);
        env.write_settings(&format!("active_mapping_file: '{}'\n", path.display()));
        env.write(format!("{name}/1.dcm"), dicom_file("p", "1.2", "1.2.3"));
        let end = finish(env.anon(["map", "add-study-folders", "--", name]).command()).assert_status(&[0, 1]);
        let document = anonapi::mapping::Document::read(&path).unwrap();
        assert!(document.bytes().starts_with(mapping.as_bytes()), "{name:?}: {end:#?}");
        if end.status == 0 {
            let sources: Vec<&str> =
                document.mapping().rows.iter().filter_map(|row| Some(row.source()?.value())).collect();
            assert_eq!(sources, ["a".to_owned(), format!("{name}/fileselection.txt")], "{end:#?}");
        } else {
            assert_eq!(document.bytes(), mapping.as_bytes());
            let shown = name.split(['\n', '"', '\t']).next().unwrap();
            assert!(end.stderr.contains(shown), "{name:?}: {end:#?}");
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_that_go_round_end_and_linked_folders_are_not_entered() {
        let env = Env::new();
        env.dicom("p", "1.2", &["data/deep/1.dcm", "elsewhere/secret.dcm"]);
        for (to, link) in [
            ("..", "data/deep/up"),
            ("deep", "data/again"),
            ("self", "data/self"),
            ("../elsewhere", "data/out"),
            ("gone", "data/nothing.dcm"),
        ] {
            symlink(to, env.path(link)).unwrap();
        }
        finish(env.anon(["select", "add", "*"]).cwd("data").command()).assert_status(&[0]);
        assert_eq!(Selection::read(&env.path("data/fileselection.txt")).unwrap().selected_paths, ["deep/1.dcm"]);
        let mapping = env.write(
            "anon_mapping.csv",
            "## Description ##\n## Options ##\nproject,P\n## Mapping ##\nsource,pseudo_name\n",
        );
        env.write_settings(&format!("active_mapping_file: '{}'\n", mapping.display()));
        let end = finish(env.anon(["map", "add-study-folders", "**/deep"]).command()).assert_status(&[0]);
        assert!(end.stdout.contains("Found 1 DICOM file"), "{end:#?}");
    }

    #[test]
    fn names_that_are_not_unicode_are_refused_by_name() {
        let env = Env::new();
        env.dicom("p", "1.2", &["data/1.dcm"]);
        let odd = env.path("data").join(OsStr::from_bytes(b"caf\xe9.dcm"));
        // Some file systems refuse such names themselves.
        let refused_by_system = fs::write(&odd, dicom_file("p", "1.2", "1.2.3")).is_err();
        let end = finish(env.anon(["select", "add", "*"]).command());
        if refused_by_system {
            end.assert_status(&[0]);
            return;
        }
        let end = end.assert_status(&[1]);
        assert!(end.stderr.contains("caf"), "{end:#?}");
        assert!(!env.path("fileselection.txt").exists(), "a file is never left out silently");
    }
}
