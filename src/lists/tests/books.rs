use super::written::{
    Sheet, archive as archive_of, container, formula, label, number, ods, record, row, rows, sheet, stream, text, xlsb,
    xlsx,
};
use super::*;
use crate::lists::Pseudonyms;
use crate::problem::Place;

fn header() -> String {
    text("A1", "accession_number")
}

fn list_of(bytes: &[u8], choice: &Choice) -> Vec<String> {
    rows_of(&read::<AccessionNumber>(bytes, choice).unwrap_or_else(|problems| panic!("{problems:?}")))
}

const NO_CHOICE: Choice =
    Choice { column: None, pseudonyms: Pseudonyms::Found, sheet: None, visible_only: false, decimal_comma: false };

#[test]
fn a_list_anywhere_on_the_sheet() {
    let values = |name: &str| {
        let choice = Choice { pseudonyms: Pseudonyms::Nowhere, ..NO_CHOICE };
        list_of(&fs::read(fixture(name)).unwrap(), &choice)
    };
    let seen = ["C7: 1234567.12345678 -", "C8: 0012345.10 -", "C10: 12345678 -", "C11: padded -"];
    assert_eq!(values("anywhere.xlsx")[..4], seen);
    for name in ["anywhere.xls", "xls-named.xlsx"] {
        assert_eq!(values(name)[..3], ["B6: 1234567.12345678 -", "B7: 0012345.10 -", "B8: 12345678 -"]);
    }
    let places = |name: &str| {
        let wrong = problems::<AccessionNumber>(&fs::read(fixture(name)).unwrap());
        wrong.iter().map(|problem| problem.split(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(places("anywhere.xlsx"), ["E11", "E12", "E14"], "dates and a boolean");
    assert_eq!(places("anywhere.xls"), ["D9", "D10"]);
    assert_eq!(rows_in::<DataPath>("workbook-named.csv"), ["A2: patient1 -"]);
    assert_eq!(rows_in::<DataPath>("far-away-cell.xlsx"), ["A2: patient1 P1"]);
    let list: InputList<DataPath> = InputList::read(&fixture("plain.xlsx"), &NO_CHOICE).unwrap();
    assert_eq!(list.place(&list.rows[0]), Place::Cell { sheet: "Sheet".to_owned(), cell: "A2".to_owned() });
}

#[test]
fn cells_that_show_no_value_are_refused_by_name() {
    assert_eq!(
        problems::<DataPath>(&fs::read(fixture("problems.xlsx")).unwrap()),
        [
            "B2: this cell shows the error #N/A; correct the formula in the spreadsheet, or type the value",
            "A3: this row has a pseudonym but no folder; fill it in, or clear the row",
            "B4: this row has a folder but no pseudonym; fill it in, or clear the row",
            "B5: this number has more digits than a spreadsheet keeps (15), so its last ones may be wrong; format the column \
             as text, enter the value again and save the list",
        ]
    );
    let cells = [
        header(),
        "<c r=\"A2\"><f>\"22\"&amp;\"2\"</f><v></v></c>".to_owned(),
        "<c r=\"A3\"><f>B3</f><v>0</v></c>".to_owned(),
        "<c r=\"A4\" t=\"b\"><v>1</v></c>".to_owned(),
        "<c r=\"A5\" s=\"1\"><v>162846</v></c>".to_owned(),
        "<c r=\"A6\" s=\"2\"><v>1234567</v></c>".to_owned(),
        // These are fine: a formula with a result, also an empty one.
        "<c r=\"A7\" t=\"str\"><f>\"1\"</f><v>1</v></c>".to_owned(),
        "<c r=\"A8\" t=\"str\"><f>\"\"</f><v></v></c>".to_owned(),
    ];
    let wrong = problems::<AccessionNumber>(&xlsx(&[sheet("S", &rows(&cells))], &["mm-yyyy", "#,##0"], ""));
    let begins = [
        "A2: this cell contains a formula whose result is not in the file",
        "A3: this cell contains a formula",
        "A4: this cell contains 'true' or 'false'",
        "A5: this cell contains a date or a time, not a number or a name",
        "A6: this cell does not show what it contains, because of its number format '#,##0'",
    ];
    assert_eq!(wrong.len(), begins.len());
    for (wrong, begin) in wrong.iter().zip(begins) {
        assert!(wrong.starts_with(begin), "{wrong}");
    }
}

#[test]
fn a_date_may_be_the_name_of_a_folder() {
    let cells = [text("A1", "folder"), "<c r=\"A2\" s=\"1\"><v>43831</v></c>".to_owned()];
    let list = read::<DataPath>(&xlsx(&[sheet("S", &rows(&cells))], &["yyyy-mm-dd"], ""), &NO_CHOICE).unwrap();
    assert_eq!(rows_of(&list), ["A2: 2020-01-01 -"]);
}

#[test]
fn numbers_are_taken_as_their_format_shows_them() {
    let formats = ["0000000", "\"MR\"0000000", "0.00000000", "@"];
    let cell = |style: usize, value: &str| format!("<c r=\"A{}\" s=\"{style}\"><v>{value}</v></c>", style + 1);
    let cells = [header(), cell(1, "123"), cell(2, "123"), cell(3, "1234567.1234567"), cell(4, "123")];
    let seen = ["A2: 0000123 -", "A3: MR0000123 -", "A4: 1234567.12345670 -", "A5: 123 -"];
    assert_eq!(list_of(&xlsx(&[sheet("S", &rows(&cells))], &formats, ""), &NO_CHOICE), seen);
    let records: Vec<u8> = [
        label(0, 0, "accession_number"),
        number(1, 0, 1, 123.0),
        number(2, 0, 2, 123.0),
        number(3, 0, 3, 1_234_567.123_456_7),
        number(4, 0, 4, 123.0),
    ]
    .concat();
    assert_eq!(list_of(&container(&[("Workbook", &stream(&records, &formats))]), &NO_CHOICE), seen);
}

#[test]
fn a_code_page_by_the_number_of_another_program_is_read() {
    let records = [label(0, 0, "accession_number"), label(1, 0, "111")].concat();
    for number in [0x8000u16, 0x8001, 1252] {
        let stream = stream(&records, &[]);
        let page = record(0x42, &1200u16.to_le_bytes());
        let at = stream.windows(page.len()).position(|window| window == page).unwrap();
        let stream = [&stream[..at], &record(0x42, &number.to_le_bytes()), &stream[at + page.len()..]].concat();
        assert_eq!(list_of(&container(&[("Workbook", &stream)]), &NO_CHOICE), ["A2: 111 -"], "{number:#x}");
    }
}

#[test]
fn hidden_rows_are_reported_and_can_be_left_out() {
    let hidden = format!(
        "<row r=\"1\">{}</row><row r=\"2\">{}</row><row r=\"3\" hidden=\"1\">{}</row>",
        header(),
        text("A2", "111"),
        text("A3", "222")
    );
    let records = [
        row(0, false),
        row(1, false),
        row(2, true),
        label(0, 0, "accession_number"),
        label(1, 0, "111"),
        label(2, 0, "222"),
    ];
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let table = format!(
        "<table:table table:name=\"S\"><table:table-row>{}</table:table-row><table:table-row>{}</table:table-row>\
         <table:table-row table:visibility=\"filter\">{}</table:table-row></table:table>",
        cell("accession_number"),
        cell("111"),
        cell("222")
    );
    for bytes in [
        xlsx(&[sheet("S", &hidden)], &[], ""),
        container(&[("Workbook", &stream(&records.concat(), &[]))]),
        ods("", &table),
    ] {
        let list = read::<AccessionNumber>(&bytes, &NO_CHOICE).unwrap();
        assert_eq!(rows_of(&list), ["A2: 111 -", "A3: 222 -"]);
        let told = ": 1 hidden row is included, in sheet 'S'; '--visible-only' leaves it out";
        assert_eq!(doubts_of(&list), [told]);
        let list = read::<AccessionNumber>(&bytes, &Choice { visible_only: true, ..NO_CHOICE }).unwrap();
        assert_eq!((rows_of(&list), doubts_of(&list)), (vec!["A2: 111 -".to_owned()], vec![]));
    }
}

#[test]
fn the_sheet_that_is_read_is_the_first_that_fits_and_is_shown() {
    let with = |value: &str| rows(&[header(), text("A2", value)]);
    let (old, new, third) = (with("999"), with("111"), with("222"));
    let about = rows(&[text("A1", "Accession numbers of study X")]);
    let hidden = Sheet { name: "Old", state: "hidden", rows: &old, kind: "worksheet" };
    let book = xlsx(&[hidden, sheet("About", &about), sheet("New", &new), sheet("Third", &third)], &[], "");
    let list = read::<AccessionNumber>(&book, &NO_CHOICE).unwrap();
    assert_eq!((rows_of(&list), list.sheet.as_deref()), (vec!["A2: 111 -".to_owned()], Some("New")));
    assert_eq!(
        doubts_of(&list),
        [
            ": the sheet 'New' was read; there is also such a list on 'Old' (hidden), 'Third'; '--sheet NAME' chooses another one"
        ]
    );
    let chosen = |sheet: &str| Choice { sheet: Some(sheet.to_owned()), ..NO_CHOICE };
    assert_eq!(list_of(&book, &chosen("third")), ["A2: 222 -"]);
    let list = read::<AccessionNumber>(&book, &chosen("Old")).unwrap();
    assert_eq!(doubts_of(&list), [": the sheet 'Old', which was read, is hidden; '--sheet NAME' chooses another one"]);
    assert_eq!(
        read::<AccessionNumber>(&book, &chosen("Fourth")).unwrap_err(),
        [": there is no sheet 'Fourth'; its sheets are 'Old', 'About', 'New', 'Third'"]
    );
    let only = Choice { visible_only: true, ..NO_CHOICE };
    let hidden = Sheet { name: "Old", state: "veryHidden", rows: &old, kind: "worksheet" };
    let wrong = read::<AccessionNumber>(&xlsx(&[hidden], &[], ""), &only).unwrap_err();
    assert!(wrong[0].contains("every sheet of this workbook is hidden"), "{wrong:?}");
}

#[test]
fn macro_sheets_are_passed_over() {
    let list = rows(&[header(), text("A2", "111")]);
    let macros = Sheet { name: "Macro1", state: "visible", rows: "", kind: "xlMacrosheet" };
    assert_eq!(list_of(&xlsx(&[macros, sheet("S", &list)], &[], ""), &NO_CHOICE), ["A2: 111 -"]);
}

#[test]
fn results_of_formulas_in_old_workbooks() {
    let header = label(0, 0, "accession_number");
    let shared = record(0x4BC, &[1, 0, 3, 0, 0, 0, 0, 1, 0, 0]);
    for (between, kind) in [(shared.as_slice(), 6), (&record(0x221, &[0; 14]), 6), (b"", 0x206), (b"", 0x406)] {
        let records = [header.clone(), formula(kind, 1, 0, between, Some("111")), formula(6, 2, 0, b"", Some("222"))];
        let book = container(&[("Workbook", &stream(&records.concat(), &[]))]);
        assert_eq!(list_of(&book, &NO_CHOICE), ["A2: 111 -", "A3: 222 -"]);
    }
    let records = [header, formula(6, 1, 0, b"", None), label(2, 0, "222")].concat();
    let wrong = problems::<AccessionNumber>(&container(&[("Workbook", &stream(&records, &[]))]));
    assert!(wrong[0].starts_with("A2: this cell contains a formula"), "{wrong:?}");
}

#[test]
fn a_workbook_in_another_one_is_never_read() {
    let book = |value: &str| stream(&[label(0, 0, "accession_number"), label(1, 0, value)].concat(), &[]);
    let (main, inner) = (book("111"), book("999"));
    for name in ["Workbook", "Book"] {
        let bytes = container(&[("MBD0001/Workbook", &inner), (name, &main), ("ObjectPool/_1/Book", &inner)]);
        assert_eq!(list_of(&bytes, &NO_CHOICE), ["A2: 111 -"], "{name}");
    }
    // Without its container, as some exports are.
    assert_eq!(list_of(&main, &NO_CHOICE), ["A2: 111 -"]);
    for (stream, found) in [
        ("WordDocument", "this is a Word document, not a workbook"),
        ("EncryptedPackage", "protected by a password"),
        ("Contents", "this is an Office file, not a workbook"),
    ] {
        let wrong = problems::<AccessionNumber>(&container(&[(stream, b"x"), ("ObjectPool/_1/Workbook", &inner)]));
        assert!(wrong[0].contains(found), "{wrong:?}");
    }
}

#[test]
fn an_old_workbook_cannot_claim_more_room_than_memory_has() {
    let header = label(0, 0, "accession_number");
    let claims = record(0x200, &[0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0, 0, 0]);
    let records = [claims, header.clone(), label(1, 0, "111")].concat();
    assert_eq!(list_of(&container(&[("Workbook", &stream(&records, &[]))]), &NO_CHOICE), ["A2: 111 -"]);
    let records = [header, label(65_535, 255, "far")].concat();
    let wrong = problems::<AccessionNumber>(&container(&[("Workbook", &stream(&records, &[]))]));
    assert!(wrong[0].contains("room for 8388608"), "{wrong:?}");
}

#[test]
fn sheets_of_libreoffice_are_read_as_they_show() {
    let cell = |kind: &str, value: &str, text: &str| {
        format!(
            "<table:table-cell office:value-type=\"{kind}\" office:value=\"{value}\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let note = "<office:annotation><text:p>a remark</text:p></office:annotation>";
    let noted = format!(
        "<table:table-cell office:value-type=\"string\">{note}<text:p>A&amp;<text:s/>B</text:p></table:table-cell>"
    );
    let tables = [
        "<table:table table:name=\"Gone\" table:style-name=\"ta2\">".to_owned(),
        row(&cell("string", "", "accession_number")),
        row(&cell("string", "", "999")),
        "</table:table><table:table table:name=\"S\" table:style-name=\"ta1\">".to_owned(),
        "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>".to_owned(),
        row(&format!(
            "<table:table-cell table:number-columns-repeated=\"2\"/>{}{}",
            cell("string", "", "accession_number"),
            cell("string", "", "name")
        )),
        row(&format!(
            "<table:table-cell table:number-columns-repeated=\"2\"/>{}{noted}",
            cell("float", "123", "0000123")
        )),
        row(&format!("<table:table-cell table:number-columns-repeated=\"2\"/>{}{noted}", cell("float", "1.5", "1,5"))),
        "<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell/></table:table-row></table:table>"
            .to_owned(),
    ];
    let styles = "<style:style style:name=\"ta1\"/><style:style style:name=\"ta2\"><style:table-properties table:display=\"false\"/></style:style>";
    let list = read::<AccessionNumber>(&ods(styles, &tables.concat()), &NO_CHOICE).unwrap();
    assert_eq!(rows_of(&list), ["C5: 0000123 A& B", "C6: 1.5 A& B"]);
    assert!(doubts_of(&list)[0].contains("such a list on 'Gone' (hidden)"), "{:?}", list.doubts);
    let wrong = |kind: &str, value: &str, text: &str| {
        let rows = row(&cell("string", "", "accession_number")) + &row(&cell(kind, value, text));
        problems::<AccessionNumber>(&ods("", &format!("<table:table table:name=\"S\">{rows}</table:table>"))).remove(0)
    };
    assert!(wrong("date", "", "12-11-2026").contains("a date or a time"));
    assert!(wrong("percentage", "0.5", "50%").contains("'50%', which is not a plain number"));
    assert!(wrong("float", "1234567", "1,234,567").contains("but contains the number 1234567"));
}

#[test]
fn other_files_are_named() {
    let wrong = problems::<DataPath>(&fs::read(fixture("password.xlsx")).unwrap());
    assert!(wrong[0].contains("protected by a password"), "{wrong:?}");
    let archive = |name: &str| archive_of(&[(name.to_owned(), vec![])], zip::CompressionMethod::Stored);
    for (part, found) in [
        ("word/document.xml", "a Word document"),
        ("Index/Document.iwa", "a Numbers or Pages document"),
        ("a.txt", "a zip archive"),
    ] {
        let wrong = problems::<DataPath>(&archive(part));
        assert!(wrong[0].contains(found), "{wrong:?}");
    }
    assert!(problems::<DataPath>(b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00")[0].contains("Excel 4 or older"));
}

#[test]
fn binary_workbooks_are_read_with_a_warning() {
    let bytes = xlsb(&[&["accession_number", "name"], &["111", "A"], &["0000222", "B"]]);
    let list = read::<AccessionNumber>(&bytes, &NO_CHOICE).unwrap();
    assert_eq!(rows_of(&list), ["A2: 111 A", "A3: 0000222 B"]);
    assert!(doubts_of(&list)[0].contains("in a binary workbook"));
    let wrong = read::<AccessionNumber>(&bytes, &Choice { visible_only: true, ..NO_CHOICE }).unwrap_err();
    assert!(wrong[0].contains("what is hidden"), "{wrong:?}");
}

#[test]
fn one_long_text_in_many_cells_is_refused() {
    let row = |row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>");
    let many: String = (1..6000).map(row).collect();
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(32_000));
    let wrong = problems::<DataPath>(&xlsx(&[sheet("S", &many)], &[], &strings));
    assert!(wrong[0].contains("more than 2000000 cells or 128 MiB of text in a sheet"), "{wrong:?}");
}

#[test]
fn a_table_of_texts_that_claims_to_be_huge_is_refused() {
    let list = |attributes: &str| {
        let cells = "<row><c t=\"s\"><v>0</v></c></row><row><c t=\"s\"><v>1</v></c></row>";
        let strings = format!("<sst {attributes}><si><t>folder</t></si><si><t>a</t></si></sst>");
        read::<DataPath>(&xlsx(&[sheet("S", cells)], &[], &strings), &NO_CHOICE)
    };
    assert_eq!(list("uniqueCount=\"2\"").unwrap().rows.len(), 1);
    for attributes in ["uniqueCount=\"999999999999999\"", "uniqueCount = '+18446744073709551615'"] {
        let wrong = list(attributes).unwrap_err();
        assert!(wrong[0].contains("claims to hold"), "{wrong:?}");
    }
}
