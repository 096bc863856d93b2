use std::error::Error as _;
use std::io::{self, Read as _};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use reqwest::blocking::Response;
use reqwest::header::{AUTHORIZATION, HeaderValue, LOCATION};
use reqwest::{Method, StatusCode, Url, redirect};
use serde_json::Value;

use super::error::{ApiError, Failure, NotAnApi, Result};
use super::form::Form;
use super::reply;
use super::token::Token;

/// No honest answer is larger: a thousand jobs with every field are about 1 MB. As JSON it takes some 30 times as much memory.
const LARGEST_ANSWER: u64 = 16 << 20;

/// The pauses before a call that can safely be repeated is tried again.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];

/// Told of each request and its outcome, for `-vv`. Never given arguments or credentials.
pub type Observer = Box<dyn Fn(&str) + Send + Sync>;

/// A client of one server, for one user. It can be shared between threads, and keeps its connections open.
pub struct Client {
    url: String,
    user: String,
    token: Token,
    options: ClientBuilder,
    /// Made at the first call: reading the system's trust store takes longer than most commands.
    transport: OnceLock<reqwest::blocking::Client>,
    /// Held while it is made: many threads that make one each need many threads more.
    making: Mutex<()>,
}

/// How a [`Client`] connects.
pub struct ClientBuilder {
    pub(super) validate_ssl: bool,
    pub(super) connect_timeout: Duration,
    pub(super) timeout: Duration,
    observer: Option<Observer>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        ClientBuilder {
            validate_ssl: true,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            observer: None,
        }
    }
}

impl ClientBuilder {
    /// Whether the server's certificate is checked. On unless said otherwise.
    #[must_use]
    pub fn validate_ssl(mut self, validate: bool) -> Self {
        self.validate_ssl = validate;
        self
    }

    /// How long one call may take, and how long connecting may take (10 s at most). 60 s unless said otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self.connect_timeout = timeout.min(Duration::from_secs(10));
        self
    }

    /// Is told of each request and its outcome.
    #[must_use]
    pub fn observer(mut self, observer: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Makes the client. Nothing is sent or read yet.
    ///
    /// # Errors
    /// When `url` is not an http or https URL.
    pub fn build(self, url: &str, user: &str, token: Token) -> Result<Client> {
        let url = url.trim().trim_end_matches('/').to_owned();
        let fault = match Url::parse(&url) {
            Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => None,
            Ok(_) => Some("it should start with https://".to_owned()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(fault) = fault {
            return Err(ApiError { url, failure: Failure::BadUrl(fault) });
        }
        Ok(Client {
            url,
            user: user.to_owned(),
            token,
            options: self,
            transport: OnceLock::new(),
            making: Mutex::new(()),
        })
    }
}

/// Whether a call may be sent twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Sending it twice does the same as sending it once.
    Safe,
    /// It creates something: it is sent again only if it has certainly not arrived.
    Never,
}

impl Client {
    /// A client with the usual options.
    ///
    /// # Errors
    /// When `url` is not an http or https URL.
    pub fn new(url: &str, user: &str, token: Token) -> Result<Client> {
        Client::builder().build(url, user, token)
    }

    /// To choose how to connect.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The base URL of the server, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The user who calls.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Whether what is sent can be read on the way.
    pub fn is_plain(&self) -> bool {
        self.url.starts_with("http:")
    }

    /// Whether the server is this computer.
    pub fn is_local(&self) -> bool {
        let host = Url::parse(&self.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        host == "localhost" || host == "[::1]" || host.starts_with("127.")
    }

    /// Calls any function of the API that reads.
    ///
    /// # Errors
    /// [`ApiError`] names the URL and says how it failed.
    pub fn get(&self, function: &str, form: Form) -> Result<Value> {
        self.call(Method::GET, function, form, Repeat::Safe)
    }

    /// Calls any function of the API that changes something.
    ///
    /// # Errors
    /// [`ApiError`] names the URL and says how it failed.
    pub fn post(&self, function: &str, form: Form) -> Result<Value> {
        self.call(Method::POST, function, form, Repeat::Never)
    }

    /// Asks for the API's own documentation, which every live API has.
    ///
    /// # Errors
    /// [`Error::Api`] if there is no web API at this URL, or it cannot be reached.
    pub fn get_documentation(&self) -> Result<Value> {
        let response = self.send(&Method::GET, "", &Form::new(), Repeat::Safe)?;
        let url = self.url_of("");
        let status = response.status();
        if status.is_redirection() {
            return Err(self.redirected(&url, &response));
        }
        let body = self.body(&url, response)?;
        reply::documentation(status.as_u16(), &body).map_err(|failure| self.error(&url, failure))
    }

    pub(super) fn call(&self, method: Method, function: &str, form: Form, repeat: Repeat) -> Result<Value> {
        let response = self.send(&method, function, &form, repeat)?;
        let url = self.url_of(function);
        let status = response.status();
        if status.is_redirection() {
            return Err(self.redirected(&url, &response));
        }
        let body = self.body(&url, response)?;
        reply::read(function, status.as_u16(), &body).map_err(|failure| self.error(&url, failure))
    }

    /// Names the URL of the function whose answer is wrong.
    pub(super) fn answered<T>(&self, function: &str, outcome: Result<T, Failure>) -> Result<T> {
        outcome.map_err(|failure| self.error(&self.url_of(function), failure))
    }

    fn url_of(&self, function: &str) -> String {
        if function.is_empty() { self.url.clone() } else { format!("{}/{function}", self.url) }
    }

    fn send(&self, method: &Method, function: &str, form: &Form, repeat: Repeat) -> Result<Response> {
        let mut pauses = PAUSES.iter();
        loop {
            let outcome = self.send_once(method, function, form);
            let again = match &outcome {
                Ok(response) => repeat == Repeat::Safe && is_passing(response.status()),
                Err(attempt) => attempt.may_repeat(repeat),
            };
            match pauses.next() {
                Some(pause) if again => sleep(*pause),
                _ => return outcome.map_err(|attempt| self.error(&self.url_of(function), attempt.failure)),
            }
        }
    }

    fn send_once(&self, method: &Method, function: &str, form: &Form) -> Result<Response, Attempt> {
        let url = self.url_of(function);
        let transport = self.transport().map_err(Attempt::final_)?;
        let mut pairs = form.pairs().to_vec();
        if !form.has("user_name") {
            pairs.push(("user_name".to_owned(), self.user.clone()));
        }
        let mut authorization = HeaderValue::try_from(format!("Token {}", self.token.reveal())).map_err(|_| {
            Attempt::final_(Failure::Setup("the token holds characters that cannot be sent".to_owned()))
        })?;
        authorization.set_sensitive(true);
        let started = Instant::now();
        let outcome = transport.request(method.clone(), &url).header(AUTHORIZATION, authorization).form(&pairs).send();
        self.observe(method, &url, pairs.len(), started, &outcome);
        outcome.map_err(|error| Attempt::of(&error, self.options.timeout))
    }

    fn observe(&self, method: &Method, url: &str, count: usize, started: Instant, outcome: &reqwest::Result<Response>) {
        let Some(observer) = &self.options.observer else { return };
        let answer = match outcome {
            Ok(response) => response.status().to_string(),
            Err(_) => "no answer".to_owned(),
        };
        let milliseconds = started.elapsed().as_millis();
        observer(&format!("{method} {url} with {count} arguments: {answer}, {milliseconds} ms"));
    }

    fn transport(&self) -> Result<&reqwest::blocking::Client, Failure> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ready) = self.transport.get() {
            return Ok(ready);
        }
        let builder = reqwest::blocking::Client::builder()
            .user_agent(concat!("anon/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.options.connect_timeout)
            .timeout(self.options.timeout)
            .redirect(same_host_only());
        let built = super::tls::configure(builder, &self.url, self.options.validate_ssl)?
            .build()
            .map_err(|error| Failure::Setup(format!("cannot set up a connection: {}", chain(&error))))?;
        Ok(self.transport.get_or_init(|| built))
    }

    fn body(&self, url: &str, response: Response) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        response.take(LARGEST_ANSWER + 1).read_to_end(&mut body).map_err(|error| self.cut_off(url, &error))?;
        if body.len() as u64 > LARGEST_ANSWER {
            return Err(self.error(url, Failure::NotAnApi(NotAnApi::TooLarge)));
        }
        Ok(body)
    }

    fn cut_off(&self, url: &str, error: &io::Error) -> ApiError {
        let timed_out = error.kind() == io::ErrorKind::TimedOut
            || error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<reqwest::Error>())
                .is_some_and(reqwest::Error::is_timeout);
        let failure = if timed_out { Failure::Timeout(self.options.timeout.as_secs()) } else { Failure::Broken };
        self.error(url, failure)
    }

    fn redirected(&self, url: &str, response: &Response) -> ApiError {
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
        self.error(url, Failure::Redirected(to.to_owned()))
    }

    fn error(&self, url: &str, failure: Failure) -> ApiError {
        ApiError { url: url.to_owned(), failure }
    }
}

/// One request that got no answer.
struct Attempt {
    failure: Failure,
    /// Whether the request can have reached the server.
    arrived: bool,
    /// Whether the same request may fare better in a moment.
    passing: bool,
}

impl Attempt {
    fn final_(failure: Failure) -> Attempt {
        Attempt { failure, arrived: false, passing: false }
    }

    fn of(error: &reqwest::Error, timeout: Duration) -> Attempt {
        let text = chain(error);
        let kind = io_kind(error);
        let connecting = error.is_connect();
        let failure = if text.contains("dns error") {
            return Attempt::final_(Failure::UnknownHost);
        } else if text.contains("certificate")
            || text.contains("CertificateRequired")
            || text.contains("CaUsedAsEndEntity")
        {
            return Attempt::final_(Failure::Certificate(innermost(error)));
        } else if error.is_builder() || error.is_request() && error.is_redirect() {
            return Attempt::final_(Failure::Setup(text));
        } else if kind == Some(io::ErrorKind::ConnectionRefused) {
            Failure::Refused
        } else if connecting && error.is_timeout() {
            Failure::NoConnection(format!("no answer within {} s", timeout.as_secs()))
        } else if error.is_timeout() {
            Failure::Timeout(timeout.as_secs())
        } else if connecting {
            Failure::NoConnection(innermost(error))
        } else {
            Failure::Broken
        };
        // A server that hangs up without a word does so again: that is not worth a second try.
        let passing = connecting || error.is_timeout() || kind.is_some_and(is_reset);
        Attempt { failure, arrived: !connecting, passing }
    }

    fn may_repeat(&self, repeat: Repeat) -> bool {
        self.passing && (repeat == Repeat::Safe || !self.arrived)
    }
}

/// Windows says of the same event that the connection was reset or that it was aborted.
fn is_reset(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted)
}

/// Statuses of a proxy or a server that is just starting: the same call may succeed in a moment.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

/// The token goes to the host that it was meant for, and to no other; nor from https to http.
fn same_host_only() -> redirect::Policy {
    redirect::Policy::custom(|attempt| {
        let Some(from) = attempt.previous().last() else { return attempt.stop() };
        let to = attempt.url();
        let same_origin = from.origin() == to.origin();
        let upgrade = from.scheme() == "http" && to.scheme() == "https" && from.host() == to.host();
        if attempt.previous().len() > 5 || !(same_origin || upgrade) { attempt.stop() } else { attempt.follow() }
    })
}

/// The error and its causes, without the URL, which is named anyway.
fn chain(error: &reqwest::Error) -> String {
    let mut texts = vec![];
    let mut cause = error.source();
    while let Some(inner) = cause {
        texts.push(inner.to_string());
        cause = inner.source();
    }
    texts.join(": ")
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>()
            && io.kind() != io::ErrorKind::Other
        {
            return Some(io.kind());
        }
        cause = inner.source();
    }
    None
}
