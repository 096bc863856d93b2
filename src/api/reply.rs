//! What the answers of the web API mean: from a status and a body to values, or to how the call failed.

use reqwest::StatusCode;
use serde::de::{DeserializeOwned, Error, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::error::Category;

use super::error::Failure;
use super::job::Job;

/// No honest answer holds more values: a thousand jobs with every field are 30,000. Each takes up to a hundred bytes of memory.
const MOST_VALUES: usize = 500_000;

/// How an answer is refused for its size.
pub(super) const TOO_LARGE: &str = "the answer is larger than any real one (16 MiB or 500,000 values)";

/// The value that a function has answered with.
///
/// # Errors
/// How the call failed, as the status and the body tell.
pub fn read<T: DeserializeOwned>(function: &str, status: u16, body: &[u8]) -> Result<T, Failure> {
    if status == 200 { parse(body) } else { Err(failure(function, status, body)) }
}

/// The API's own documentation, which a live API returns for a call without a function.
///
/// # Errors
/// [`Failure::NotFound`] or [`Failure::NotAnApi`] if it is not there, or how else the call failed.
pub fn documentation(status: u16, body: &[u8]) -> Result<Value, Failure> {
    match (status, documentation_in(body)) {
        (200 | 404, Some(documentation)) => Ok(documentation),
        (200, None) => Err(Failure::NotAnApi("the answer contains no documentation")),
        _ => Err(failure("", status, body)),
    }
}

/// Whether a body is JSON, whatever it says.
pub(super) fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// Jobs as the API lists them: `{"1": {…}, "2": {…}}`. A server without any may answer with an empty list.
#[derive(Debug)]
pub struct Jobs(pub Vec<Job>);

impl<'de> Deserialize<'de> for Jobs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Jobs, D::Error> {
        let jobs: Vec<Value> = match Value::deserialize(deserializer)? {
            Value::Object(jobs) => jobs.into_iter().map(|(_, job)| job).collect(),
            Value::Array(jobs) => jobs,
            _ => return Err(D::Error::custom("expected jobs by their id")),
        };
        let jobs = jobs.into_iter().map(Job::deserialize).collect::<Result<_, _>>();
        jobs.map(Jobs).map_err(D::Error::custom)
    }
}

/// Reads JSON into a value of ours, in bounded memory. serde_json itself goes no deeper than 128 levels.
///
/// # Errors
/// [`Failure::NotAnApi`] if it is not JSON, [`Failure::BadAnswer`] that says what was expected.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    if values(body) > MOST_VALUES {
        return Err(Failure::NotAnApi(TOO_LARGE));
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => Failure::BadAnswer(error.to_string()),
        Category::Syntax | Category::Eof | Category::Io => Failure::NotAnApi("the answer is not JSON"),
    })
}

/// About how many values JSON holds, and not fewer.
fn values(json: &[u8]) -> usize {
    let (mut count, mut in_string, mut escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// What a status other than 200 means.
fn failure(function: &str, status: u16, body: &[u8]) -> Failure {
    match status {
        400 => match rejections(body) {
            Some(texts) => Failure::Rejected(texts),
            None => Failure::Unexpected(StatusCode::BAD_REQUEST),
        },
        401 => Failure::Unauthorized,
        404 if documentation_in(body).is_some() => Failure::NoSuchFunction(function.to_owned()),
        404 => Failure::NotFound,
        405 => Failure::WrongMethod,
        other => StatusCode::from_u16(other).map_or(Failure::Broken, Failure::Unexpected),
    }
}

fn documentation_in(body: &[u8]) -> Option<Value> {
    let value: Value = parse(body).ok()?;
    value.get("documentation").cloned()
}

/// The texts of `{"errors": {"name": "text"}}`.
fn rejections(body: &[u8]) -> Option<Vec<(String, String)>> {
    let value: Value = parse(body).ok()?;
    let errors = value.get("errors")?.as_object()?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(errors.iter().map(|(name, value)| (name.clone(), text(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_texts() {
        assert_eq!(values(br#"{"a": [1, 2, "x,y,[{\",", 3], "b": {}}"#), 8);
        assert!(values(&b"[".repeat(1000)) > 1000);
    }

    #[test]
    fn oversized_answers_are_not_read() {
        let many = format!("[{}0]", "0,".repeat(MOST_VALUES));
        let read = |body: &str| read::<Value>("get_jobs", 200, body.as_bytes());
        assert!(matches!(read(&many), Err(Failure::NotAnApi(TOO_LARGE))));
        let deep = "[".repeat(100_000);
        assert!(matches!(read(&deep), Err(Failure::NotAnApi("the answer is not JSON"))));
        let long = format!("\"{}\"", "x,".repeat(MOST_VALUES));
        assert!(read(&long).is_ok(), "a long text is one value");
    }

    #[test]
    fn jobs_come_by_their_id_or_as_a_list() {
        let read = |body: &str| read::<Jobs>("get_jobs", 200, body.as_bytes());
        assert!(read("{}").unwrap().0.is_empty() && read("[]").unwrap().0.is_empty());
        let error = read("7").unwrap_err().to_string();
        assert!(error.contains("expected jobs by their id"), "{error}");
        assert!(matches!(read("<html>"), Err(Failure::NotAnApi("the answer is not JSON"))));
    }
}
