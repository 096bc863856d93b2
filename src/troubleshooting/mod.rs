//! What the errors of jobs mean and what to do about them, at the spot where they are shown.

mod causes;

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};

use crate::api::{Job, JobStatus};

use causes::without_identifiers;
pub use causes::{Cause, causes};

/// A job that takes longer than this to be processed is probably stuck.
pub const STUCK_AFTER: Duration = Duration::from_secs(30 * 60);

/// What an error means, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// What happened, in a few words.
    pub title: &'static str,
    /// What has happened.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// Whether the data must not be used.
    pub forbids: bool,
}

const OPTED_OUT: Advice = Advice {
    title: "The patient has opted out",
    meaning: "The patient does not want this data to be used for research.",
    remedy: "Do not use this data. If the patient has signed a consent for your specific research, contact the trial \
             bureau, then see 'anon job set-opt-out-ignore --help'.",
    forbids: true,
};

const NOT_FOUND: Advice = Advice {
    title: "The image server does not have the data now",
    meaning: "The data could not be retrieved from the hospital's image server, often because of a temporary fault there.",
    remedy: "Wait at least 30 minutes, then run 'anon job reset' for this job or 'anon batch reset-error'.",
    forbids: false,
};

const BAD_REQUEST: Advice = Advice {
    title: "The image server failed on the data",
    meaning: "The hospital's image server failed on this data, often because it was imported incorrectly.",
    remedy: "Try again with 'anon job reset' after some hours or days. If that does not help, note the accession number and ask the \
             radiology department to check that data.",
    forbids: false,
};

const NO_SPACE: Advice = Advice {
    title: "The destination is full",
    meaning: "The share that the anonymized data goes to is full.",
    remedy: "Free up space there, then run 'anon job reset' for this job or 'anon batch reset-error'.",
    forbids: false,
};

const STUCK: Advice = Advice {
    title: "Probably held back on the server",
    meaning: "Part of the data is probably in quarantine, as happens with burned-in text, for instance in ultrasound images.",
    remedy: "Note the job id and send it to a server admin.",
    forbids: false,
};

/// Why a job has not ended well, in a few words and without identifiers.
pub fn in_few_words(job: &Job, now: NaiveDateTime) -> Option<String> {
    match (advice(job, now), &job.status, job.error_text()) {
        (Some(advice), ..) => Some(advice.title.to_owned()),
        (None, JobStatus::Error, Some(text)) => Some(causes::shortened(&without_identifiers(text))),
        (None, JobStatus::Error, None) => Some(causes::UNTOLD.to_owned()),
        _ => None,
    }
}

/// What is known about the state of a job, at a moment in the server's time.
pub fn advice(job: &Job, now: NaiveDateTime) -> Option<Advice> {
    match job.status {
        JobStatus::Error => job.error_text().and_then(for_error),
        JobStatus::Uploaded if is_older(job, now) => Some(STUCK),
        _ => None,
    }
}

/// What is known of a job that takes longer than [`STUCK_AFTER`] to be processed.
pub fn stuck() -> Advice {
    STUCK
}

fn for_error(text: &str) -> Option<Advice> {
    let text = text.to_lowercase();
    let says = |words: &str| text.contains(words);
    if says("does not want") {
        Some(OPTED_OUT)
    } else if says("no space left") {
        Some(NO_SPACE)
    } else if says("http error 404") {
        Some(NOT_FOUND)
    } else if says("http error 400") {
        Some(BAD_REQUEST)
    } else {
        None
    }
}

fn is_older(job: &Job, now: NaiveDateTime) -> bool {
    job.created_at().is_some_and(|date| {
        now.signed_duration_since(date) > TimeDelta::from_std(STUCK_AFTER).unwrap_or(TimeDelta::MAX)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn advice_for(status: &str, error: Option<&str>) -> Option<Advice> {
        let job: Job = serde_json::from_value(json!({
            "job_id": 1, "date": "2019-04-29T12:13:55", "user_name": null, "status": status, "error": error, "description": null,
            "project_name": null, "priority": 0, "files_downloaded": 1683, "files_processed": 1600
        }))
        .unwrap();
        advice(&job, "2019-04-29T12:44:00".parse().unwrap())
    }

    #[test]
    fn the_errors_that_the_manual_lists_are_recognised() {
        let wado =
            |end: &str| format!("WadoWrapperException: Got HTTP error response Original error:'HTTP Error {end}'");
        let error = |text: &str| advice_for("ERROR", Some(text));
        assert_eq!(error(r#"Patient "123456" does not want his or her data to be used for research"#), Some(OPTED_OUT));
        assert_eq!(error(&wado("404: Not Found")), Some(NOT_FOUND));
        assert_eq!(error(&wado("400: Bad Request")), Some(BAD_REQUEST));
        assert_eq!(error("original error:[Errno 28] No space left on device"), Some(NO_SPACE));
        assert_eq!(error("something new"), None);
    }

    #[test]
    fn uploaded_is_stuck_after_half_an_hour_only() {
        assert_eq!(advice_for("UPLOADED", None), Some(STUCK));
        let job: Job = serde_json::from_value(json!({
            "job_id": 1, "date": "2019-04-29T12:43:55", "user_name": null, "status": "UPLOADED", "error": null, "description": null,
            "project_name": null, "priority": 0, "files_downloaded": 1, "files_processed": 1
        }))
        .unwrap();
        assert_eq!(advice(&job, "2019-04-29T12:44:00".parse().unwrap()), None);
        assert_eq!(advice_for("DONE", None), None);
    }
}
