mod properties;

use std::path::{Path, PathBuf};

use super::{Document, Template};
use crate::error::Error;
use crate::problem::Problem;
use crate::values::{Kind, Parameters};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mappings").join(name)
}

fn read(name: &str) -> Document {
    Document::read(&fixture(name)).unwrap_or_else(|error| panic!("{error}"))
}

fn problems(name: &str) -> Vec<Problem> {
    let document = read(name);
    assert!(matches!(document.refuse_problems(), Err(Error::Contents(_))), "{name}");
    document.mapping().problems.clone()
}

fn row(source: &str, pseudonym: &str) -> Parameters {
    Parameters::from_pairs([(Kind::Source, source), (Kind::PseudoName, pseudonym), (Kind::Description, "new")])
}

/// Each row as `kind=value` pairs.
fn rows(document: &Document) -> Vec<String> {
    let text = |row: &super::Row| {
        let pairs: Vec<String> = row.parameters.iter().map(|(kind, value)| format!("{kind}={value}")).collect();
        format!("{}: {}", row.line, pairs.join("|"))
    };
    document.mapping().rows.iter().map(text).collect()
}

/// The bytes that were inserted, if nothing else changed.
fn inserted(before: &[u8], after: &[u8]) -> Vec<u8> {
    let same = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let rest = &before[same..];
    assert!(after.ends_with(rest), "something else changed:\n{}", String::from_utf8_lossy(after));
    after[same..after.len() - rest.len()].to_vec()
}

#[test]
fn the_manuals_example() {
    let document = read("manual-concepts.csv");
    let mapping = document.mapping();
    assert_eq!(mapping.description, "Mapping created February 12 2020");
    assert_eq!(mapping.options.get(Kind::RootSourcePath), Some(r"\\server\share2\data"));
    assert_eq!(mapping.options.get(Kind::Project), Some("Wetenschap-Algemeen"));
    assert_eq!(mapping.columns, [Kind::Source, Kind::PseudoId, Kind::PseudoName, Kind::Description]);
    assert_eq!(
        rows(&document)[3],
        "14: source=fileselection:a/fileselection.txt|pseudo_id=004|pseudo_name=Patient4|description=A selection of files in a"
    );
    assert_eq!(mapping.rows[1].source().unwrap().to_string(), "study_instance_uid:123.12178");
    assert_eq!(mapping.warnings, []);
}

#[test]
fn every_encoding_and_line_end_reads_the_same() {
    let expected = rows(&read("manual-concepts.csv"));
    for name in ["notepad-utf16-be.csv", "utf16-without-mark.csv", "cr-only.csv"] {
        assert_eq!(rows(&read(name)), expected, "{name}");
    }
    assert_eq!(rows(&read("line-of-one-space.csv")).len(), 4);
    let dutch = rows(&read("excel-dutch-windows-1252.csv"));
    assert_eq!(
        dutch,
        [
            "11: source=folder:patiënt1|pseudo_name=P1|description=één; twee",
            "12: source=accession_number:1234567.12345678|pseudo_name=P2|description=1,5 Tesla"
        ]
    );
    assert_eq!(rows(&read("excel-csv-utf8.csv")), dutch);
    assert_eq!(read("excel-dutch-windows-1252.csv").mapping().description, "Patiënten van José, cohort 2");
    let tabs = read("excel-unicode-text.txt");
    assert_eq!(tabs.mapping().delimiter, '\t');
    assert_eq!(tabs.mapping().options.get(Kind::DestinationPath), Some(r"\\server\share\uit"));
    assert_eq!(rows(&tabs)[1], dutch[1]);
}

#[test]
fn quotes_of_a_spreadsheet() {
    let document = read("libreoffice-all-quoted.csv");
    assert_eq!(document.mapping().options.get(Kind::DestinationPath), Some(r"\\server\share\a,b"));
    assert_eq!(document.mapping().options.get(Kind::Description), Some("first line\nsecond line"));
    assert_eq!(
        rows(&document),
        ["12: source=folder:a,b|pseudo_name=P1|description=one\ntwo", "14: source=folder:c|pseudo_name=P2"]
    );
}

#[test]
fn anything_in_the_description_and_columns_in_any_order() {
    let document = read("mixed-line-ends.csv");
    assert_eq!(document.mapping().description, "# not a comment\nA, b; c");
    assert_eq!(document.mapping().options.get(Kind::DestinationPath), Some(r"\\s\out"));
    assert_eq!(
        rows(&document),
        ["11: description=first|source=folder:a", "12: source=folder:b", "15: description=last|source=folder:c"]
    );
}

#[test]
fn the_other_delimiter_in_one_row() {
    let document = read("other-delimiter-in-a-row.csv");
    assert_eq!(rows(&document)[1], "9: source=folder:b|pseudo_name=P2|description=two, or three");
}

#[test]
fn all_the_problems_in_one_go() {
    let found: Vec<String> = problems("everything-wrong.csv")
        .iter()
        .map(|problem| {
            format!("{}: {}; {}", problem.place, problem.message, problem.hint.as_deref().unwrap_or_default())
        })
        .collect();
    let expected = [
        ", line 5: 'projct' is no option; did you mean 'project'?",
        ", line 7: option 'project' is given twice; keep one of them",
        ", line 8: nothing separates option 'destination_path' from its value; is the comma missing?",
        ", line 9: this is no option: there is no comma in it; an option is written as 'name,value'",
        ", line 12: there is no column 'descriptoin'; did you mean 'description'?",
        ", line 12: column 'pseudo_name' is given twice (old names count); keep one of them",
        ", line 13: 'fodler' is no type of source; did you mean 'folder:'?",
        ", line 14: this row has no source; fill in its source, or remove the row",
        ", line 15: '1234567.12345678' is no source: there is no ':' in it; write one of folder:, fileselection:, \
         study_instance_uid:, accession_number: and its value",
        ", line 16: nothing follows 'folder:'; write 'folder:' and a path",
        ", line 17: cell 5 of this row has a value, but that column has no name in the header line; name the column in the header line, or put \
         quotes (\") around a value that holds a ','",
        ", line 18: a quote (\") opens here and is never closed; close it, or remove it; a quote inside a value in quotes is \
         written twice",
    ];
    assert_eq!(found, expected);
}

#[test]
fn missing_parts_are_named() {
    let header = problems("no-header-line.csv");
    assert_eq!(header.len(), 1);
    assert_eq!(header[0].message, "the header line is missing: this is a row already");
    assert!(header[0].hint.as_deref().unwrap().contains("source,pseudo_name,description"));
    let section = problems("no-mapping-section.csv");
    assert!(section.iter().any(|problem| problem.message == "there is no section 'Mapping'"), "{section:?}");
    let comma = problems("manual-share-missing-comma.csv");
    assert_eq!(comma.len(), 1);
    assert_eq!(comma[0].hint.as_deref(), Some("is the comma missing?"));
    assert!(matches!(Document::read(&fixture("none.csv")), Err(Error::NoMapping(_))));
}

#[test]
fn a_misspelt_heading_is_one_problem() {
    let text = "## Description ##\nx\n## Options ##\nproject,A\n## Mappings ##\nsource\nfolder:a\n";
    let document = Document::from_bytes(Path::new("m"), text.into()).unwrap();
    let error = document.refuse_problems().unwrap_err().to_string();
    assert_eq!(error, "m, line 5: there is no section 'Mapping'; write this line as '## Mapping ##'");
    // A comment is none.
    let text = text.replace("Mappings", "Mapping").replace("folder", "## option ##\nfolder");
    let document = Document::from_bytes(Path::new("m"), text.into()).unwrap();
    assert!(document.refuse_problems().is_ok());
}

#[test]
fn a_workbook_is_no_mapping() {
    let error = Document::from_bytes(Path::new("m"), b"PK\x03\x04...".to_vec()).unwrap_err().to_string();
    assert!(error.contains("workbook") && error.contains("CSV UTF-8"), "{error}");
}

#[test]
fn a_pseudonym_or_source_that_comes_twice_is_a_warning() {
    let document = read("twice.csv");
    let warnings: Vec<&str> = document.mapping().warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(warnings, ["lines 7 and 9 have the same pseudonym", "lines 7 and 10 have the same source"]);
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
    assert!(document.mapping().rows.iter().all(super::Row::is_example));
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
fn a_new_mapping_reads_back() {
    let template = Template {
        more: vec![],
        description: "Mapping created February 12 2020 by jane".to_owned(),
        root_source_path: r"\\server\share\a,b;".to_owned(),
        project: "NOT_SET".to_owned(),
        destination_path: ".".to_owned(),
        delimiter: ';',
    };
    let document = Document::from_bytes(Path::new("m"), template.bytes()).unwrap();
    let mapping = document.mapping();
    assert_eq!(mapping.description, template.description);
    assert_eq!(mapping.options.get(Kind::RootSourcePath), Some(r"\\server\share\a,b;"));
    assert_eq!(mapping.delimiter, ';');
    assert_eq!(mapping.rows.len(), 2);
    assert!(mapping.rows.iter().all(super::Row::is_example));
    let text = String::from_utf8(template.bytes()).unwrap();
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
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
