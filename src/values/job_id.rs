use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The number by which a server knows a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<JobId, Self::Err> {
        text.trim().parse().map(JobId)
    }
}

impl<'de> Deserialize<'de> for JobId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JobId, D::Error> {
        whole_number(deserializer)?.map(JobId).ok_or_else(|| serde::de::Error::custom("job_id is null"))
    }
}

/// A number, or a number written as text, or null.
pub(crate) fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::Number(number) if number.is_i64() => Ok(number.as_i64()),
        // `3.0`, as long as it is exact.
        Value::Number(number) => match number.as_f64() {
            Some(value) if value.fract() == 0.0 && value.abs() < 1e15 => Ok(Some(value as i64)),
            _ => Err(serde::de::Error::custom("expected a whole number")),
        },
        Value::String(text) => text.trim().parse().map(Some).map_err(serde::de::Error::custom),
        _ => Err(serde::de::Error::custom("expected a whole number")),
    }
}
