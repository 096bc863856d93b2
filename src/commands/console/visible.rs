use std::borrow::Cow;
use std::fmt::Write;

/// Text from outside (servers, file names, spreadsheets, the command line) on one line, with what could command the terminal,
/// forge a line or hide something shown as an escape: control characters, line breaks of all kinds, marks that turn the
/// direction of text, invisible tags. Tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let show = |c: char| if is_unseen(c) { c.escape_default().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(show).collect())
}

fn is_unseen(c: char) -> bool {
    c.is_control() && c != '\t'
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Like [`visible`], for our own messages: line breaks at the ends are intentional blank lines.
pub fn line(text: &str) -> String {
    let rest = text.trim_start_matches('\n');
    let inner = rest.trim_end_matches('\n');
    let (before, after) = (&text[..text.len() - rest.len()], &rest[inner.len()..]);
    format!("{before}{}{after}", visible(inner))
}

/// How many characters of an error or a server's text are shown.
const ENOUGH: usize = 4_000;

/// The beginning of a text of any length, and how long it is.
pub fn beginning(text: &str) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(ENOUGH) else { return Cow::Borrowed(text) };
    let mut shown = text[..end].to_owned();
    let _ = write!(shown, "… ({} characters in all)", text.chars().count());
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_and_hidden_characters_are_made_visible() {
        assert_eq!(visible("a\u{1b}[2Jb\r\u{9b}1m\tc"), "a\\u{1b}[2Jb\\r\\u{9b}1m\tc");
        assert_eq!(visible("one\nerror: two\u{2028}three"), "one\\nerror: two\\u{2028}three");
        assert_eq!(visible("x\u{202e}gpj.exe\u{e0041}"), "x\\u{202e}gpj.exe\\u{e0041}");
        assert_eq!(visible("patiënt 漢 👩\u{200d}🔬"), "patiënt 漢 👩\u{200d}🔬");
    }

    #[test]
    fn blank_lines_around_a_message_stay() {
        assert_eq!(line("\nservers of a\nb:\n\n"), "\nservers of a\\nb:\n\n");
        assert_eq!((line("\n"), line("")), ("\n".to_owned(), String::new()));
    }

    #[test]
    fn a_long_text_is_shown_by_its_beginning_and_its_length() {
        let text = "é".repeat(1_000_000);
        let shown = beginning(&text);
        assert!(shown.len() < 9_000 && shown.ends_with("… (1000000 characters in all)"), "{}", shown.len());
        assert_eq!(beginning("short"), "short");
    }

    proptest! {
        #[test]
        fn a_line_is_one_line(text in any::<String>()) {
            prop_assert!(!visible(&text).contains(is_unseen));
            prop_assert_eq!(line(&format!("x{text}x")).lines().count(), 1);
        }
    }
}
