//! As much of Markdown as the tests need.

/// A fenced block of a page.
pub struct Block<'a> {
    /// What stands behind the opening fence.
    #[cfg_attr(windows, expect(dead_code, reason = "for sessions, which are of Unix"))]
    pub language: &'a str,
    /// The line of the page that its first line of content is, from 0.
    pub first: usize,
    pub lines: Vec<&'a str>,
}

/// The fenced blocks of a page.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = vec![];
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                open = Some(Block { language: language.trim(), first: number + 1, lines: vec![] })
            }
            (None, Some(block)) => block.lines.push(line),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fenced block is not closed");
    blocks
}

/// The lines outside of fenced blocks, with their numbers from 0.
pub fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut inside = false;
    let mut lines = vec![];
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            lines.push((number, line));
        }
    }
    lines
}

/// The pieces of a line between backticks.
pub fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Cuts a command line as a shell does: quotes keep words together, ` #` begins a comment.
pub fn words(line: &str) -> Vec<String> {
    let mut words = vec![];
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (None, '#') if word.is_none() => break,
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    assert!(quote.is_none(), "a quote is not closed: {line}");
    words.extend(word);
    words
}

#[test]
fn lines_are_cut_as_a_shell_does() {
    assert_eq!(words(r#"anon select add "my *.dcm" '' # all"#), ["anon", "select", "add", "my *.dcm", ""]);
}
