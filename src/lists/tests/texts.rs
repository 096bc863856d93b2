use super::*;
use crate::lists::MOST_ROWS;
use crate::lists::Pseudonyms;

#[test]
fn lists_in_text_files() {
    assert_eq!(
        rows_in::<AccessionNumber>("accession-numbers.csv"),
        ["line 2: 1234567.12345678 studyA", "line 3: 2234567.12345678 studyB", "line 4: 3234567.12345678 studyC"]
    );
    assert_eq!(
        rows_in::<DataPath>("manual-text-above.csv"),
        ["line 4: folder1 studyA", "line 5: folder2/st1 studyB", "line 6: folder2/st2 studyC"]
    );
    assert_eq!(rows_in::<DataPath>("dutch-excel-windows-1252.csv"), ["line 4: patiënt1 P1", "line 7: patiënt2 P2"]);
    assert_eq!(rows_in::<AccessionNumber>("excel-unicode-text.txt"), ["line 2: 0012345.1 P1", "line 3: 0012345.2 P2"]);
}

#[test]
fn half_filled_rows_are_all_named() {
    let fill = "fill it in, or clear the row";
    assert_eq!(
        problems::<DataPath>(&fs::read(fixture("half-filled.csv")).unwrap()),
        [
            format!("line 3: this row has a folder but no pseudonym; {fill}"),
            format!("line 4: this row has a pseudonym but no folder; {fill}"),
            format!("line 6: this row has a folder but no pseudonym; {fill}"),
        ]
    );
    assert_eq!(
        problems::<AccessionNumber>(&fs::read(fixture("no-pseudonyms.csv")).unwrap()),
        ["line 1: there is a column of pseudonyms, but nothing in it; fill it in, or have them made up with \
          '--no-pseudonym-column'"]
    );
}

#[test]
fn a_column_that_is_missing_or_doubled() {
    assert_eq!(
        problems::<AccessionNumber>(&fs::read(fixture("no-such-column.csv")).unwrap()),
        [
            "line 1: there is no column of accession numbers: looked for 'accession_number', 'acc nr'; if you mean 'acession \
          number', add '--column \"acession number\"', or rename it"
        ]
    );
    let none = problems::<DataPath>(&fs::read(fixture("no-such-column.csv")).unwrap());
    assert!(none[0].contains("'folder', 'path', 'map'") && !none[0].contains("Jansen"), "{none:?}");
    assert_eq!(
        problems::<AccessionNumber>(&fs::read(fixture("two-columns.csv")).unwrap()),
        [
            "line 1: more than one column could hold the accession numbers: 'accession number', 'Acc nr'; choose one \
             with '--column NAME', or rename or remove all but one of them",
            "line 1: more than one column could hold the pseudonyms: 'pseudonym', 'name'; choose one with \
             '--pseudonym-column NAME', or rename or remove all but one of them",
        ]
    );
}

#[test]
fn columns_in_other_words_are_read_and_doubtful_ones_asked_about() {
    let list = numbers("Accessienummer;Pseudoniem\n1;A\n").unwrap();
    assert_eq!(list.columns(), "accession numbers from 'Accessienummer', pseudonyms from 'Pseudoniem'");
    let list = folders("folder\na\nb\n").unwrap();
    assert_eq!(list.columns(), "folders from 'folder', no pseudonym column: made up 2");
    let list = folders("folder;Code\na;1\nb;2\n").unwrap();
    let told = "folders from 'folder', no pseudonym column: made up 2; if one of the other columns has pseudonyms, choose it with \
                '--pseudonym-column NAME'";
    assert_eq!(list.columns(), told);
    for name in ["psuedonym", "Pseudonym (neu)", "anonymised"] {
        let wrong = numbers(&format!("accession_number;{name}\n1;A\n")).unwrap_err();
        assert_eq!(
            wrong,
            [format!(
                "line 1: '{name}' may or may not be a column of pseudonyms; read the pseudonyms from it with \
                 '--pseudonym-column \"{name}\"', or have them made up with '--no-pseudonym-column'"
            )]
        );
    }
    let beside = numbers("accession_number;pseudonym;Pseudonym (neu);remark\n1;A;B;C\n").unwrap();
    assert_eq!(rows_of(&beside), ["line 2: 1 A"]);
    assert_eq!(
        doubts_of(&beside),
        ["line 1: the column 'Pseudonym (neu)' is not read; to read it, choose it with '--pseudonym-column \
          \"Pseudonym (neu)\"'"]
    );
    // The manual's names come first, wherever they are.
    assert_eq!(rows_of(&folders("Ordner\nx\nfolder;name\na;A\n").unwrap()), ["line 4: a A"]);
}

#[test]
fn columns_are_chosen_by_hand() {
    let text = b"accession_number;Exam;pseudonym;Code\n1;2;A;B\n";
    let read = |column: Option<&str>, pseudonyms| {
        let choice = Choice { column: column.map(str::to_owned), pseudonyms, ..Choice::default() };
        read::<AccessionNumber>(text, &choice)
    };
    let list = read(Some("exam"), Pseudonyms::In("CODE".to_owned())).unwrap();
    assert_eq!((rows_of(&list), doubts_of(&list)), (vec!["line 2: 2 B".to_owned()], vec![]));
    assert_eq!(rows_of(&read(None, Pseudonyms::Nowhere).unwrap()), ["line 2: 1 -"]);
    assert_eq!(
        read(Some("Test"), Pseudonyms::Found).unwrap_err(),
        [": there is no column 'Test'; '--column' takes the name of a column as it is in the header"]
    );
    assert_eq!(
        read(None, Pseudonyms::In("Test".to_owned())).unwrap_err(),
        [
            "line 1: there is no column 'Test' next to 'accession_number'; the columns here are 'accession_number', 'Exam', \
          'pseudonym', 'Code'"
        ]
    );
    let sheet = Choice { sheet: Some("S".to_owned()), ..Choice::default() };
    assert!(super::read::<AccessionNumber>(text, &sheet).unwrap_err()[0].contains("has no sheets"));
}

#[test]
fn each_delimiter_is_read() {
    for text in [
        "accession_number|pseudonym\n1|A\n",
        "sep=|\r\naccession_number|pseudonym\r\n1|A\r\n",
        "sep=^\naccession_number^pseudonym\n1^A\n",
        "accession_number\tpseudonym\n1\tA\n",
        "a;b,c\n\naccession_number;pseudonym;\n1;A;\n",
    ] {
        let list = numbers(text).unwrap();
        assert!(rows_of(&list)[0].ends_with(": 1 A"), "{text}");
    }
    // Two delimiters could be meant: the rows decide.
    assert_eq!(rows_of(&folders("folder;x,folder\na,b;1\nc,d;2\n").unwrap()), ["line 2: a,b -", "line 3: c,d -"]);
}

#[test]
fn rows_that_do_not_fit_the_header_are_refused() {
    let hint = "put a cell that contains a delimiter in quotes (\"), or give each column a header";
    for (text, cells, columns) in [
        ("accession_number\n111;A\n", 2, 1),
        ("accession_number\n111,222\n", 2, 1),
        ("accession_number\n111|222\n", 2, 1),
        ("accession_number,pseudonym\n1234567,12345678,A\n", 3, 2),
    ] {
        let message = format!("line 2: this row has {cells} cells, but the header has {columns}; {hint}");
        assert_eq!(numbers(text).unwrap_err(), [message], "{text}");
    }
    // Empty cells at the end are no cells.
    assert_eq!(rows_of(&numbers("accession_number\n111;;;\n222,,\n").unwrap()), ["line 2: 111 -", "line 3: 222 -"]);
}

#[test]
fn a_decimal_comma_is_one_number_where_that_can_be_known() {
    let dutch = Choice { decimal_comma: true, ..Choice::default() };
    let text = b"accession_number\r\n1234567,12345678\r\n2,5\r\n";
    let list = read::<AccessionNumber>(text, &dutch).unwrap();
    assert_eq!(rows_of(&list), ["line 2: 1234567.12345678 -", "line 3: 2.5 -"]);
    assert_eq!(
        doubts_of(&list),
        ["line 2: accession number '1234567,12345678': its decimal comma is sent as a point (and 1 more: line 3)"]
    );
    // Semicolons are written by who writes a decimal comma.
    let list = numbers("accession_number;name\n1,5;A\n").unwrap();
    assert_eq!(rows_of(&list), ["line 2: 1.5 A"]);
    assert!(numbers("accession_number\tname\n1,5\tA\n").unwrap_err()[0].contains("could be several"));
    // A folder's name may hold a comma.
    let list = read::<DataPath>(b"folder\nDoe, John\n", &dutch).unwrap();
    assert_eq!(rows_of(&list), ["line 2: Doe, John -"]);
}

#[test]
fn quotes_swallow_no_rows() {
    let closed = "close it at the end, or remove it";
    for (text, problem) in [
        (
            "accession_number,note\n111,ok\n222,\"odd\n333,ok\n444,\"quoted\"\n555,ok\n",
            format!("line 3: a quote (\") is closed in the middle of a cell; {closed}"),
        ),
        (
            "accession_number,note\n222,\"odd\n333,ok\n444,odd\"\n555,ok\n",
            "line 2: a quote (\") opens here and takes in line 3, which looks like a row; close it or remove it"
                .to_owned(),
        ),
        (
            "accession_number,note\n222,\"odd\n333,ok\n",
            "line 2: a quote (\") opens here and is never closed; close it or remove it".to_owned(),
        ),
        ("accession_number\n\"1\"2\n", format!("line 2: a quote (\") is closed in the middle of a cell; {closed}")),
        ("accession_number\n\"1\n2\"\n", "line 2: '1\\n2' is more than one line; write one value per row".to_owned()),
    ] {
        assert_eq!(numbers(text).unwrap_err(), [problem], "{text}");
    }
    let list = numbers("accession_number,note\n1,5\" disk\n2,\"two\nlines, of text\"\n 3 , \"a, b\" \n").unwrap();
    assert_eq!(rows_of(&list), ["line 2: 1 -", "line 3: 2 -", "line 5: 3 -"]);
}

#[test]
fn a_header_that_comes_again_is_refused() {
    let again = numbers("accession_number,pseudonym\n1,A\n\npseudonym,accession_number\nB,2\n").unwrap_err();
    assert_eq!(again[0], "line 4: this is the header again; remove the line, or make two lists of it");
    let again = folders("map\na\nMap\nb\n").unwrap_err();
    assert!(again[0].starts_with("line 3: this is the header again"), "{again:?}");
    assert_eq!(rows_of(&folders("map\n./map\n").unwrap()), ["line 2: ./map -"]);
}

#[test]
fn what_a_spreadsheet_has_spoilt_is_refused_with_its_line() {
    for (value, message) in [
        ("1.23457E+15", "a number that a spreadsheet has shortened"),
        ("\"1,23457E+15\"", "a number that a spreadsheet has shortened"),
        ("#N/B", "an error that a spreadsheet shows"),
        ("numbers.xlsx", "the name of a file"),
    ] {
        let wrong = numbers(&format!("accession_number,pseudonym\n{value},A\n")).unwrap_err();
        assert!(wrong[0].starts_with("line 2: ") && wrong[0].contains(message), "{wrong:?}");
    }
    for value in ["123E5", "A1.2E+3", "#1"] {
        assert_eq!(numbers(&format!("accession_number\n{value}\n")).unwrap().rows[0].value.as_str(), value);
    }
}

#[test]
fn numbers_that_are_all_cut_after_15_digits_are_refused() {
    let list = |count: usize, odd: &str| {
        let cut: String = (0..count).map(|row| format!("{}0\n", 123_456_789_012_345_u64 + row as u64)).collect();
        numbers(&format!("accession_number\n{cut}{odd}"))
    };
    assert_eq!(
        list(5, "123\n").unwrap_err(),
        [
            "line 2: all 5 accession numbers of more than 15 digits end in 0 (and 4 more: lines 3, 4, 5, 6): a spreadsheet has \
          truncated them; take it from its source again, with the column formatted as text"
        ]
    );
    for (count, odd) in [(3, ""), (5, "1234567890123456\n")] {
        let doubts = doubts_of(&list(count, odd).unwrap());
        assert!(doubts[0].contains("a spreadsheet may have cut it"), "{doubts:?}");
    }
}

#[test]
fn doubts_are_reported_once_for_each_kind() {
    let text: String = (1..=1000).map(|row| format!("{row} {row};P\u{200b}{row}\n")).collect();
    let list = numbers(&format!("accession_number;pseudonym\n{text}")).unwrap();
    assert_eq!(
        doubts_of(&list),
        [
            "line 2: accession number '1 1': there is a space in it (and 999 more: lines 3, 4, 5, 6, ...)",
            "line 2: pseudonym 'P\u{200b}1': invisible characters were removed: U+200B (and 999 more: lines 3, 4, 5, 6, ...)",
        ]
    );
    let list = numbers("accession_number\n1.0\n2.0\n").unwrap();
    assert_eq!(doubts_of(&list), ["line 2: all accession numbers end in '.0': a program may have added that"]);
    let list = numbers("\u{feff}\u{200b}accession_number\n1\n").unwrap();
    assert_eq!(doubts_of(&list), ["line 1: invisible characters were removed from the header"]);
}

#[test]
fn a_list_has_a_cap_on_rows_and_on_problems() {
    let problems = numbers(&format!("accession_number\n{}", "#N/A\n".repeat(3000))).unwrap_err();
    assert_eq!(problems.len(), 1001);
    assert!(problems.iter().any(|problem| problem.contains("read no further")), "{}", problems[1000]);
    let many = |rows| numbers(&format!("accession_number\n{}", "1\n".repeat(rows)));
    assert_eq!(many(MOST_ROWS).unwrap().rows.len(), MOST_ROWS);
    assert_eq!(
        many(MOST_ROWS + 1).unwrap_err(),
        [": there are more than 10000 rows, too many for a list of patients; check that this is the right file"]
    );
}

#[test]
fn files_that_are_not_lists_are_named() {
    for (bytes, found) in [
        (&b"PK\x03\x04"[..], "damaged"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "damaged"),
        (b"%PDF-1.7", "PDF"),
        (b"", "no column"),
        (b"folder\n", "no folder below"),
        (b"abcd\0\0\0", "NUL"),
        (b"<table><tr><td>folder", "web page"),
    ] {
        let wrong = problems::<DataPath>(bytes);
        assert!(wrong[0].contains(found), "{wrong:?}");
    }
}
