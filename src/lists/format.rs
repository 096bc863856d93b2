//! What a number format makes of a cell, where the format is plain: digits, and text before and after them.
//!
//! A number format (ECMA-376, 18.8.31) has up to four sections: for positive numbers, negative ones, zero, and text. Plain are
//! `General`, `0000000`, `0.00000000`, `"MR"0000000` and `@`. With any other (thousands, percent, exponents, fractions,
//! conditions) it is not worth the risk to guess what a person sees: the cell is refused.

use super::cells::{Cell, CellFault, number};

/// The digits that a spreadsheet keeps and shows.
const DIGITS: usize = 15;
/// A spreadsheet lets a format have no more decimals.
const MOST_DIGITS: usize = 30;

/// A section that is plain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Section {
    before: String,
    body: Option<Body>,
    after: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    /// `General`, `@`: the text, or the number itself.
    AsItIs,
    /// `#00.0#`: at least two digits, a point, one or two decimals.
    Digits { least: usize, least_decimals: usize, most_decimals: usize },
}

/// A number as its format shows it.
pub(super) fn shown(value: f64, format: &str) -> Cell {
    // Most cells have no format of their own.
    let text = if format.eq_ignore_ascii_case("general") { number(value) } else { formatted(value, format) };
    text.map_or_else(Cell::Faulty, Cell::Text)
}

/// A text as its format shows it: only a format with `@` and more changes it.
pub(super) fn shown_text(text: &str, format: &str) -> Cell {
    let sections = sections(format);
    let for_text = match sections.as_slice() {
        [_, _, _, text, ..] => Some(*text),
        others => others.last().copied().filter(|section| section.contains('@')),
    };
    let Some(for_text) = for_text else { return super::cells::text(text) };
    match section(for_text) {
        Some(Section { before, body: Some(Body::AsItIs), after }) => {
            // The padding around a text is not part of it, while a real space can begin the name of a folder.
            super::cells::text(format!("{}{text}{}", before.trim_start(), after.trim_end()))
        }
        _ => Cell::Faulty(refused(format)),
    }
}

fn formatted(value: f64, format: &str) -> Result<String, CellFault> {
    let unformatted = number(value)?;
    let sections = sections(format);
    let chosen = match sections.as_slice() {
        [all] => all,
        [positive, ..] if value > 0.0 => positive,
        [positive, _] if value == 0.0 => positive,
        [_, _, zero, ..] if value == 0.0 => zero,
        _ => return Err(refused(format)),
    };
    let Some(Section { before, body: Some(body), after }) = section(chosen) else { return Err(refused(format)) };
    let text = match body {
        Body::AsItIs => unformatted,
        Body::Digits { least, least_decimals, most_decimals } => {
            let mut text = format!("{:.*}", most_decimals, value.abs());
            if text.parse() != Ok(value.abs()) {
                return Err(CellFault::new(format!(
                    "this cell contains {unformatted}, but its number format '{format}' shows fewer digits"
                )));
            }
            // The decimals of a whole number are all 0, so none can be lost.
            let kept = text.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
            if kept > DIGITS && value.fract() != 0.0 {
                return Err(CellFault::new("this number shows more digits than a spreadsheet keeps (15)"));
            }
            for _ in least_decimals..most_decimals {
                if text.ends_with('0') {
                    text.pop();
                }
            }
            // `#.#` shows `5.`
            if text.ends_with('.') {
                return Err(refused(format));
            }
            let end_of_whole = text.find('.').unwrap_or(text.len());
            let (whole, decimals) = text.split_at(end_of_whole);
            let whole = if whole == "0" { "" } else { whole };
            let sign = if value < 0.0 { "-" } else { "" };
            format!("{sign}{whole:0>least$}{decimals}")
        }
    };
    let text = format!("{before}{text}{after}");
    if text.trim().is_empty() { Err(refused(format)) } else { Ok(text.trim().to_owned()) }
}

fn refused(format: &str) -> CellFault {
    CellFault::new(format!("this cell does not show what it contains, because of its number format '{format}'"))
}

/// The sections, split at the semicolons that are not quoted.
fn sections(format: &str) -> Vec<&str> {
    let (mut sections, mut start, mut quoted, mut escaped) = (vec![], 0, false, false);
    for (index, letter) in format.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                sections.push(&format[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    sections.push(&format[start..]);
    sections
}

/// Reads a section; none if it is not plain.
fn section(text: &str) -> Option<Section> {
    let mut section = Section::default();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        let next = || Some(after.split_at(after.chars().next()?.len_utf8()));
        let literal;
        (literal, rest) = match letter {
            '"' => after.split_once('"')?,
            '\\' => next()?,
            // Room as wide as the next letter.
            '_' => (" ", next()?.1),
            // A colour, or a language without a currency.
            '[' => {
                let (inside, after) = after.split_once(']')?;
                let is_language = inside.starts_with("$-");
                let is_colour = inside.chars().all(|c| c.is_ascii_alphanumeric());
                let is_time = inside.chars().all(|c| "hmsHMS".contains(c));
                if is_time || !is_language && !is_colour {
                    return None;
                }
                ("", after)
            }
            ' ' | '-' | '+' | '(' | ')' | ':' => rest.split_at(1),
            _ => {
                let (body, after) = body(rest)?;
                if section.body.replace(body).is_some() {
                    return None;
                }
                ("", after)
            }
        };
        let place = if section.body.is_some() { &mut section.after } else { &mut section.before };
        place.push_str(literal);
    }
    Some(section)
}

fn body(text: &str) -> Option<(Body, &str)> {
    for general in ["@", "general"] {
        if let Some((start, after)) = text.split_at_checked(general.len())
            && start.eq_ignore_ascii_case(general)
        {
            return Some((Body::AsItIs, after));
        }
    }
    let digits = |text: &str| text.bytes().take_while(|byte| matches!(byte, b'0' | b'#')).count();
    let (whole, mut after) = text.split_at(digits(text));
    let mut decimals = "";
    if let Some(behind) = after.strip_prefix('.') {
        (decimals, after) = behind.split_at(digits(behind));
        // `0.` shows `5.`
        if decimals.is_empty() {
            return None;
        }
    }
    // `0#` and `#.#0` mean the same as `00` and `#.00`.
    let least = whole.find('0').map_or(0, |first| whole.len() - first);
    let least_decimals = decimals.rfind('0').map_or(0, |last| last + 1);
    let is_plain = whole.len() + decimals.len() > 0 && whole.len().max(decimals.len()) <= MOST_DIGITS;
    is_plain.then_some((Body::Digits { least, least_decimals, most_decimals: decimals.len() }, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(cell: Cell) -> Option<String> {
        match cell {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    #[test]
    fn plain_formats_show_what_a_person_sees() {
        for (value, format, seen) in [
            (123.0, "0000000", "0000123"),
            (12.0, "General", "12"),
            (1_234_567.123_456_7, "0.00000000", "1234567.12345670"),
            (1_234_567.123_456_78, "0.00000000", "1234567.12345678"),
            (123.0, "\"MR\"0000000", "MR0000123"),
            (123.0, "\\M\\R0000000", "MR0000123"),
            (123.0, "0000000\"-A\"", "0000123-A"),
            (123.0, "@", "123"),
            (123.0, "0", "123"),
            (0.0, "0", "0"),
            (0.0, "0000", "0000"),
            (5.0, "#", "5"),
            (123.0, "0.0", "123.0"),
            (0.5, ".00", ".50"),
            (1.5, "0.0##", "1.5"),
            (-5.0, "000", "-005"),
            (5.0, "000_);(000)", "005"),
            (7.0, "[$-413]0000", "0007"),
            (7.0, "[Red]0000", "0007"),
            (7.0, "\"P\"General", "P7"),
            (123_456_789_012_345.0, "0", "123456789012345"),
        ] {
            assert_eq!(text(shown(value, format)).as_deref(), Some(seen), "{value} {format}");
        }
        assert_eq!(text(shown_text("12", "\"MR\"@")).as_deref(), Some("MR12"));
        assert_eq!(text(shown_text("12", "0000")).as_deref(), Some("12"));
        assert_eq!(text(shown_text("12", "0;0;0;@")).as_deref(), Some("12"));
        let accounting = "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)";
        assert_eq!(
            text(shown_text("a", accounting)).as_deref(),
            Some("a"),
            "the name of a folder has no spaces around it"
        );
    }

    #[test]
    fn other_formats_are_refused() {
        for (value, format) in [
            (1234.0, "#,##0"),
            (0.5, "0%"),
            (1234.0, "0.00E+00"),
            (0.5, "# ?/?"),
            (12_345_678.0, "00-000000"),
            (1.25, "0.0"),
            (1.5, "0"),
            (5.0, "[<10]\"low\";0"),
            (5.0, "[$€-2]0"),
            (5.0, ";;;"),
            (0.0, "0;-0;"),
            (-5.0, "0;(0)"),
            (0.0, "#"),
            (5.0, "0."),
            (5.0, "dd-mm"),
            (5.0, "\"open"),
            (12_345_678.123_456_78, "0.00000000"),
            (1e15, "0"),
        ] {
            assert!(matches!(shown(value, format), Cell::Faulty(_)), "{value} {format}");
        }
        assert!(matches!(shown_text("12", ";;;"), Cell::Faulty(_)));
    }

    proptest! {
        #[test]
        fn no_format_is_too_strange(format in "[0#.@;\"\\\\_*\\[\\]A-Ga-z$ -é]{0,12}", value in any::<f64>(), word in "\\PC{0,5}") {
            let _ = shown(value, &format);
            let _ = shown_text(&word, &format);
        }

        #[test]
        fn zeros_in_front_are_all_that_is_added(value in 0u32.., digits in 1..12usize) {
            let seen = text(shown(f64::from(value), &"0".repeat(digits))).unwrap();
            prop_assert_eq!(seen.parse(), Ok(value));
            prop_assert_eq!(seen.len(), digits.max(value.to_string().len()));
        }
    }
}
