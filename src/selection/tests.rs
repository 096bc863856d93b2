use std::fs;

use proptest::prelude::*;

use super::*;
use crate::error::Error;

fn parsed(text: &str) -> Selection {
    Selection::parse(Path::new(FILE_NAME), text.as_bytes()).unwrap()
}

fn refused(text: impl AsRef<[u8]>) -> Problems {
    match Selection::parse(Path::new(FILE_NAME), text.as_ref()) {
        Err(Error::Contents(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

fn paths_of(list: &str) -> Vec<String> {
    parsed(&format!("description: d\nid: i\nselected_paths:\n{list}")).selected_paths
}

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/selection")
}

#[test]
fn the_manuals_example_is_read() {
    let selection = parsed(
        "description: a typical file selection\nid: bfc33f5e-d1cc-472e-aa05-31a5979d52be\nselected_paths:\n\
         - folder1/1.dcm\n- folder1/2.dcm\n- folder2/1.dcm\n- folder4/raw/raw1.dcm\n",
    );
    assert_eq!(selection.description, "a typical file selection");
    assert_eq!(selection.id, "bfc33f5e-d1cc-472e-aa05-31a5979d52be");
    assert_eq!(selection.selected_paths, ["folder1/1.dcm", "folder1/2.dcm", "folder2/1.dcm", "folder4/raw/raw1.dcm"]);
}

/// The fixtures were written by PyYAML 6.0.3, which AnonAPI writes with, in all its styles.
#[test]
fn every_style_of_pyyaml_is_read() {
    let names: Vec<String> = serde_json::from_slice(&fs::read(fixtures().join("names.json")).unwrap()).unwrap();
    let mut styles = 0;
    for file in fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "txt") {
            let bytes = fs::read(&file).unwrap();
            let mut entries = yaml::read(&bytes, &file, "").unwrap().into_entries("").unwrap();
            let paths = entries.take_or_nothing("selected_paths").into_list("selected_paths").unwrap().into_iter();
            let paths: Vec<_> = paths.map(|path| path.into_text("").unwrap().unwrap_or_default()).collect();
            assert_eq!(paths, names, "{}", file.display());
            assert_eq!(
                entries.take_or_nothing("description").into_text("description").unwrap().as_deref(),
                Some("12:30")
            );
            // `x:` among them is a drive there.
            assert_eq!(Selection::parse(&file, &bytes).is_err(), cfg!(windows), "{}", file.display());
            styles += 1;
        }
    }
    assert_eq!(styles, 10);
}

#[test]
fn what_editors_leave_is_read() {
    let text = "description: d\nid: i\nselected_paths:\n- a/1.dcm\n- b\n";
    let expected = parsed(text);
    let mark = |bytes: &[u8], encoded: Vec<u8>| [bytes, &encoded].concat();
    let utf16 = |swap: bool| {
        text.encode_utf16().flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    for bytes in [
        mark(b"\xEF\xBB\xBF", text.into()),
        mark(b"\xEF\xBB\xBF", text.replace('\n', "\r\n").into()),
        mark(b"\xFF\xFE", utf16(false)),
        mark(b"\xFE\xFF", utf16(true)),
        mark(b"# a comment\n---\n", text.into()),
    ] {
        assert_eq!(Selection::parse(Path::new("x"), &bytes).unwrap(), expected);
    }
}

#[test]
fn unquoted_values_stay_as_typed() {
    assert_eq!(paths_of("- 1.10\n- on\n- 12:30\n- 007\n- 1e5\n- yes\n"), ["1.10", "on", "12:30", "007", "1e5", "yes"]);
    assert_eq!(paths_of("- one\n-\n- ''\n- two\n"), ["one", "two"]);
    let selection = parsed("description: 1.10\nid: 12\nselected_paths: []\n");
    assert_eq!((selection.description.as_str(), selection.id.as_str()), ("1.10", "12"));
}

#[test]
fn what_is_null_is_empty() {
    for null in ["", "null", "~"] {
        let selection = parsed(&format!("description: {null}\nid: {null}\nselected_paths: {null}\n"));
        assert!(selection.selected_paths.is_empty() && selection.description.is_empty());
        assert_eq!(selection.id.len(), 36);
    }
}

#[test]
fn unknown_keys_are_kept() {
    let selection = parsed("note: {by: jane, times: [1, 2]}\nselected_paths: [b]\nid: i\ndescription: d\n");
    assert_eq!(parsed(&selection.to_yaml()), selection);
    assert!(selection.to_yaml().contains("by: jane"));
}

#[test]
fn paths_are_put_in_one_form() {
    assert_eq!(paths_of("- ./a//b/./c.dcm\n- a/../b.dcm\n- folder/\n"), ["a/b/c.dcm", "b.dcm", "folder"]);
    let windows = if cfg!(windows) { "a/b.dcm" } else { "a\\b.dcm" };
    assert_eq!(paths_of("- a\\b.dcm\n"), [windows]);
}

#[test]
fn a_path_outside_the_folder_is_a_problem_with_its_line() {
    for path in [
        "../x",
        "a/../../x",
        "..",
        "/etc/passwd",
        "\\\\server\\share\\x",
        "C:\\x",
        "c:/x",
        "..\\x",
        "a\\..\\..\\x",
        "/",
        ".",
    ] {
        let problems = refused(format!("id: i\nselected_paths:\n- fine\n- {path}\n"));
        assert_eq!(problems.list.len(), 1, "{path}");
        assert_eq!(problems.list[0].place, Place::Line(4), "{path}");
        assert!(problems.list[0].message.contains(&path.escape_debug().to_string()), "{problems}");
    }
    let many = refused(format!("selected_paths:\n{}", "- ../x\n".repeat(50)));
    assert_eq!(many.list.len(), 50);
}

#[test]
fn files_that_are_not_selections_are_named() {
    let expect = |bytes: &[u8], place: Place, message: &str| {
        let problem = refused(bytes).list.remove(0);
        assert_eq!(problem.place, place, "{problem:?}");
        assert!(problem.message.contains(message), "{problem:?}");
        assert!(problem.hint.is_some());
    };
    expect(b"", Place::Whole, "is empty");
    expect(b"# only a comment\n", Place::Whole, "is empty");
    expect(b"id: i\n", Place::Whole, "has no 'selected_paths'");
    expect(b"id: i\nselected_paths: a.dcm\n", Place::Line(2), "expected a list");
    expect(b"id: i\nselected_paths:\n- a\n- {b: c}\n", Place::Line(4), "expected a text");
    expect(b"id: i\nselected_paths:\n- 'a\n", Place::Line(3), "unexpected end");
    expect(b"id: i\nselected_paths:\n- a\n- caf\xe9.dcm\n", Place::Line(4), "not UTF-8");
    expect(
        b"id: i\nselected_paths:\n- a\n- \"caf\\uDCE9.dcm\"\n- b\n",
        Place::Line(4),
        "\"caf\\uDCE9.dcm\" is not UTF-8",
    );
    expect(b"just text", Place::Line(1), "");
    expect(b"\xff\xfea", Place::Whole, "UTF-16");
}

#[test]
fn merging_sorts_and_drops_duplicates() {
    let mut selection = parsed("selected_paths: [b, a, b]\n");
    selection.merge(["c".to_owned(), "a".to_owned()]);
    assert_eq!(selection.selected_paths, ["a", "b", "c"]);
}

#[test]
fn a_new_selection_is_described_as_anonapi_does() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(Selection::new(folder.path()).description, format!("{name} auto-generated by anonapi"));
    assert!(!Selection::new(Path::new(".")).description.starts_with(' '));
    assert_ne!(Selection::new(folder.path()).id, Selection::new(folder.path()).id);
}

#[test]
fn nothing_is_written_when_a_path_would_leave_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE_NAME);
    let mut selection = Selection::new(folder.path());
    selection.save(&file).unwrap();
    let before = fs::read(&file).unwrap();
    selection.merge(["../x".to_owned()]);
    assert!(matches!(selection.save(&file), Err(Error::Contents(_))));
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(Selection::read_if_present(&folder.path().join("none")).unwrap(), None);
}

fn file_name() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "on",
        "null",
        "~",
        "1.10",
        "12:30",
        "0x1F",
        "- a",
        "a: b",
        "a #b",
        "'",
        "\"",
        "\\",
        "\n",
        "\r",
        "\t",
        "é",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "😀",
        "%",
        "@",
        "`",
        "=",
        "<<",
        "!",
        "&",
        "*",
        " ",
        "\u{7f}",
        "\u{1b}[0m",
        "2012-01-01",
        "1e5",
        ".",
    ]);
    prop_oneof![3 => "[^/\\\\\0]{1,12}", 2 => prop::collection::vec(odd, 1..4).prop_map(|parts| parts.concat())]
}

proptest! {
    #[test]
    fn any_file_name_survives_the_round_trip(
        names in prop::collection::vec(prop::collection::vec(file_name(), 1..4), 0..8),
        description in any::<String>(),
    ) {
        let mut selection = Selection { id: "i".to_owned(), description, ..Selection::default() };
        let paths = names.iter().map(|parts| parts.join("/"));
        selection.merge(paths.filter(|path| matches!(relative(path), Ok(Cow::Borrowed(_)))));
        let text = selection.to_yaml();
        prop_assert!(text.is_ascii());
        prop_assert_eq!(parsed(&text), selection);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Selection::parse(Path::new("x"), &bytes);
    }

    #[test]
    fn no_damage_panics(at in 0usize..1000, bytes in prop::collection::vec(any::<u8>(), 0..6), style in 0usize..3) {
        let style = ["default", "double_quoted", "flow"][style];
        let mut text = fs::read(fixtures().join(format!("pyyaml_{style}.txt"))).unwrap();
        let at = at.min(text.len());
        text.splice(at..(at + 2).min(text.len()), bytes);
        let _ = Selection::parse(Path::new("x"), &text);
    }
}

#[test]
fn a_selection_too_large_to_read_again_is_not_written() {
    let (cap, path) = (Cap::new(1, "selection"), Path::new("f"));
    let text = "a".repeat(1 << 20);
    assert_eq!(refuse_above(cap, &text, path), Ok(()));
    let fault = refuse_above(cap, &(text + "a"), path).unwrap_err().to_string();
    assert_eq!(fault, "f: would be too large to read again; split the folder, and make a selection of each part");
}
