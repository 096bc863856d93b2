use reqwest::StatusCode;

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

/// What a call that failed has done to the server.
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

/// What shows that there is no web API at a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnApi {
    /// 404, without the documentation that an API gives with it.
    #[error("404 Not Found")]
    NotFound,
    /// 200, and something else than JSON.
    #[error("the answer is not JSON")]
    NotJson,
    /// JSON, but no documentation where an API has it.
    #[error("the answer holds no documentation")]
    NoDocumentation,
    /// More than any API answers with.
    #[error("the answer is larger than any that an API gives")]
    TooLarge,
}

/// How a call can fail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The machine is there, but nothing listens.
    #[error("connection refused")]
    Refused,
    /// The host name is unknown.
    #[error("unknown host (name or service not known)")]
    UnknownHost,
    /// No connection, for another reason.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// No answer within the time allowed.
    #[error("no answer within {0} s")]
    Timeout(u64),
    /// The server's certificate is not trusted.
    #[error("the server's certificate is not trusted: {0}")]
    Certificate(String),
    /// The connection broke before the whole answer had come.
    #[error("the connection was closed before the whole answer came")]
    Broken,
    /// The URL itself is wrong.
    #[error("not a valid URL: {0}")]
    BadUrl(String),
    /// The client could not be set up.
    #[error("{0}")]
    Setup(String),
    /// 401.
    #[error("401 Unauthorized: your credentials do not work here")]
    Unauthorized,
    /// 400: the server says what is wrong with the arguments.
    #[error("{}", .0.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; "))]
    Rejected(Vec<(String, String)>),
    /// 404 with the API's documentation: the API is alive, but has no such function.
    #[error("the web API has no function '{0}'")]
    NoSuchFunction(String),
    /// The answer is not that of a web API.
    #[error("this is not an IDIS web API: {0}")]
    NotAnApi(NotAnApi),
    /// 405.
    #[error("405 Method Not Allowed: this function cannot be called that way")]
    WrongMethod,
    /// A redirect to another host, which would have carried the token there.
    #[error("the server redirects to '{0}', another host, where the token does not go")]
    Redirected(String),
    /// Any other status.
    #[error("unexpected response: code '{}', reason '{}'", .0.as_u16(), .0.canonical_reason().unwrap_or("unknown"))]
    Unexpected(StatusCode),
    /// JSON, but not what the function promises.
    #[error("the answer is not what it should be: {0}")]
    BadAnswer(String),
}

impl ApiError {
    /// What the call has done to the server.
    ///
    /// A gateway that gives up (502, 504) is not the server; nor is whoever answers with something else than an API does.
    pub fn effect(&self) -> Effect {
        match &self.failure {
            Failure::Refused
            | Failure::UnknownHost
            | Failure::NoConnection(_)
            | Failure::Certificate(_)
            | Failure::BadUrl(_)
            | Failure::Setup(_)
            | Failure::Unauthorized
            | Failure::NoSuchFunction(_)
            | Failure::WrongMethod
            | Failure::NotAnApi(NotAnApi::NotFound) => Effect::None,
            Failure::Rejected(_) => Effect::Refused,
            Failure::Timeout(_)
            | Failure::Broken
            | Failure::BadAnswer(_)
            | Failure::Redirected(_)
            | Failure::NotAnApi(NotAnApi::NotJson | NotAnApi::NoDocumentation | NotAnApi::TooLarge) => Effect::Unknown,
            Failure::Unexpected(status) => match status.as_u16() {
                408 | 502 | 504 => Effect::Unknown,
                400..=499 => Effect::None,
                500..=599 => Effect::Failed,
                _ => Effect::Unknown,
            },
        }
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
        )
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.failure {
            Failure::Refused => {
                "the machine is online but its web API is not responding; inform a server admin, \
                 or check the URL with 'anon server list'"
            }
            Failure::UnknownHost | Failure::BadUrl(_) => {
                "the URL may be wrong: check it with 'anon server list', correct it with 'anon server add NAME URL'"
            }
            Failure::NoConnection(_) => {
                "check the network, VPN and proxy settings, and the URL with 'anon server list'"
            }
            Failure::Timeout(_) => "try again later, or allow more time with '--timeout SECONDS'",
            Failure::Certificate(_) => {
                "add your hospital's CA to the system's trust store or name its file in REQUESTS_CA_BUNDLE; \
                 'anon settings set-validate-ssl false' turns the check off, at your own risk"
            }
            Failure::Broken => {
                "try again; if it stays so, check the URL with 'anon server list' or inform a server admin"
            }
            Failure::Setup(_) => return None,
            Failure::Unauthorized => {
                "check your user name and token with 'anon settings user info', \
                 or make another token with 'anon settings user get-token', which replaces yours"
            }
            Failure::Rejected(_) => return None,
            Failure::NoSuchFunction(_) => "the server may be of another version; check the URL with 'anon server list'",
            Failure::NotAnApi(_) | Failure::Redirected(_) => {
                "check the URL with 'anon server list', correct it with 'anon server add NAME URL'"
            }
            Failure::WrongMethod => "the server may be of another version; inform a server admin",
            Failure::Unexpected(status) if status.as_u16() == 500 && self.url.ends_with("_job") => {
                "there may be something wrong with the job itself; inform a server admin"
            }
            Failure::Unexpected(_) => "try again later; if it stays so, inform a server admin",
            Failure::BadAnswer(_) => "the server may be of another version; inform a server admin",
        };
        Some(hint.to_owned())
    }
}
