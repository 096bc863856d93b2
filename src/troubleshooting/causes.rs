//! Groups jobs by why they failed: messages that differ only in identifiers are one cause.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::{Advice, advice};
use crate::api::Job;

/// What is said where a server says nothing.
pub(super) const UNTOLD: &str = "The server gives no reason";

/// What stands in the place of an identifier.
const ANY: &str = "…";

/// Why jobs failed.
#[derive(Debug, PartialEq)]
pub struct Cause<'j> {
    /// In a few words, without identifiers.
    pub title: String,
    /// What the server says: in full if it says the same of each job, or else without identifiers.
    pub text: Option<String>,
    /// What it means and what to do, where that is known.
    pub advice: Option<Advice>,
    /// The jobs, in their order.
    pub jobs: Vec<&'j Job>,
}

/// The causes of jobs that failed: those of many jobs first, then in the order of their jobs, so that the same jobs have the same
/// causes in the same order each time.
pub fn causes(jobs: &[Job], now: NaiveDateTime) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = vec![];
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for job in jobs {
        let advice = advice(job, now);
        let key = match (advice, job.error_text()) {
            (Some(advice), _) => advice.title.to_owned(),
            (None, Some(text)) => without_identifiers(text),
            (None, None) => UNTOLD.to_owned(),
        };
        let title = shortened(&key);
        let number = *numbers.entry(key).or_insert(causes.len());
        if let Some(cause) = causes.get_mut(number) {
            if cause.text.as_deref() != job.error_text() {
                cause.text = cause.text.as_deref().map(without_identifiers);
            }
            cause.jobs.push(job);
        } else {
            let text = job.error_text().map(str::to_owned);
            causes.push(Cause { title, text, advice, jobs: vec![job] });
        }
    }
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.jobs.len()));
    causes
}

/// The beginning of a text that may be a whole stack trace.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}{ANY}", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// A server's text with `…` in the place of numbers, paths, UIDs and quoted names. The numbers of errors stay: `HTTP Error 404`.
pub fn without_identifiers(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let begins_a_word = !out.ends_with(char::is_alphanumeric);
        if let Some(end) = quoted_identifier(rest).filter(|_| begins_a_word) {
            out.extend([&rest[..1], ANY, &rest[end..=end]]);
            rest = &rest[end + 1..];
        } else if first.is_whitespace() || is_mark(first) {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || is_mark(c)).unwrap_or(rest.len());
            let word = &rest[..end];
            match word.strip_suffix(':') {
                Some(_) if is_identifier(word, &out) => out.extend([ANY, ":"]),
                None if is_identifier(word, &out) => out.push_str(ANY),
                _ => out.push_str(word),
            }
            rest = &rest[end..];
        }
    }
    out
}

/// What stands around words.
fn is_mark(c: char) -> bool {
    matches!(c, '"' | '\'' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | ',' | ';' | '=' | '|')
}

/// Where the quotation ends that the text begins with, if what is quoted is one word or a path.
fn quoted_identifier(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let end = 1 + text[1..].find(quote)?;
    let inner = &text[1..end];
    let is_path = inner.contains('\\') || inner.starts_with('/');
    (!inner.is_empty() && (is_path || !inner.contains(char::is_whitespace))).then_some(end)
}

/// Whether a word says which one it is about. `before` is what stands before it.
fn is_identifier(word: &str, before: &str) -> bool {
    if word.contains('\\') || word.contains('/') && word.len() > 1 {
        return true;
    }
    let word = word.trim_end_matches([':', '.', '!', '?']);
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    let word_before =
        before.trim_end_matches(|c: char| !c.is_alphanumeric()).rsplit(|c: char| !c.is_alphanumeric()).next();
    let names_an_error =
        |word: &str| ["error", "errno", "http", "status", "code"].contains(&word.to_lowercase().as_str());
    let is_code = is_number && word.len() <= 3 && word_before.is_some_and(names_an_error);
    word.contains(|c: char| c.is_ascii_digit()) && !is_code
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn failed(id: i64, error: Option<&str>) -> Job {
        serde_json::from_value(json!({
            "job_id": id, "date": null, "user_name": null, "status": "ERROR", "error": error, "description": null,
            "project_name": null, "priority": 0, "files_downloaded": 0, "files_processed": 0
        }))
        .unwrap()
    }

    fn grouped(errors: &[Option<&str>]) -> Vec<(String, Option<String>, Vec<i64>)> {
        let jobs: Vec<Job> = (1..).zip(errors).map(|(id, error)| failed(id, *error)).collect();
        let causes = causes(&jobs, "2026-11-23T12:00:00".parse().unwrap());
        let ids = |cause: &Cause<'_>| cause.jobs.iter().map(|job| job.job_id.0).collect();
        causes.iter().map(|cause| (cause.title.clone(), cause.text.clone(), ids(cause))).collect()
    }

    #[test]
    fn identifiers_do_not_count_and_numbers_of_errors_do() {
        for (text, masked) in [
            (r#"Patient "123456" does not want his data"#, r#"Patient "…" does not want his data"#),
            (r"cannot write \\server\share\a\1.dcm: it is full", "cannot write …: it is full"),
            ("cannot open '/data/my study/x.dcm'", "cannot open '…'"),
            ("series 1.2.840.113619.2.55 of job 1077 failed.", "series … of job … failed."),
            ("Original error:'HTTP Error 404: Not Found'", "Original error:'HTTP Error 404: Not Found'"),
            ("[Errno 28] No space left", "[Errno 28] No space left"),
            ("error 123456", "error …"),
            ("it doesn't answer, isn't there", "it doesn't answer, isn't there"),
            ("two\n  lines", "two lines"),
        ] {
            assert_eq!(without_identifiers(text), masked, "{text}");
        }
    }

    #[test]
    fn jobs_of_one_cause_are_together_and_many_come_first() {
        let causes = grouped(&[
            Some("Got HTTP Error 404: Not Found for 1.2.3"),
            Some("Patient \"1\" does not want his or her data to be used"),
            Some("Patient \"2\" does not want his or her data to be used"),
            Some("tag (0008,0018) of 1.2.3 is odd"),
            None,
            Some("tag (0008,0018) of 1.2.4 is odd"),
            Some("Patient \"2\" does not want his or her data to be used"),
        ]);
        let expected = [
            (
                "The patient has opted out",
                Some("Patient \"…\" does not want his or her data to be used"),
                vec![2, 3, 7],
            ),
            ("tag (…,…) of … is odd", Some("tag (…,…) of … is odd"), vec![4, 6]),
            ("The image server does not have the data now", Some("Got HTTP Error 404: Not Found for 1.2.3"), vec![1]),
            (UNTOLD, None, vec![5]),
        ];
        let expected = expected.map(|(title, text, ids)| (title.to_owned(), text.map(str::to_owned), ids));
        assert_eq!(causes, expected);
    }

    #[test]
    fn a_text_that_all_jobs_share_is_whole() {
        let causes = grouped(&[Some("job 5 is odd"), Some("job 5 is odd")]);
        assert_eq!(causes, [("job … is odd".to_owned(), Some("job 5 is odd".to_owned()), vec![1, 2])]);
    }

    proptest! {
        #[test]
        fn any_text_can_be_masked_and_masking_again_changes_nothing(text in any::<String>()) {
            let once = without_identifiers(&text);
            prop_assert_eq!(without_identifiers(&once), once.clone());
        }
    }
}
