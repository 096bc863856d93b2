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

/// What [`Failure::NotAnApi`] says of a plain 404.
pub(super) const NOT_FOUND: &str = "404 Not Found";

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
    NotAnApi(String),
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
    /// Whether the server's answer never came, so that nobody knows whether the request was carried out.
    ///
    /// A gateway that gives up (502, 504) is not the server; nor is whoever answers with something else than an API does.
    pub fn is_unanswered(&self) -> bool {
        match &self.failure {
            Failure::Timeout(_) | Failure::Broken | Failure::BadAnswer(_) | Failure::Redirected(_) => true,
            Failure::NotAnApi(why) => why != NOT_FOUND,
            Failure::Unexpected(status) => {
                matches!(status.as_u16(), 408 | 502 | 504) || !status.is_server_error() && !status.is_client_error()
            }
            _ => false,
        }
    }

    /// Whether the server answered that it failed (500): it may have got anywhere before it did.
    pub fn is_server_failure(&self) -> bool {
        matches!(&self.failure, Failure::Unexpected(status) if status.is_server_error()) && !self.is_unanswered()
    }

    /// Whether the server understood the request and refused it, for a reason that it gave.
    pub fn is_rejection(&self) -> bool {
        matches!(self.failure, Failure::Rejected(_))
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
