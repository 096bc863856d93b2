use reqwest::StatusCode;

use super::job::JobStatus;

/// A call to the web API that failed: which URL, and how.
#[derive(Debug, thiserror::Error)]
#[error("{url}: {failure}")]
pub struct ApiError {
    /// The URL that was called.
    pub url: String,
    /// How it failed.
    pub failure: Failure,
}

/// The result of a call.
pub(super) type Result<T, E = ApiError> = std::result::Result<T, E>;

/// What a failed call has done on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it never got there, or it was turned away before anybody looked at it.
    None,
    /// Nothing: the server understood it and refused it, for a reason that it gave.
    Refused,
    /// Probably nothing: the server answered that it failed (500). It may have got anywhere before it did.
    Failed,
    /// Nobody knows: the answer never came, or it is not that of an API.
    Unknown,
}

/// What was found and what to do about it, where that depends on more than the kind of failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found}")]
pub struct Reason {
    /// What was found, for after the URL.
    pub found: String,
    /// What to do about it; empty if nothing can be done.
    pub hint: String,
}

impl Reason {
    pub(super) fn new(found: impl Into<String>, hint: impl Into<String>) -> Reason {
        Reason { found: found.into(), hint: hint.into() }
    }
}

/// How a call can fail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The host name is unknown.
    #[error("unknown host (name or service not known)")]
    UnknownHost,
    /// No connection: nothing listens there, or nothing answers.
    #[error(transparent)]
    NoConnection(Reason),
    /// A proxy is in the way: the call did not reach the server.
    #[error(transparent)]
    Proxy(Reason),
    /// A proxy, or something behind it, answers with a page for people.
    #[error("the proxy {proxy} answered with a web page, not the server's web API (status {status})")]
    ProxyPage {
        /// Its host and port.
        proxy: String,
        /// The HTTP status of the page.
        status: u16,
    },
    /// No answer within the time allowed.
    #[error("no answer within {0} s")]
    Timeout(u64),
    /// The server's certificate is not trusted.
    #[error("the server's certificate is not trusted: {0}")]
    Certificate(Reason),
    /// The connection cannot be encrypted.
    #[error(transparent)]
    Tls(Reason),
    /// The connection broke before the whole answer had come.
    #[error("the connection was closed before the answer was complete")]
    Broken,
    /// What answers does not speak HTTP.
    #[error("the answer is not HTTP")]
    NotHttp,
    /// This computer's settings are wrong, such as the URL or an environment variable: nothing was sent.
    #[error(transparent)]
    Setup(Reason),
    /// 401.
    #[error("401 Unauthorized: your credentials do not work here")]
    Unauthorized,
    /// 400: the server says what is wrong with the arguments.
    #[error("{}", .0.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; "))]
    Rejected(Vec<(String, String)>),
    /// 404 with the API's documentation: the API is alive, but has no such function.
    #[error("the web API has no function '{0}'")]
    NoSuchFunction(String),
    /// 404, without the documentation that an API gives with it.
    #[error("this is not an IDIS web API: 404 Not Found")]
    NotFound,
    /// The answer does not come from a web API: how that shows.
    #[error("this is not an IDIS web API: {0}")]
    NotAnApi(&'static str),
    /// 405.
    #[error("405 Method Not Allowed: this function cannot be called this way")]
    WrongMethod,
    /// The server redirects the call to a place where it must not go: which, and why.
    #[error("the server redirects to {0}")]
    Redirected(String),
    /// Any other status.
    #[error("unexpected response: code '{}', reason '{}'", .0.as_u16(), .0.canonical_reason().unwrap_or("unknown"))]
    Unexpected(StatusCode),
    /// JSON, but not what the function promises.
    #[error("the answer is not as expected: {0}")]
    BadAnswer(String),
    /// A job should have been reset, and it is unknown whether it was.
    #[error("the answer was lost, and the job, which is now now {0}, may have been reset")]
    PerhapsReset(JobStatus),
}

impl Failure {
    /// What the call has done to the server.
    ///
    /// A gateway that gives up (502, 504) is not the server; nor is anything that does not answer like an API.
    pub(super) fn effect(&self) -> Effect {
        match self {
            Failure::UnknownHost
            | Failure::NoConnection(_)
            | Failure::Proxy(_)
            | Failure::Certificate(_)
            | Failure::Tls(_)
            | Failure::Setup(_)
            | Failure::Unauthorized
            | Failure::NoSuchFunction(_)
            | Failure::WrongMethod
            | Failure::NotFound => Effect::None,
            Failure::Rejected(_) => Effect::Refused,
            Failure::Timeout(_)
            | Failure::Broken
            | Failure::NotHttp
            | Failure::ProxyPage { .. }
            | Failure::BadAnswer(_)
            | Failure::PerhapsReset(_)
            | Failure::Redirected(_)
            | Failure::NotAnApi(_) => Effect::Unknown,
            Failure::Unexpected(status) => match status.as_u16() {
                408 | 502 | 504 => Effect::Unknown,
                400..=499 => Effect::None,
                500..=599 => Effect::Failed,
                _ => Effect::Unknown,
            },
        }
    }
}

/// How far a call got that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It was not sent: this computer's own settings are wrong.
    Setup,
    /// The host's name was not found.
    Dns,
    /// There is no connection.
    Tcp,
    /// The connection cannot be encrypted, or the server cannot be trusted.
    Tls,
    /// A proxy is in the way.
    Proxy,
    /// The server does not know the user.
    Credentials,
    /// What answers is not the web API, or not as it should be.
    Api,
}

impl ApiError {
    /// How far the call got.
    pub fn stage(&self) -> Stage {
        match &self.failure {
            Failure::Setup(_) => Stage::Setup,
            Failure::UnknownHost => Stage::Dns,
            Failure::NoConnection(_) | Failure::Timeout(_) => Stage::Tcp,
            Failure::Certificate(_) | Failure::Tls(_) => Stage::Tls,
            Failure::Proxy(_) | Failure::ProxyPage { .. } => Stage::Proxy,
            Failure::Unauthorized => Stage::Credentials,
            _ => Stage::Api,
        }
    }

    /// What the call has done to the server.
    pub fn effect(&self) -> Effect {
        self.failure.effect()
    }

    /// Whether the next call would fail in the same way: the server is not there, or does not know us.
    pub fn concerns_the_server(&self) -> bool {
        !matches!(
            self.failure,
            Failure::Rejected(_)
                | Failure::Unexpected(_)
                | Failure::BadAnswer(_)
                | Failure::Timeout(_)
                | Failure::Broken
                | Failure::PerhapsReset(_)
        )
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.failure {
            Failure::Setup(reason)
            | Failure::NoConnection(reason)
            | Failure::Certificate(reason)
            | Failure::Tls(reason)
            | Failure::Proxy(reason) => &reason.hint,
            Failure::ProxyPage { .. } => CHECK_PROXY,
            Failure::UnknownHost => WRONG_URL,
            Failure::Timeout(_) => "try again later, or allow more time with '--timeout SECONDS'",
            Failure::NotHttp if self.url.starts_with("http:") => {
                "try again; if that does not help, the server may want https: check the URL with 'anon server list', \
                 correct it with 'anon server add NAME URL'"
            }
            Failure::Broken | Failure::NotHttp => {
                "try again; if that does not help, check the URL with 'anon server list' or inform a server admin"
            }
            Failure::Unauthorized => {
                "check your user name and token with 'anon settings user info', \
                 or make another token with 'anon settings user get-token', which replaces yours"
            }
            Failure::Rejected(_) => return None,
            Failure::NoSuchFunction(_) => "the server may run another version; check the URL with 'anon server list'",
            Failure::NotFound | Failure::NotAnApi(_) | Failure::Redirected(_) => {
                "check the URL with 'anon server list', correct it with 'anon server add NAME URL'"
            }
            Failure::WrongMethod | Failure::BadAnswer(_) => "the server may run another version; inform a server admin",
            Failure::Unexpected(status) if status.as_u16() == 500 && self.url.ends_with("_job") => {
                "there may be something wrong with the job itself; inform a server admin"
            }
            Failure::Unexpected(StatusCode::BAD_REQUEST) if self.url.starts_with("http:") => {
                "the server may want https: check the URL with 'anon server list', correct it with \
                 'anon server add NAME URL', or inform a server admin"
            }
            Failure::Unexpected(_) => "try again later; if that does not help, inform a server admin",
            Failure::PerhapsReset(_) => "check it with 'anon job info ID' before you reset it again",
        };
        Some(hint.to_owned()).filter(|hint| !hint.is_empty())
    }
}

/// The hint for a URL that is probably misspelt.
pub(super) const WRONG_URL: &str =
    "the URL may be wrong: check it with 'anon server list', correct it with 'anon server add NAME URL'";

/// The hint for an environment variable that names something missing.
pub(super) const CORRECT_IT: &str = "correct it, or remove it";

/// The hint for a proxy that is in the way.
pub(super) const CHECK_PROXY: &str = "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, in Windows also the proxy in Internet \
    Options; if the server should be reached directly, add its host to NO_PROXY; see 'anon help troubleshooting proxy'";
