//! What the answers of the web API mean: from a status and a body to values, or to how the call failed.

use reqwest::StatusCode;
use serde_json::Value;

use super::error::{Failure, NotAnApi};
use super::job::Job;

/// The value that a function has answered with.
///
/// # Errors
/// How the call failed, as the status and the body tell.
pub fn read(function: &str, status: u16, body: &[u8]) -> Result<Value, Failure> {
    if status == 200 {
        return serde_json::from_slice(body).map_err(|_| Failure::NotAnApi(NotAnApi::NotJson));
    }
    Err(failure(function, status, body))
}

/// The API's own documentation, which a live API gives when it is asked for no function.
///
/// # Errors
/// [`Failure::NotAnApi`] if it is not there, or how else the call failed.
pub fn documentation(status: u16, body: &[u8]) -> Result<Value, Failure> {
    match (status, documentation_in(body)) {
        (200 | 404, Some(documentation)) => Ok(documentation),
        (200, None) => Err(Failure::NotAnApi(NotAnApi::NoDocumentation)),
        _ => Err(failure("", status, body)),
    }
}

/// The jobs of `{"1": {…}, "2": {…}}`. A server without any may answer with an empty list.
///
/// # Errors
/// [`Failure::BadAnswer`] if it is anything else.
pub fn jobs(answer: Value) -> Result<Vec<Job>, Failure> {
    match answer {
        Value::Object(jobs) => jobs.into_iter().map(|(_, job)| understand(job)).collect(),
        Value::Array(jobs) => jobs.into_iter().map(understand).collect(),
        _ => Err(Failure::BadAnswer("expected jobs by their id".to_owned())),
    }
}

/// Turns a value of the API into one of ours.
///
/// # Errors
/// [`Failure::BadAnswer`] that says what was expected.
pub fn understand<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|error| Failure::BadAnswer(error.to_string()))
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
        404 => Failure::NotAnApi(NotAnApi::NotFound),
        405 => Failure::WrongMethod,
        other => StatusCode::from_u16(other).map_or(Failure::Broken, Failure::Unexpected),
    }
}

fn documentation_in(body: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(body).ok()?;
    value.get("documentation").cloned()
}

/// The texts of `{"errors": {"name": "text"}}`.
fn rejections(body: &[u8]) -> Option<Vec<(String, String)>> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let errors = value.get("errors")?.as_object()?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(errors.iter().map(|(name, value)| (name.clone(), text(value))).collect())
}
