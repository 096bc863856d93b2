//! Adding rows, and what stays the same.

use std::path::Path;

use super::{read, rows};
use crate::mapping::{Document, NewRow};
use crate::text::encoding::Encoding;
use crate::values::{Kind, Parameters};

fn row(source: &str, pseudonym: &str) -> Parameters {
    Parameters::from_pairs([(Kind::Source, source), (Kind::PseudoName, pseudonym), (Kind::Description, "new")])
}

/// The bytes that were inserted, if nothing else changed.
fn inserted(before: &[u8], after: &[u8]) -> Vec<u8> {
    let same = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let rest = &before[same..];
    assert!(after.ends_with(rest), "something else changed:\n{}", String::from_utf8_lossy(after));
    after[same..after.len() - rest.len()].to_vec()
}

#[test]
fn rows_are_added_and_nothing_else_changes() {
    for (name, line) in [
        ("manual-concepts.csv", "folder:new,,N1,new\n"),
        ("excel-dutch-windows-1252.csv", "folder:new;N1;new;\r\n"),
        ("excel-csv-utf8.csv", "folder:new;N1;new;\r\n"),
        ("cr-only.csv", "folder:new,,N1,new\r"),
        ("line-of-one-space.csv", "folder:new,,N1,new\r\n"),
        ("libreoffice-all-quoted.csv", "folder:new,N1,new,\n"),
    ] {
        let mut document = read(name);
        let before = document.bytes().to_vec();
        document.add_rows(&[row("folder:new", "N1")]).unwrap();
        assert_eq!(inserted(&before, document.bytes()), line.as_bytes(), "{name}");
    }
    for name in ["notepad-utf16-be.csv", "utf16-without-mark.csv", "excel-unicode-text.txt"] {
        let mut document = read(name);
        let before = document.bytes().to_vec();
        document.add_rows(&[row("folder:漢字", "N1")]).unwrap();
        let length = inserted(&before, document.bytes()).len();
        assert!(length > 20 && length.is_multiple_of(2), "{name}");
    }
}

#[test]
fn a_missing_line_end_and_a_missing_column() {
    let mut document = read("mixed-line-ends.csv");
    let before = String::from_utf8(document.bytes().to_vec()).unwrap();
    document.add_rows(&[row("folder:new", "N1")]).unwrap();
    let after = String::from_utf8(document.bytes().to_vec()).unwrap();
    let expected = before.replace("Description,Source\n", "description,source,pseudo_name\n") + "\nnew,folder:new,N1\n";
    assert_eq!(after, expected);
}

#[test]
fn a_column_is_padded_as_the_others_are() {
    let mut document = read("manual-concepts.csv");
    let mut new = row("folder:x", "5\" disk");
    new.set(Kind::PimsKey, "5");
    document.add_rows(&[new]).unwrap();
    let text = String::from_utf8_lossy(document.bytes()).into_owned();
    assert!(
        text.contains("source,           patient_id, patient_name, description, pims_key\nfolder:example"),
        "{text}"
    );
    assert!(text.ends_with("selection of files in a\nfolder:x,,5\" disk,new,5\n"), "{text}");
}

#[test]
fn a_column_is_named_where_a_spreadsheet_left_it_empty() {
    let mut document = read("excel-dutch-windows-1252.csv");
    let mut new = row("folder:x", "N1");
    new.set(Kind::PseudoId, "007");
    new.set(Kind::PimsKey, "5");
    document.add_rows(&[new]).unwrap();
    let text = String::from_utf8_lossy(document.bytes()).into_owned();
    assert!(text.contains("source;pseudo_name;description;pseudo_id;pims_key\r\n"), "{text}");
    assert!(text.contains("1,5 Tesla;\r\nfolder:x;N1;new;007;5\r\n;;;\r\n"), "{text}");
}

#[test]
fn a_row_with_the_other_delimiter_still_reads_after_a_column_is_added() {
    let mut document = read("other-delimiter-in-a-row.csv");
    let mut new = row("folder:x;y", "N1");
    new.set(Kind::PseudoId, "007");
    document.add_rows(&[new]).unwrap();
    assert_eq!(
        rows(&document)[1..],
        [
            "9: source=folder:b|pseudo_name=P2|description=two, or three",
            "10: source=folder:x;y|pseudo_name=N1|description=new|pseudo_id=007"
        ]
    );
}

#[test]
fn the_header_line_is_written_where_anonapi_1_leaves_none() {
    let mut document = read("anonapi-1.7.0-init.csv");
    assert_eq!(document.mapping().columns, []);
    let before = document.bytes().to_vec();
    document.add_rows(&[row("folder:new", "N1"), row("folder:new2", "N2")]).unwrap();
    let lines = "source,pseudo_name,description\r\nfolder:new,N1,new\r\nfolder:new2,N2,new\r\n";
    assert_eq!(inserted(&before, document.bytes()), lines.as_bytes());
}

#[test]
fn example_rows_go_when_rows_come() {
    let mut document = read("anonapi-2.1.2-init.csv");
    assert!(document.mapping().rows.iter().all(crate::mapping::Row::is_example));
    document.add_rows(&[row("folder:new", "N1")]).unwrap();
    let text = String::from_utf8(document.bytes().to_vec()).unwrap();
    assert!(text.ends_with("## Mapping ##\r\nsource,pseudo_name,description\r\nfolder:new,N1,new\r\n"), "{text}");
    let mut touched = read("anonapi-2.1.2-init.csv");
    let text = String::from_utf8(touched.bytes().to_vec()).unwrap().replace("PatientA", "Mine");
    touched = Document::from_bytes(Path::new("m"), text.into_bytes()).unwrap();
    touched.add_rows(&[row("folder:new", "N1")]).unwrap();
    assert_eq!(touched.mapping().rows.len(), 2);
}

#[test]
fn values_that_look_like_formulas_stay_as_they_are() {
    for value in ["=1+1", "@x", "+31612345678", "-5", "=\"a\"", "#1", "say \"hi\", you", "a\r\nb"] {
        let mut document = read("anonapi-1.7.0-init.csv");
        document.add_rows(&[row("folder:a", value)]).unwrap();
        assert_eq!(document.mapping().rows[0].parameters.get(Kind::PseudoName), Some(value));
    }
}

#[test]
fn what_cannot_be_written_is_refused_and_changes_nothing() {
    let mut document = read("excel-dutch-windows-1252.csv");
    let before = document.bytes().to_vec();
    let error = document.add_rows(&[row("folder:漢", "N1")]).unwrap_err();
    assert!(error.to_string().contains("'漢' cannot be written in Windows-1252"), "{error}");
    assert!(error.hint().unwrap().contains("CSV UTF-8"));
    assert!(document.add_rows(&[row("folder:a\0", "N1")]).is_err());
    assert!(document.add_rows(&[Parameters::new()]).is_err());
    assert_eq!(document.bytes(), before);
}

#[test]
fn added_rows_are_read_by_another_csv_reader() {
    let values = ["plain", "a,b", "a;b", " padded ", "=1+1", "it's", "é漢"];
    for delimiter in [',', ';'] {
        let header = format!("source{delimiter}pseudo_name\r\n");
        let before = format!("## Description ##\r\n## Options ##\r\n## Mapping ##\r\n{header}");
        let mut document = Document::from_bytes(Path::new("anon_mapping.csv"), before.clone().into_bytes()).unwrap();
        let row = |value: &&str| Parameters::from_pairs([(Kind::Source, "folder:x"), (Kind::PseudoName, *value)]);
        document.add_rows(&values.iter().map(row).collect::<Vec<_>>()).unwrap();
        let added = document.bytes().strip_prefix(before.as_bytes()).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter as u8).from_reader(added);
        let names: Vec<String> = reader.records().map(|record| record.unwrap()[1].to_owned()).collect();
        let trimmed: Vec<&str> = names.iter().map(|name| name.trim()).collect();
        assert_eq!(trimmed, values.map(str::trim), "{}", String::from_utf8_lossy(added));
    }
}

#[test]
fn new_rows_get_what_they_lack() {
    let source = |text: &str| crate::values::Source::parse(text).unwrap().value;
    let mut document = read("anonapi-1.7.0-init.csv");
    let rows =
        vec![NewRow::new(source("folder:a"), None), NewRow::new(source("folder:b"), Some("Mine\u{200b} ".to_owned()))];
    document.add(rows, "today").unwrap();
    let [first, second] = document.mapping().rows.as_slice() else { panic!("two rows") };
    assert_eq!(first.parameters.get(Kind::PseudoName).map(str::len), Some(8));
    assert_eq!(second.parameters.get(Kind::PseudoName), Some("Mine"));
    assert_eq!(second.parameters.get(Kind::Description), Some("today"));
    let before = document.bytes().to_vec();
    let error = document.add(vec![NewRow::new(source("folder:c"), Some("#N/A".to_owned()))], "today").unwrap_err();
    assert!(error.to_string().contains("pseudo_name: '#N/A' is an error"), "{error}");
    assert_eq!(document.bytes(), before);
}

#[test]
fn rows_go_into_the_columns_that_are_there() {
    let new = |columns: &str, options: &str, own: &[(Kind, &str)]| {
        let text = format!("## Description ##\n## Options ##\n{options}## Mapping ##\n{columns}\nfolder:a,A\n");
        let mut document = Document::from_bytes(Path::new("m"), text.into()).unwrap();
        let own = Parameters::from_pairs(own.iter().copied());
        document
            .add(vec![NewRow { source: document.mapping().rows[0].source().unwrap().clone(), own }], "new")
            .unwrap();
        let text = String::from_utf8(document.bytes().to_vec()).unwrap();
        text.lines().last().unwrap().to_owned()
    };
    let both = [(Kind::PseudoName, "N"), (Kind::PseudoId, "I")];
    assert_eq!(new("source,pseudo_id", "", &both), "folder:a,I,new");
    assert_eq!(new("source,pseudo_id", "", &both[..1]), "folder:a,N,new");
    assert_eq!(new("source,pseudo_name", "", &both), "folder:a,N,new");
    assert_eq!(new("source,description", "", &both), "folder:a,new,N,I");
    assert_eq!(new("source,pseudo_name", "description,all\n", &both[..1]), "folder:a,N");
    assert_eq!(new("source,description", "description,all\n", &both[..1]), "folder:a,new,N");
}

#[test]
fn a_mapping_of_ascii_gets_the_encoding_of_new_text() {
    let text = "## Description ##\n## Options ##\nproject,P\n## Mapping ##\nsource\n";
    let document = Document::from_bytes(Path::new("m"), text.into()).unwrap();
    let page = Encoding::CodePage(encoding_rs::WINDOWS_1252);
    let edited = document.edited_in(&text.replace("project,P", "project,\u{e9}"), page).unwrap();
    assert!(edited.bytes().windows(2).any(|two| two == b",\xe9"), "{:?}", edited.bytes());
    // What would be read as something else is not written.
    let ambiguous = document.edited_in(&text.replace("project,P", "project,\u{c3}\u{a9}"), page);
    assert!(ambiguous.is_err());
}
