use std::path::Path;
use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::problem::Problems;

fn parsed(text: &str) -> Result<Node, Problems> {
    read(text.as_bytes(), Path::new("f"), "mend it")
}

fn texts(text: &str) -> Vec<Option<String>> {
    let items = parsed(text).unwrap().into_list("f").unwrap().into_iter();
    items.map(|item| item.into_text("f").unwrap()).collect()
}

fn fault(text: &str) -> String {
    parsed(text).unwrap_err().to_string()
}

#[test]
fn words_that_yaml_takes_for_values_are_quoted() {
    for text in [
        "on",
        "No",
        "null",
        "~",
        "12:30",
        "1_000",
        "2012-01-01",
        "1e5",
        "0o17",
        "=",
        "<<",
        "-",
        "",
        " x",
        "x ",
        "a: b",
        "#",
    ] {
        assert!(scalar(text).starts_with(['\'', '"']), "{text:?} is written as {}", scalar(text));
    }
    for text in
        [r"\\server\share\out", "https://idis.example.org/p01", "1.2.840.113619", "1.dcm", "raw/1.dcm", "z123456"]
    {
        assert_eq!(scalar(text), text);
    }
}

#[test]
fn what_is_not_ascii_is_escaped() {
    assert_eq!(scalar("Patiënt\n漢\u{1f600}"), r#""Pati\xEBnt\n\u6F22\U0001F600""#);
}

#[test]
fn text_is_read_as_typed_and_empty_is_nothing() {
    let read = texts("- 1.10\n- on\n- 12:30\n- '1'\n- 0x1F\n- null\n- ~\n-\n- ''\n- \"null\"\n");
    let expected =
        [Some("1.10"), Some("on"), Some("12:30"), Some("1"), Some("0x1F"), None, None, None, Some(""), Some("null")];
    assert_eq!(read.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    assert!(parsed("").unwrap().is_null() && parsed("# only a comment\n").unwrap().is_null());
}

#[test]
fn unknown_values_are_written_back_unchanged() {
    let text = "a:\n- 1.10\n- 'on'\n- null\n- true\n- b c:\n  - x\n  - {}\n- - []\n";
    assert_eq!(emit(&parsed(text).unwrap()), text);
    let tagged = parsed("a: !c [1, {b: !d [x]}]\n").unwrap();
    assert_eq!(emit(&tagged), "a:\n- 1\n- b:\n  - x\n");
    assert_eq!(emit(&parsed("a: café\n").unwrap()), "a: \"caf\\xE9\"\n");
}

#[test]
fn of_a_key_that_is_there_twice_the_last_value_counts() {
    assert_eq!(emit(&parsed("a: 1\nb: 2\na: 3\n").unwrap()), "a: 3\nb: 2\n");
}

#[test]
fn what_means_something_outside_of_brackets_is_quoted() {
    let node = parsed("a: [1, {b: ?}, >]\n").unwrap();
    assert_eq!(emit(&node), "a:\n- 1\n- b: '?'\n- '>'\n");
}

#[test]
fn a_long_key_can_be_read() {
    let key = |letters: usize| Node::text("é".repeat(letters));
    let inner = Node::mapping([(key(400), Node::list([key(2000), Node::list([key(1)])])), (key(30), key(1))]);
    let whole = Node::mapping([(key(300), inner), (key(31), Node::text_or_null(None)), (key(2), key(3))]);
    for node in [whole.clone(), Node::list([whole])] {
        let emitted = emit(&node);
        assert_eq!(parsed(&emitted).unwrap(), node, "{emitted}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_without_its_values() {
    for (text, expected) in [
        ("a: [1\nb: secret\n", "f, line 2: "),
        ("a: 1\n---\nb: 2\n", "f, line 2: a second document begins here ('---'); mend it"),
        ("? [secret]\n: b\n", "f, line 1: a list or a mapping cannot be a key; mend it"),
        ("a: *secret\n", "f, line 1: "),
        ("a: &secret [1, *secret]\n", "f, line 1: repeats something that is not complete yet; mend it"),
    ] {
        let fault = fault(text);
        assert!(fault.starts_with(expected) && !fault.contains("secret"), "{text:?}: {fault}");
    }
    let latin = read(b"a: b\nc: caf\xe9\n", Path::new("f"), "mend it").unwrap_err().to_string();
    assert_eq!(latin, "f, line 2: contains a character that is not UTF-8; mend it");
    let wrong = parsed("a: [b]\n").unwrap().into_entries("f").unwrap().take_or_nothing("a").into_text("a").unwrap_err();
    assert_eq!((wrong.place, wrong.message.as_str()), (Place::Line(1), "a: found a list, expected a text"));
}

/// Each of these took minutes, or gigabytes, or the stack.
#[test]
fn bombs_are_refused_at_once() {
    let laughs: String = (1..30).map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{},", n - 1).repeat(9))).collect();
    let bombs = [
        format!("z: &z [{}]\ny: [{}]\n", "a,".repeat(10_000), "*z,".repeat(10_000)),
        format!("z: &z {}\ny: [{}]\n", "a".repeat(30_000), "*z,".repeat(10_000)),
        format!("a0: &a0 [lol]\n{laughs}"),
        (0..60)
            .fold(format!("z: {}\n", "x".repeat(40_000)), |text, n| text.replace("z: ", &format!("z: &a{n} [")) + "]"),
        format!("z: {}", "[".repeat(1_000_000)),
        format!("z: {}", "{a: ".repeat(300_000)),
        "- ".repeat(500_000),
        "? ".repeat(500_000),
        (0..1000).map(|depth| " ".repeat(depth) + "a:\n").collect(),
    ];
    for bomb in bombs {
        let start = Instant::now();
        let fault = fault(&bomb);
        let what = ["too often", "nested more than 64 deep", "recursion limit"];
        assert!(what.iter().any(|what| fault.contains(what)), "{fault}");
        assert!(start.elapsed().as_secs() < 30 && fault.len() < 200, "{:?} {fault}", start.elapsed());
    }
}

#[test]
fn repetition_in_measure_is_read() {
    let text = "base: &b {a: x, c: [1, 2]}\none: *b\ntwo: *b\nlast: a value that is as long as the others\n";
    let mut entries = parsed(text).unwrap().into_entries("f").unwrap();
    assert_eq!(entries.take("one"), entries.take("two"));
}

proptest! {
    #[test]
    fn every_string_goes_round(texts in proptest::collection::vec("\\PC{0,12}|[-+0-9_.:xeE ]{0,8}|.{0,12}", 0..6)) {
        let list = Node::list(texts.iter().map(Node::text));
        let emitted = emit(&list);
        prop_assert!(emitted.is_ascii());
        prop_assert_eq!(self::texts(&emitted), texts.into_iter().map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn what_was_read_is_written_so_that_it_is_read_again(text in "([-?:,\\[\\]{}#&*!|>'\"%@ab1é~ \n]|: |- |null|\n  ){0,24}") {
        if let Ok(node) = parsed(&text) {
            let emitted = emit(&node);
            prop_assert!(emitted.is_ascii());
            prop_assert_eq!(parsed(&emitted).map(|again| emit(&again)), Ok(emitted));
        }
    }
}
