//! What holds for every mapping: no bytes are too strange, and a row can be added with nothing else changed.

use std::path::Path;

use proptest::prelude::*;

use crate::mapping::{Document, Row};
use crate::text::encoding::{Encoding, encode};
use crate::values::{Kind, Parameters};

/// A mapping that rows can be added to.
fn read(bytes: Vec<u8>) -> Option<Document> {
    Document::from_bytes(Path::new("m"), bytes).ok().filter(|document| document.refuse_obstacle().is_ok())
}

/// One of these texts.
fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(texts)
}

fn line_end() -> impl Strategy<Value = &'static str> {
    one_of(&["\n", "\r\n", "\r"])
}

/// A line that says nothing, or nearly.
fn filler() -> impl Strategy<Value = String> {
    one_of(&["", " ", ",,,", ";;;", "# note, \"", "  \t"]).prop_map(str::to_owned)
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => one_of(&["P1", "007", " x ", "a;b", "=1+1", "é", "-", ""]).prop_map(str::to_owned),
        1 => one_of(&["\"a,b\"", " \"a;b\" ", "\"say \"\"hi\"\"\"", "\"two\nlines\"", "\"\"", "5\"", "\"x\"y"]).prop_map(str::to_owned),
    ]
}

fn source() -> impl Strategy<Value = String> {
    one_of(&[
        "folder:a",
        "folder:b;c",
        "\"folder:d,e\"",
        " fileselection:f/g.txt ",
        "accession_number:1.2",
        "Study_Instance_UID: 3",
        "study_instance_uid:123.12121212.12345678",
    ])
    .prop_map(str::to_owned)
}

fn row() -> impl Strategy<Value = (String, Vec<String>, Option<&'static str>)> {
    (source(), proptest::collection::vec(cell(), 0..4), proptest::option::weighted(0.1, one_of(&[",", ";"])))
}

prop_compose! {
    /// The text of a mapping as spreadsheets, editors and people leave it. Not each one can be read.
    fn mapping()(
        delimiter in one_of(&[",", ";", "\t"]),
        padding in one_of(&["", "", ",,", ";;;", "\t"]),
        description in proptest::collection::vec(one_of(&["text", "# a; b, \"c", "", "Patiënten", "## Notes"]), 0..3),
        options in proptest::sample::subsequence(vec!["project", "PIMS_KEY", "destination_path", "description"], 0..4),
        option_values in proptest::collection::vec(cell(), 4),
        columns in proptest::sample::subsequence(vec!["pseudo_name", " patient_id ", "\"description\"", "project"], 0..4),
        rows in proptest::collection::vec(row(), 0..6),
        fillers in proptest::collection::vec(filler(), 12),
        ends in proptest::collection::vec(line_end(), 30),
        headerless in proptest::bool::weighted(0.1),
        open in any::<bool>(),
    ) -> String {
        let mut filler = fillers.into_iter();
        let mut lines = vec![format!("## Description ##{padding}")];
        lines.extend(description.iter().map(|line| (*line).to_owned()));
        lines.push(format!("## options ##{padding}"));
        for (name, value) in options.iter().zip(&option_values) {
            lines.extend(filler.next());
            lines.push(format!("{name}{delimiter}{value}{padding}"));
        }
        lines.extend(filler.next());
        lines.push(format!("##MAPPING##{padding}"));
        lines.extend(filler.next());
        if !headerless {
            lines.push([&["source"][..], &columns].concat().join(delimiter) + padding);
            for (source, cells, other) in rows {
                let cells: Vec<String> = std::iter::once(source).chain(cells).collect();
                lines.push(cells.join(other.unwrap_or(delimiter)));
                lines.extend(filler.next().filter(|filler| filler.is_empty()));
            }
        }
        let mut text = String::new();
        for (line, end) in lines.iter().zip(ends.iter().cycle()) {
            text.push_str(line);
            text.push_str(end);
        }
        if open {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text
    }
}

fn encoding() -> impl Strategy<Value = Encoding> {
    proptest::sample::select(vec![
        Encoding::Utf8 { bom: false },
        Encoding::Utf8 { bom: true },
        Encoding::Utf16Le { bom: true },
        Encoding::Utf16Le { bom: false },
        Encoding::Utf16Be { bom: true },
        Encoding::CodePage(encoding_rs::WINDOWS_1252),
    ])
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 ,;\"\t\n\r=@#'+.-]{0,12}",
        "[^\0]{0,6}",
        Just("## Options ##".to_owned()),
        Just("\n## Mapping ##\n".to_owned())
    ]
}

fn new_row() -> impl Strategy<Value = Parameters> {
    let more =
        proptest::sample::subsequence(vec![Kind::PseudoName, Kind::PseudoId, Kind::Description, Kind::PimsKey], 0..=4);
    (value(), more, proptest::collection::vec(value(), 4)).prop_map(|(source, kinds, values)| {
        let mut row = Parameters::from_pairs([(Kind::Source, format!("folder:x{source}"))]);
        kinds.into_iter().zip(values).for_each(|(kind, value)| row.set(kind, value));
        row
    })
}

/// The lines of a text that are left when the added ones, and the changes that adding a column makes, are taken away.
fn is_kept(before: &str, after: &str, document: &Document, added: usize) -> bool {
    let rows = &document.mapping().rows;
    let first_added = rows[rows.len() - added].line;
    let normal = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    let (before, after) = (normal(before), normal(after));
    let old: Vec<&str> = before.split('\n').collect();
    let new: Vec<&str> = after.split('\n').collect();
    // All before the first added row is there, if only with more at the end of a line; all after the rows is the same.
    let more = new.len() - old.len();
    // The header line may have been put into the form that AnonAPI reads.
    let name = |cell: &str| cell.trim_matches([' ', '"']).to_lowercase();
    let names = |line: &str| line.split([',', ';', '\t']).map(name).collect::<Vec<_>>().join(",");
    let starts = |(new, old): (&&str, &&str)| {
        new.starts_with(old.trim_end_matches([',', ';', '\t', ' ']))
            || old.contains("source") && names(new).starts_with(names(old).trim_end_matches(','))
    };
    new.iter().zip(&old).take(first_added - 1).all(starts) && new[first_added - 1 + more..] == old[first_added - 1..]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_row_can_be_added_to_every_mapping(text in mapping(), encoding in encoding(), rows in proptest::collection::vec(new_row(), 1..3)) {
        let Ok(bytes) = encode(&text, encoding) else { return Ok(()) };
        let Some(mut document) = read(bytes.clone()) else { return Ok(()) };
        let before = document.mapping().clone();
        let kept: Vec<&Row> = before.rows.iter().filter(|row| !row.is_example()).collect();
        match document.add_rows(&rows) {
            Ok(()) => {}
            // Only for a character that the file's encoding does not have, or no value should have.
            Err(error) => {
                prop_assert_eq!(document.bytes(), bytes);
                let error = error.to_string();
                let reasons = ["written in Windows-1252", "control character", "more than one line"];
                let expected = reasons.iter().any(|reason| error.contains(reason));
                prop_assert!(expected, "{error}\n{text}");
                return Ok(());
            }
        }
        let after = document.mapping();
        prop_assert_eq!(&after.description, &before.description);
        prop_assert_eq!(&after.options, &before.options);
        prop_assert_eq!(after.rows.len(), kept.len() + rows.len());
        for (new, old) in after.rows.iter().zip(&kept) {
            prop_assert_eq!(&new.parameters, &old.parameters);
        }
        for (new, row) in after.rows[kept.len()..].iter().zip(&rows) {
            for kind in Kind::ALL {
                prop_assert_eq!(new.parameters.get(kind).unwrap_or(""), row.get(kind).unwrap_or("").trim());
            }
        }
        let header = |text: &str| text.split(['\r', '\n']).find(|line| line.contains("source")).map(str::to_owned);
        let edited = crate::text::encoding::decode(document.bytes()).unwrap().text;
        let same_header = before.columns.is_empty() || header(&text) == header(&edited);
        let examples = kept.len() != before.rows.len();
        if same_header && !examples {
            // One insertion and nothing else, byte for byte.
            let same = bytes.iter().zip(document.bytes()).take_while(|(one, other)| one == other).count();
            prop_assert!(document.bytes().ends_with(&bytes[same..]));
        } else if !examples {
            prop_assert!(is_kept(&text, &edited, &document, rows.len()), "{text}\n---\n{edited}");
        }
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Document::from_bytes(Path::new("m"), bytes);
    }

    #[test]
    fn no_text_is_too_strange(text in "(## (description|options|mapping) ##|source|folder:|project|[,;\t\"\r\n #a-c]){0,40}") {
        if let Some(mut document) = read(text.clone().into_bytes()) {
            let row = Parameters::from_pairs([(Kind::Source, "folder:new"), (Kind::PseudoName, "N")]);
            prop_assert!(document.add_rows(&[row]).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn damaged_mappings_are_errors_or_mappings(text in mapping(), encoding in encoding(), place in 0.0..1.0, byte in any::<u8>()) {
        let Ok(mut bytes) = encode(&text, encoding) else { return Ok(()) };
        let place = (bytes.len() as f64 * place) as usize;
        bytes[place] = byte;
        if let Some(mut document) = read(bytes) {
            let row = Parameters::from_pairs([(Kind::Source, "folder:new"), (Kind::PseudoName, "N")]);
            prop_assert!(document.add_rows(&[row]).is_ok(), "{text:?}");
        }
    }
}

#[test]
fn most_of_the_mappings_above_can_be_read() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let readable =
        (0..500).filter(|_| read(mapping().new_tree(&mut runner).unwrap().current().into_bytes()).is_some()).count();
    assert!(readable > 200, "only {readable} of 500");
}
