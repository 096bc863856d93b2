//! What differs each time that a session is run.

/// What a page shows in the place of lines that do not matter there.
const ELLIPSIS: &str = "…";

/// What was printed, or what the page says of it if only dates and the like differ, and what it leaves out.
pub fn keep_what_fits(told: &[&str], printed: &str) -> Vec<String> {
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let plain = |lines: &[&str]| lines.iter().map(|line| without_what_varies(line)).collect::<Vec<_>>();
    let kept = if fits(&plain(told), &plain(&printed)) { told } else { &printed };
    kept.iter().map(|line| (*line).to_owned()).collect()
}

/// Whether lines are those of a page, with any in the place of an ellipsis.
fn fits(told: &[String], printed: &[String]) -> bool {
    match told {
        [first, rest @ ..] if first == ELLIPSIS => (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..])),
        [first, rest @ ..] => printed.first() == Some(first) && fits(rest, &printed[1..]),
        [] => printed.is_empty(),
    }
}

/// Dates, times, and the ids of selections. `d` stands for a digit, `h` for one of a hexadecimal number.
const VARYING: [&str; 5] = [
    "dddd-dd-ddTdd:dd:dd",
    "MONTH dd dddd",
    "MONTH_dd_dddd",
    "'hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh'",
    "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh",
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The line without dates, times and ids.
fn without_what_varies(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line.trim_end();
    while let Some(c) = rest.chars().next() {
        let is_inside_word = out.ends_with(|c: char| c.is_ascii_alphanumeric());
        match VARYING.iter().find_map(|pattern| length_of(pattern, rest)).filter(|_| !is_inside_word) {
            Some(length) => {
                out.push('~');
                rest = &rest[length..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// How much of the text a pattern takes, if the text begins with it.
fn length_of(pattern: &str, text: &str) -> Option<usize> {
    let (month, pattern) = match pattern.strip_prefix("MONTH") {
        Some(pattern) => (MONTHS.iter().find(|month| text.starts_with(**month))?.len(), pattern),
        None => (0, pattern),
    };
    let bytes = text.as_bytes().get(month..month + pattern.len())?;
    let fits = pattern.bytes().zip(bytes).all(|(want, have)| match want {
        b'd' => have.is_ascii_digit(),
        b'h' => have.is_ascii_hexdigit(),
        want => want == *have,
    });
    // What does not fit may end within a character.
    let rest = text.get(month + pattern.len()..).filter(|_| fits)?;
    rest.chars().next().is_none_or(|c| !c.is_ascii_alphanumeric()).then_some(month + pattern.len())
}

#[test]
fn only_dates_and_ids_vary() {
    let same = |one, two| without_what_varies(one) == without_what_varies(two);
    assert!(same("1  2026-02-03T04:05:06  DONE", "1  2025-12-31T23:59:59  DONE"));
    assert!(same("x,generated_May_03_2026", "x,generated_July_13_2026"));
    assert!(same("id: 94cc63f4-5a92-4f25-8053-0812e5024397", "id: '00000000-5a92-4f25-8053-0812e5024397'"));
    assert!(!same("Created job with id 1001", "Created job with id 1002"));
    assert!(!same("10 files", "12 files"));
}

#[test]
fn an_ellipsis_stands_for_any_lines() {
    let same = |told: &[&str]| keep_what_fits(told, "one\ntwo\nthree\n") == told;
    assert!(same(&["one", "…", "three"]) && same(&["…", "two", "three", "…"]) && same(&["…"]));
    assert!(!same(&["…", "two"]) && !same(&["one", "three", "…"]) && !same(&["one"]));
}
