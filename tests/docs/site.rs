//! The documentation site has each page once, and the program has those for its users with it.

use std::collections::BTreeMap;
use std::process::Command;

use anonapi::internals::PAGES;

use super::markdown::prose;
use super::{name, pages, root, text_of};

/// The pages of docs/SUMMARY.md, in its order: the part that they are in, their titles, and their paths.
fn summary() -> Vec<(String, String, String)> {
    let text = text_of(&root().join("docs/SUMMARY.md"));
    let mut part = String::new();
    let mut found = vec![];
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            title.clone_into(&mut part);
        } else if let Some((title, path)) = line.trim_start_matches("- ").split_once("](") {
            let (title, path) = (title.trim_start_matches('['), path.trim_end_matches(')'));
            found.push((part.clone(), title.to_owned(), path.to_owned()));
        }
    }
    found
}

#[test]
fn the_summary_has_each_page_once_under_its_own_title() {
    let mut listed = BTreeMap::new();
    for (_, title, path) in summary() {
        let text = text_of(&root().join("docs").join(&path));
        assert_eq!(text.lines().next(), Some(format!("# {title}").as_str()), "{path}");
        assert!(listed.insert(path.clone(), title).is_none(), "{path} is listed twice");
    }
    let beside = ["../CHANGELOG.md", "../CONTRIBUTING.md", "../README.md"].map(str::to_owned);
    let in_docs = pages().into_iter().map(|page| name(&page).replace('\\', "/"));
    let in_docs = in_docs.filter_map(|page| page.strip_prefix("docs/").map(str::to_owned));
    let mut expected: Vec<String> = in_docs.filter(|page| page != "SUMMARY.md").chain(beside).collect();
    expected.sort();
    assert_eq!(listed.into_keys().collect::<Vec<_>>(), expected);
}

#[test]
fn the_program_has_the_pages_for_its_users() {
    let for_users = summary().into_iter().filter(|(part, ..)| part == "Learn" || part == "Use");
    let expected: Vec<(String, String)> = for_users
        // The program says that itself.
        .filter(|(.., path)| path != "commands.md")
        .map(|(_, title, path)| (path.trim_end_matches(".md").to_owned(), title))
        .collect();
    let found: Vec<_> = PAGES.iter().map(|page| (page.name.to_owned(), page.title().to_owned())).collect();
    assert_eq!(found, expected);
}

/// What the site copies besides pages; see docs/site/build.
#[test]
fn links_out_of_the_folder_lead_to_what_the_site_has() {
    const COPIED: [&str; 5] =
        ["../README.md", "../CHANGELOG.md", "../CONTRIBUTING.md", "../examples/", "../src/testing/delivery/"];
    for page in pages() {
        let text = text_of(&page);
        for (_, line) in prose(&text) {
            for target in line.split("](").skip(1).filter(|target| target.starts_with("../")) {
                assert!(COPIED.iter().any(|copied| target.starts_with(copied)), "{}: {target}", name(&page));
            }
        }
    }
}

#[test]
fn the_program_shows_a_page() {
    let shown = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_anon")).args(words).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(shown(&["help", "topics"]).contains("  tutorial-share    Tutorial: anonymize from a share\n"));
    assert!(shown(&["help", "concepts", "journal"]).starts_with("## Journal\n\nThe file"));
}
