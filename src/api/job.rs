use std::fmt;

use chrono::{DateTime, Local, NaiveDateTime};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::values::{JobId, whole_number};

/// What a server is doing with a job.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum JobStatus {
    /// Waiting to be processed.
    Active,
    /// Handed to the anonymization core.
    Uploaded,
    /// Processed and copied to its destination.
    Done,
    /// Something went wrong: see the job's error.
    Error,
    /// Cancelled.
    Inactive,
    /// A status that this program does not know.
    Other(String),
}

impl JobStatus {
    /// The API's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            JobStatus::Active => "ACTIVE",
            JobStatus::Uploaded => "UPLOADED",
            JobStatus::Done => "DONE",
            JobStatus::Error => "ERROR",
            JobStatus::Inactive => "INACTIVE",
            JobStatus::Other(text) => text,
        }
    }
}

impl From<&str> for JobStatus {
    fn from(text: &str) -> JobStatus {
        use JobStatus::{Active, Done, Error, Inactive, Other, Uploaded};
        let known = [Active, Uploaded, Done, Error, Inactive].into_iter().find(|status| status.as_str() == text);
        known.unwrap_or_else(|| Other(text.to_owned()))
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<'de> Deserialize<'de> for JobStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JobStatus, D::Error> {
        Option::<String>::deserialize(deserializer).map(|text| JobStatus::from(text.as_deref().unwrap_or("")))
    }
}

/// A job as the server describes it.
///
/// The named fields are always there, though most can be empty; what else a server sends is kept in `more`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(expecting = "a job")]
pub struct Job {
    /// The server's number for it.
    pub job_id: JobId,
    /// When it was created: `2016-08-26T15:04:44`.
    #[serde(deserialize_with = "text")]
    pub date: Option<String>,
    /// Who created it.
    #[serde(deserialize_with = "text")]
    pub user_name: Option<String>,
    /// What the server is doing with it. Can be null, but not missing.
    #[serde(deserialize_with = "JobStatus::deserialize")]
    pub status: JobStatus,
    /// What went wrong.
    #[serde(deserialize_with = "text")]
    pub error: Option<String>,
    /// Free text.
    #[serde(deserialize_with = "text")]
    pub description: Option<String>,
    /// The project whose rules anonymize it.
    #[serde(deserialize_with = "text")]
    pub project_name: Option<String>,
    /// Higher goes first.
    #[serde(deserialize_with = "count")]
    pub priority: Option<i64>,
    /// Files fetched from the source.
    #[serde(deserialize_with = "count")]
    pub files_downloaded: Option<i64>,
    /// Files anonymized.
    #[serde(deserialize_with = "count")]
    pub files_processed: Option<i64>,
    /// Every other field: source and destination, where the call gives them.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Job {
    /// A field of source or destination as text, where the call gives it (`get_job`, `get_jobs_list_extended`).
    pub fn detail(&self, name: &str) -> Option<String> {
        plain_text(self.more.get(name)?)
    }

    /// The pseudonym for the patient's id, where the call gives it.
    pub fn pseudo_id(&self) -> Option<String> {
        self.detail("source_anonymizedpatientid")
    }

    /// When it was created, by the server's clock.
    pub fn created_at(&self) -> Option<NaiveDateTime> {
        self.date.as_deref().and_then(moment)
    }

    /// The error text, if it says anything. A reset leaves a single space.
    pub fn error_text(&self) -> Option<&str> {
        self.error.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }
}

/// A value as text. `null` is none.
pub(super) fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// A date of the API, `2016-08-26T15:04:44`, with or without fractions of a second. One that names its time zone is turned into
/// local time.
pub(super) fn moment(date: &str) -> Option<NaiveDateTime> {
    let date = date.trim();
    if let Ok(zoned) = DateTime::parse_from_rfc3339(date) {
        return Some(zoned.with_timezone(&Local).naive_local());
    }
    date.get(..19)?.replacen(' ', "T", 1).parse().ok()
}

/// A number to show. Anything else is left out, rather than hiding the job and all others with it.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(whole_number(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// Text, or a plain value as text, or null.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        other @ (Value::Bool(_) | Value::Number(_)) => Ok(Some(other.to_string())),
        _ => Err(serde::de::Error::custom("expected text")),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use serde_json::json;

    use super::*;

    #[test]
    fn null_and_textual_numbers_are_read() {
        let job: Job = serde_json::from_value(json!({
            "job_id": "7", "date": null, "user_name": "z1", "status": "PAUSED", "error": " ", "description": null,
            "project_name": null, "priority": null, "files_downloaded": "12", "files_processed": 3, "new_field": [1]
        }))
        .unwrap();
        assert_eq!((job.job_id, job.files_downloaded, job.files_processed), (JobId(7), Some(12), Some(3)));
        assert_eq!(job.status, JobStatus::Other("PAUSED".to_owned()));
        assert_eq!(job.error_text(), None);
        assert_eq!(job.more["new_field"], json!([1]));
    }

    #[test]
    fn odd_values_do_not_hide_the_job() {
        let job: Job = serde_json::from_value(json!({
            "job_id": 7.0, "date": null, "user_name": "z1", "status": "DONE", "error": " ", "description": null,
            "project_name": null, "priority": "high", "files_downloaded": 3.0, "files_processed": true,
            "source_anonymizedpatientid": 34
        }))
        .unwrap();
        assert_eq!(
            (job.job_id, job.priority, job.files_downloaded, job.files_processed),
            (JobId(7), None, Some(3), None)
        );
        assert_eq!(job.pseudo_id().as_deref(), Some("34"));
        assert!(whole_number(json!(1.5)).is_err() && whole_number(json!("x")).is_err());
    }

    #[test]
    fn dates_are_read_in_the_forms_that_servers_write() {
        let noon = "2026-11-23T12:00:00".parse().ok();
        for text in ["2026-11-23T12:00:00", "2026-11-23 12:00:00", " 2026-11-23T12:00:00.123456"] {
            assert_eq!(moment(text), noon, "{text}");
        }
        let zoned = Local.from_local_datetime(&noon.unwrap()).unwrap();
        assert_eq!(moment(&zoned.to_rfc3339()), noon);
        assert_eq!(moment(&zoned.to_utc().to_rfc3339()), noon);
        assert!(["yesterday", "", "2026-11-23T12:00:0é"].into_iter().all(|text| moment(text).is_none()));
    }

    #[test]
    fn a_missing_field_is_named() {
        let error = serde_json::from_value::<Job>(json!({"job_id": 7})).unwrap_err().to_string();
        assert_eq!(error, "missing field `date`");
    }
}
