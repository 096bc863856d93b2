//! `docs/schema` has the shape of each result, made from the types that are written.

use std::fs;

use super::{compare, root};

#[test]
fn are_those_of_the_types() {
    let folder = root().join("docs/schema");
    let mut names = vec![];
    for (name, schema) in anonapi::internals::schemas() {
        let file = format!("{name}.json");
        compare(&folder.join(&file), &(serde_json::to_string_pretty(&schema).unwrap() + "\n"));
        names.push(file);
    }
    names.sort();
    let mut found: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, names);
}
