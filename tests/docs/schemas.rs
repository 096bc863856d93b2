//! `docs/schema` has the shape of each result, made from the types that are written.

use std::fs;

use super::{compare, root, text_of};

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

/// The page on formats has a table of them.
#[test]
fn are_listed() {
    const MARKS: [&str; 2] = ["<!-- schemas -->\n", "<!-- end of schemas -->\n"];
    let page = root().join("docs/formats.md");
    let text = text_of(&page);
    let (before, rest) = text.split_once(MARKS[0]).expect("the page has the first mark");
    let (_, after) = rest.split_once(MARKS[1]).expect("the page has the second mark");
    let mut schemas = anonapi::internals::schemas();
    schemas.sort_by_key(|(name, _)| *name);
    let rows: String = schemas
        .iter()
        .map(|(name, schema)| {
            let description = schema.get("description").and_then(|text| text.as_str()).expect("each view is described");
            format!("| [{name}](schema/{name}.json) | {} |\n", description.replace('\n', " "))
        })
        .collect();
    compare(&page, &format!("{before}{}| | |\n|---|---|\n{rows}{}{after}", MARKS[0], MARKS[1]));
}
