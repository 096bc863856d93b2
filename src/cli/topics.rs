//! The pages of the documentation that the program has with it: `anon help topics`, `anon help PAGE` and `anon help PAGE WORDS`.
//!
//! An error whose remedy needs more than a line names a page this way.

use std::ffi::OsString;

/// A page of `docs`.
pub struct Page {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Its Markdown.
    pub text: &'static str,
}

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        [$(Page { name: $name, text: include_str!(concat!("../../docs/", $name, ".md")) }),*]
    };
}

/// The pages for those who use the program, in the order of `docs/SUMMARY.md`.
pub const PAGES: [Page; 11] = pages![
    "getting-started",
    "sandbox",
    "tutorial-pacs",
    "tutorial-share",
    "session",
    "usage",
    "before-and-after",
    "concepts",
    "troubleshooting",
    "formats",
    "differences",
];

impl Page {
    /// What its first line says.
    pub fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    /// The sections whose headings hold the words, each with those below it.
    fn sections(&self, words: &str) -> String {
        let mut shown = String::new();
        let mut within = None;
        let mut is_code = false;
        for line in self.text.lines() {
            is_code ^= line.starts_with("```");
            let level = line.find(|c| c != '#').filter(|level| *level > 0 && !is_code);
            if let Some(level) = level {
                within = within.filter(|outer| level > *outer);
                if within.is_none() && level > 1 && line.to_lowercase().contains(&words.to_lowercase()) {
                    within = Some(level);
                }
            }
            if within.is_some() {
                shown.extend([line, "\n"]);
            }
        }
        shown
    }
}

/// What `anon help` shows of the pages; nothing if it was asked about something else, such as a command.
pub fn asked_for(arguments: &[OsString]) -> Option<String> {
    let words: Vec<&str> = arguments.iter().skip(1).map(|argument| argument.to_str()).collect::<Option<_>>()?;
    match *words.as_slice() {
        ["help", "topics"] => Some(list()),
        ["help", name, ref words @ ..] => {
            let page = PAGES.iter().find(|page| page.name == name)?;
            let sections = page.sections(&words.join(" "));
            // The whole page is more help than none.
            let text = if words.is_empty() || sections.is_empty() { page.text } else { &sections };
            Some(for_terminals(text))
        }
        _ => None,
    }
}

fn list() -> String {
    let width = PAGES.iter().map(|page| page.name.len()).max().unwrap_or_default();
    let lines: String = PAGES.iter().map(|page| format!("  {:width$}  {}\n", page.name, page.title())).collect();
    format!(
        "Pages of the documentation:\n\n{lines}\n\
         Read one with 'anon help PAGE', or just one section of it:\n  anon help concepts batch\n  anon help troubleshooting certificate\n"
    )
}

/// Markdown without what a terminal cannot show: comments, the targets of links, and pictures but for what they show.
fn for_terminals(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("<!--"));
    let mut shown = String::new();
    let mut is_code = false;
    for line in lines {
        is_code ^= line.starts_with("```");
        let line = if is_code { line.to_owned() } else { without_links(line) };
        // Leaving something out between two empty lines leaves one.
        if !line.is_empty() || !shown.ends_with("\n\n") {
            shown.extend([line.as_str(), "\n"]);
        }
    }
    shown
}

/// `[text](target)` becomes `text`, `![text](picture)` becomes `(picture: text)`.
fn without_links(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("](") {
        match (before.rsplit_once('['), after.split_once(')')) {
            (Some((before, text)), Some((_, after))) => {
                match before.strip_suffix('!') {
                    Some(before) => shown.extend([before, "(picture: ", text, ")"]),
                    None => shown.extend([before, text]),
                }
                rest = after;
            }
            _ => break,
        }
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(line: &str) -> Option<String> {
        asked_for(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn each_page_is_listed_and_shown() {
        let list = help("anon help topics").unwrap();
        for page in &PAGES {
            assert!(list.contains(&format!("  {} ", page.name)), "{list}");
            assert!(help(&format!("anon help {}", page.name)).unwrap().starts_with(&format!("# {}\n", page.title())));
        }
        assert_eq!(help("anon help job"), None);
        assert_eq!(help("anon job reset"), None);
    }

    #[test]
    fn no_page_is_called_like_a_command() {
        let tree = crate::cli::command();
        assert!(PAGES.iter().all(|page| tree.find_subcommand(page.name).is_none()));
    }

    #[test]
    fn words_choose_sections_with_what_is_below_them() {
        let page = Page { name: "x", text: "# X\n## A word\na\n### Below\nb\n```\n# no heading\n```\n## Other\nc\n" };
        assert_eq!(page.sections("WORD"), "## A word\na\n### Below\nb\n```\n# no heading\n```\n");
        assert_eq!(page.sections("nothing"), "");
        let journal = help("anon help troubleshooting the journal").unwrap();
        assert!(journal.starts_with("### The journal cannot be read\n"), "{journal}");
        assert!(help("anon help concepts xyzzy").unwrap().starts_with("# Concepts"));
    }

    #[test]
    fn what_a_terminal_cannot_show_is_left_out() {
        assert_eq!(without_links("a [b](c.md#d), [e](f) [g]"), "a b, e [g]");
        assert_eq!(for_terminals("a\n\n![x](y)\n\n<!-- z -->\n\nb\n"), "a\n\n(picture: x)\n\nb\n");
    }
}
