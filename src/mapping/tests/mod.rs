mod adding;
mod properties;

use std::path::{Path, PathBuf};

use super::{Document, Template};
use crate::error::Error;
use crate::problem::Problem;
use crate::values::Kind;

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

/// Each row as `kind=value` pairs.
fn rows(document: &Document) -> Vec<String> {
    let text = |row: &super::Row| {
        let pairs: Vec<String> = row.parameters.iter().map(|(kind, value)| format!("{kind}={value}")).collect();
        format!("{}: {}", row.line, pairs.join("|"))
    };
    document.mapping().rows.iter().map(text).collect()
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
        ", line 5: 'projct' is not an option; did you mean 'project'?",
        ", line 7: option 'project' is given twice; keep one of them",
        ", line 8: nothing separates option 'destination_path' from its value; is the comma missing?",
        ", line 9: this is not an option: there is no comma in it; an option is written as 'name,value'",
        ", line 12: there is no column 'descriptoin'; did you mean 'description'?",
        ", line 12: column 'pseudo_name' is given twice (old names count); keep one of them",
        ", line 13: 'fodler' is not a type of source; did you mean 'folder:'?",
        ", line 14: this row has no source; fill in its source, or remove the row",
        ", line 15: '1234567.12345678' is not a source: it has no ':'; write one of folder:, fileselection:, \
         study_instance_uid:, accession_number: and its value",
        ", line 16: nothing follows 'folder:'; write 'folder:' and a path",
        ", line 17: cell 5 of this row has a value, but that column has no name in the header line; name the column in the header line, or put \
         quotes (\") around a value that contains a ','",
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
fn a_workbook_is_refused_as_a_mapping() {
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
fn a_row_swallowed_by_a_quote_is_reported() {
    let table = "source,description,pseudo_name\nfolder:a,\"one,A\nfolder:b,two\",B\nfolder:c,\"three\nlines\",C\n";
    let text = format!("## Description ##\n## Options ##\n## Mapping ##\n{table}");
    let document = Document::from_bytes(Path::new("m"), text.into()).unwrap();
    let doubts: Vec<_> =
        document.mapping().doubts.iter().map(|doubt| (doubt.place.to_string(), &*doubt.message)).collect();
    let told = "the description goes on over several lines, and one of them looks like a row";
    assert_eq!(doubts, [(", line 5".to_owned(), told)]);
}
