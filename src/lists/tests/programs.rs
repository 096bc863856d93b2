//! Lists of 1,000 rows that programs have written, in the number formats that lists have.

use super::*;
use crate::lists::Choice;

/// Reads a sheet of `formats.*` as text.
fn sheet(file: &str, sheet: &str) -> Vec<String> {
    let bytes = fs::read(fixture("../programs").join(file)).unwrap();
    let choice = Choice { sheet: Some(sheet.to_owned()), ..Choice::default() };
    let list: InputList<AccessionNumber> =
        read(&bytes, &choice).unwrap_or_else(|problems| panic!("{file}, {sheet}: {:?}", &problems[..1]));
    list.rows.iter().map(|row| row.value.as_str().to_owned()).collect()
}

/// What is seen in each sheet: see `make.py`.
fn seen(sheet: &str) -> Vec<String> {
    let whole = |row: u32| 1000 + 7 * row;
    let decimal = |row: u32| f64::from(1_234_567 + row) + f64::from(row % 8) / 8.0;
    let cell = |row: u32| match sheet {
        "zeros" => format!("{:07}", whole(row)),
        "prefix" => format!("MR{:07}", whole(row)),
        "decimals" => format!("{:.8}", decimal(row)),
        "text" => format!("{:010}", whole(row)),
        _ => decimal(row).to_string(),
    };
    (0..1000).map(cell).collect()
}

#[test]
fn lists_come_back_cell_for_cell() {
    let all = ["zeros", "prefix", "decimals", "text", "general"];
    for (file, sheets) in [
        ("formats-openpyxl.xlsx", &all[..]),
        ("formats-xlsxwriter.xlsx", &all),
        ("formats-pandas.xlsx", &all[3..]),
        ("formats-libreoffice.xlsx", &all),
        ("formats-libreoffice.xls", &all),
        ("formats-libreoffice.ods", &all),
    ] {
        for name in sheets {
            assert_eq!(sheet(file, name), seen(name), "{file}, {name}");
        }
    }
}

#[test]
fn a_list_of_pandas_in_csv_is_as_it_stands_there() {
    let list =
        read::<AccessionNumber>(&fs::read(fixture("../programs/formats-pandas.csv")).unwrap(), &Choice::default());
    let list = list.unwrap();
    let seen = seen("general");
    for (row, seen) in list.rows.iter().zip(&seen) {
        // pandas writes `1234567.0`.
        assert_eq!(row.value.as_str().trim_end_matches(".0"), seen);
    }
    assert_eq!(list.rows.len(), seen.len());
}
