//! Relative links lead to files, and to headings in them, that exist.

use super::markdown::prose;
use super::{name, pages, text_of};

/// The targets of the links in a line: what stands in `](…)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// What a page of Markdown calls a heading in links.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn has_heading(text: &str, wanted: &str) -> bool {
    let headings = prose(text).into_iter().filter(|(_, line)| line.starts_with('#'));
    headings.into_iter().any(|(_, line)| anchor(line.trim_start_matches('#')) == wanted)
}

#[test]
fn links_lead_somewhere() {
    let mut broken = vec![];
    let mut seen = 0;
    for page in pages() {
        let text = text_of(&page);
        for (number, line) in prose(&text) {
            for target in targets(line).filter(|target| !target.contains("://") && !target.starts_with("mailto:")) {
                seen += 1;
                let (file, heading) = target.split_once('#').unwrap_or((target, ""));
                let path = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
                let is_there = path.exists() && (heading.is_empty() || has_heading(&text_of(&path), heading));
                if !is_there {
                    broken.push(format!("{}, line {}: {target}", name(&page), number + 1));
                }
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
    assert!(seen > 40, "only {seen} links were found");
}

#[test]
fn anchors_are_those_of_markdown() {
    assert_eq!(anchor(" What `anon` does: a list"), "what-anon-does-a-list");
    assert_eq!(targets("[a](b.md) and [c](d.md#e)").collect::<Vec<_>>(), ["b.md", "d.md#e"]);
}
