use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{Column, InputList};
use crate::error::Error;
use crate::problem::Place;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tables").join(name)
}

/// Each row as `place value pseudonym`.
fn rows(name: &str, column: Column) -> Vec<String> {
    let list = InputList::read(&fixture(name), column).unwrap_or_else(|error| panic!("{error}"));
    let text = |row: &super::InputRow| {
        let value = row.accession_number.as_ref().or(row.path.as_ref()).unwrap();
        let place = row.place.to_string();
        let name = row.pseudo_name.as_deref().unwrap_or("-");
        format!("{}: {value} {name}", place.rsplit([' ', ',']).next().unwrap())
    };
    list.rows.iter().map(text).collect()
}

fn problems(name: &str, column: Column) -> Vec<String> {
    match InputList::read(&fixture(name), column).unwrap_err() {
        Error::Contents(problems) => {
            let lines = problems.list.iter().map(|problem| {
                format!("{}: {}; {}", problem.place, problem.message, problem.hint.as_deref().unwrap_or_default())
            });
            lines.collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_in_text_files() {
    assert_eq!(
        rows("accession-numbers.csv", Column::AccessionNumber),
        ["2: 1234567.12345678 studyA", "3: 2234567.12345678 studyB", "4: 3234567.12345678 studyC"]
    );
    assert_eq!(
        rows("manual-text-above.csv", Column::Path),
        ["4: folder1 studyA", "5: folder2/st1 studyB", "6: folder2/st2 studyC"]
    );
    assert_eq!(rows("dutch-excel-windows-1252.csv", Column::Path), ["4: patiënt1 P1", "7: patiënt2 P2"]);
    assert_eq!(rows("excel-unicode-text.txt", Column::AccessionNumber), ["2: 0012345.1 P1", "3: 0012345.2 P2"]);
}

#[test]
fn cells_of_a_workbook_as_their_user_sees_them() {
    assert_eq!(
        rows("anywhere.xlsx", Column::AccessionNumber),
        [
            "C7: 1234567.12345678 studyA",
            "C8: 0012345.10 007",
            "C10: 12345678 42",
            "C11: padded 2020-01-02",
            "C12: 12345678.1234567 2020-01-02 03:04:05",
            "C14: T True",
        ]
    );
    let long = format!("B12: L {}", "x".repeat(9000));
    for name in ["anywhere.xls", "xls-named.xlsx"] {
        assert_eq!(
            rows(name, Column::AccessionNumber),
            [
                "B6: 1234567.12345678 studyA",
                "B7: 0012345.10 patiënt 漢",
                "B8: 12345678 42",
                "B9: D 2020-01-02",
                "B10: T True",
                &long,
            ]
        );
    }
    assert_eq!(rows("workbook-named.csv", Column::Path), ["A2: patient1 -"]);
    assert_eq!(rows("far-away-cell.xlsx", Column::Path), ["A2: patient1 P1"]);
    let list = InputList::read(&fixture("plain.xlsx"), Column::Path).unwrap();
    assert_eq!(list.rows[0].place, Place::Cell { sheet: "Sheet".to_owned(), cell: "A2".to_owned() });
}

#[test]
fn half_filled_rows_are_all_named() {
    assert_eq!(
        problems("half-filled.csv", Column::Path),
        [
            ", line 3: this row has a folder but no pseudonym; fill it in, or empty the row",
            ", line 4: this row has a pseudonym but no folder; fill it in, or empty the row",
            ", line 6: this row has a folder but no pseudonym; fill it in, or empty the row",
        ]
    );
    assert_eq!(
        problems("problems.xlsx", Column::Path),
        [
            ", sheet 'Sheet', cell B2: this cell shows the error #N/A; ",
            ", sheet 'Sheet', cell A3: this row has a pseudonym but no folder; fill it in, or empty the row",
            ", sheet 'Sheet', cell B4: this row has a folder but no pseudonym; fill it in, or empty the row",
            ", sheet 'Sheet', cell B5: this number has more digits than a spreadsheet keeps (15), so its last ones may be \
         wrong: format the cell as text and type it again; ",
        ]
    );
    assert_eq!(
        problems("no-pseudonyms.csv", Column::AccessionNumber),
        [", line 1: there is a column of pseudonyms, but nothing in it; fill it in, or remove its header"]
    );
}

#[test]
fn columns_that_are_missing_or_doubled() {
    let missing = problems("no-such-column.csv", Column::AccessionNumber);
    assert_eq!(
        missing,
        [", line 1: there is no column of accession numbers: looked for 'accession_number', 'acc nr'; is \
                          'acession number' meant?"]
    );
    let none = problems("no-such-column.csv", Column::Path);
    assert!(none[0].contains("'folder', 'path', 'map'") && !none[0].contains("Jansen"), "{none:?}");
    assert_eq!(
        problems("two-columns.csv", Column::AccessionNumber),
        [
            ", line 1: more than one column could hold the accession numbers: 'accession number', 'Acc nr'; rename or remove \
         all but one of them",
            ", line 1: more than one column could hold the pseudonyms: 'pseudonym', 'name'; rename or remove all but one of \
         them",
        ]
    );
}

#[test]
fn what_is_no_list_is_named() {
    for (name, found) in
        [("password.xlsx", "protected by a password"), ("list.ods", "OpenDocument"), ("web-page-named.xls", "web page")]
    {
        let problems = problems(name, Column::Path);
        assert!(problems[0].contains(found), "{name}: {problems:?}");
    }
    for (bytes, found) in [
        (&b"PK\x03\x04"[..], "damaged"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "damaged"),
        (b"%PDF-1.7", "PDF"),
        (b"", "no column"),
        (b"folder\n", "no folder below"),
        (b"abcd\0\0\0", "NUL"),
    ] {
        let error = InputList::from_bytes(Path::new("f"), bytes, Column::Path).unwrap_err().to_string();
        assert!(error.contains(found), "{error}");
    }
}

/// The parts of a workbook, and a workbook of such parts.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let read = |index| {
        let mut part = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        (part.name().unwrap().into_owned(), content)
    };
    (0..ZipArchive::new(Cursor::new(bytes)).unwrap().len()).map(read).collect()
}

fn workbook(parts: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const XMLNS: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";

/// A workbook with this first sheet and this table of texts.
fn workbook_of(rows: &str, attributes: &str, texts: &str) -> Vec<u8> {
    let mut parts = parts(&fs::read(fixture("plain.xlsx")).unwrap());
    for (_, content) in parts.iter_mut().filter(|(name, _)| name.ends_with("sheet1.xml")) {
        *content = format!("<worksheet {XMLNS}><sheetData>{rows}</sheetData></worksheet>").into_bytes();
    }
    let table = format!("<sst {XMLNS} {attributes}>{texts}</sst>");
    parts.push(("xl/sharedStrings.xml".to_owned(), table.into_bytes()));
    workbook(&parts, CompressionMethod::Deflated)
}

#[test]
fn one_long_text_in_many_cells_is_refused() {
    let row = |row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>");
    let rows: String = (1..6000).map(row).collect();
    let bytes = workbook_of(&rows, "", &format!("<si><t>{}</t></si>", "x".repeat(32_000)));
    let error = InputList::from_bytes(Path::new("f"), &bytes, Column::Path).unwrap_err();
    assert!(error.to_string().contains("far more than a list"), "{error}");
}

#[test]
fn a_table_of_texts_that_claims_to_be_huge_is_refused() {
    let read = |attributes: &str| {
        let rows = "<row><c t=\"s\"><v>0</v></c></row><row><c t=\"s\"><v>1</v></c></row>";
        let bytes = workbook_of(rows, attributes, "<si><t>folder</t></si><si><t>a</t></si>");
        InputList::from_bytes(Path::new("f"), &bytes, Column::Path)
    };
    assert_eq!(read("uniqueCount=\"2\"").unwrap().rows.len(), 1);
    for attributes in ["uniqueCount=\"999999999999999\"", "uniqueCount = '+18446744073709551615'"] {
        let error = read(attributes).unwrap_err();
        assert!(error.to_string().contains("claims to hold"), "{error}");
    }
}

/// Changes some bytes: (where, as a share of the length; what to).
fn changed(bytes: &[u8], changes: &[(f64, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (share, value) in changes {
        let place = ((bytes.len() as f64 * share) as usize).min(bytes.len() - 1);
        bytes[place] = *value;
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(f64, u8)>> {
    let value = prop_oneof![any::<u8>(), Just(0), Just(0xFF), Just(0xFE), Just(b'<'), Just(b'9'), Just(b'"')];
    proptest::collection::vec((0.0..1.0, value), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..600), magic in 0..4usize) {
        let mut all = [&b""[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"folder,pseudonym\n"][magic].to_vec();
        all.extend(bytes);
        let _ = InputList::from_bytes(Path::new("f"), &all, Column::Path);
    }

    #[test]
    fn no_text_is_too_strange(text in "(folder|map|pseudonym|[,;\t\"\r\n x-z]){0,40}") {
        let _ = InputList::from_bytes(Path::new("f"), text.as_bytes(), Column::Path);
    }

    #[test]
    fn a_damaged_old_workbook_is_an_error_or_a_list(changes in changes(), cut in 0.0..2.0) {
        let bytes = fs::read(fixture("anywhere.xls")).unwrap();
        let mut bytes = changed(&bytes, &changes);
        bytes.truncate((bytes.len() as f64 * cut) as usize + 8);
        let _ = InputList::from_bytes(Path::new("f"), &bytes, Column::AccessionNumber);
    }

    #[test]
    fn a_damaged_archive_is_an_error_or_a_list(changes in changes()) {
        let bytes = fs::read(fixture("anywhere.xlsx")).unwrap();
        let _ = InputList::from_bytes(Path::new("f"), &changed(&bytes, &changes), Column::AccessionNumber);
    }

    #[test]
    fn a_workbook_with_damaged_parts_is_an_error_or_a_list(which in 0.0..1.0, changes in changes()) {
        let mut parts = parts(&fs::read(fixture("anywhere.xlsx")).unwrap());
        let index = (parts.len() as f64 * which) as usize;
        parts[index].1 = changed(&parts[index].1, &changes);
        let bytes = workbook(&parts, CompressionMethod::Stored);
        let _ = InputList::from_bytes(Path::new("f"), &bytes, Column::AccessionNumber);
    }
}

#[test]
fn what_a_spreadsheet_has_spoilt_is_refused_with_its_line() {
    for (value, message) in [
        ("1.23457E+15", "a spreadsheet has shortened this number"),
        ("\"1,23457E+15\"", "a spreadsheet has shortened this number"),
        ("#N/A", "this cell shows an error of the spreadsheet"),
        ("\"12\n34\"", "this cell has more than one line"),
    ] {
        let text = format!("accession_number,pseudonym\n{value},A\n");
        let error = InputList::from_bytes(Path::new("l.csv"), text.as_bytes(), Column::AccessionNumber).unwrap_err();
        assert!(error.to_string().starts_with(&format!("l.csv, line 2: {message}")), "{error}");
    }
    for value in ["1E5", "12.E+3", "A1.2E+3", "#1"] {
        let text = format!("accession_number\n{value}\n");
        let list = InputList::from_bytes(Path::new("l.csv"), text.as_bytes(), Column::AccessionNumber).unwrap();
        assert_eq!(list.rows[0].accession_number.as_deref(), Some(value));
    }
}
