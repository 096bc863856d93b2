//! What a call to the web API can come back with, other than an answer.

/// A call to the web API that failed.
#[derive(Debug, thiserror::Error)]
#[error("{url}: failed")]
pub struct ApiError {
    /// The URL that was called.
    pub url: String,
}

impl ApiError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        None
    }
}
