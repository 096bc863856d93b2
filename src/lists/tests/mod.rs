//! Lists of all kinds, as files.

mod books;
mod programs;
mod properties;
mod texts;
mod written;

use std::fs;
use std::path::{Path, PathBuf};

use super::{Choice, InputList, Listed};
use crate::error::Error;
use crate::values::{AccessionNumber, DataPath};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tables").join(name)
}

/// A list, or its problems as `place: message; hint`.
fn read<T: Listed>(bytes: &[u8], choice: &Choice) -> Result<InputList<T>, Vec<String>> {
    InputList::from_bytes(Path::new("list"), bytes.to_vec(), choice).map_err(|error| match error {
        Error::Contents(problems) => {
            problems.list.iter().map(|problem| format!("{}: {problem}", short(&problem.place.to_string()))).collect()
        }
        other => panic!("{other:?}"),
    })
}

/// `line 3`, `B7`.
fn short(place: &str) -> String {
    let place = place.trim_start_matches(", ");
    place.rsplit_once("cell ").map_or(place, |(_, cell)| cell).to_owned()
}

/// Each row as `place: value pseudonym`.
fn rows_of<T: Listed>(list: &InputList<T>) -> Vec<String> {
    let row = |row: &super::InputRow<T>| {
        let name = row.pseudonym.as_ref().map_or("-", |name| name.as_str());
        format!("{}: {} {name}", short(&list.place(row).to_string()), row.value.text())
    };
    list.rows.iter().map(row).collect()
}

fn doubts_of<T>(list: &InputList<T>) -> Vec<String> {
    list.doubts.iter().map(|doubt| format!("{}: {doubt}", short(&doubt.place.to_string()))).collect()
}

fn rows_in<T: Listed>(name: &str) -> Vec<String> {
    let bytes = fs::read(fixture(name)).unwrap();
    rows_of(&read::<T>(&bytes, &Choice::default()).unwrap_or_else(|problems| panic!("{name}: {problems:?}")))
}

fn problems<T: Listed + std::fmt::Debug>(bytes: &[u8]) -> Vec<String> {
    read::<T>(bytes, &Choice::default()).unwrap_err()
}

fn numbers(text: &str) -> Result<InputList<AccessionNumber>, Vec<String>> {
    read(text.as_bytes(), &Choice::default())
}

fn folders(text: &str) -> Result<InputList<DataPath>, Vec<String>> {
    read(text.as_bytes(), &Choice::default())
}
