use std::thread::sleep;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{ApiError, Effect, Failure, Reason, Result};
use super::event::{Event, Observer, unless_over_soon};
use super::form::Form;
use super::redirect;
use super::reply;
use super::token::Token;
use super::transport::{Over, Reply, Request, Transport};
use super::unanswered::{Unanswered, wants_login};
use super::url::{ServerUrl, shown};

/// The pauses before retries of a call that can safely be repeated.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(500)];

/// A client of one server, for one user. It can be shared between threads, and keeps its connections open.
pub struct Client {
    url: ServerUrl,
    user: String,
    timeout: Duration,
    transport: Transport,
    observer: Option<Observer>,
}

/// How a [`Client`] connects.
pub struct ClientBuilder {
    validate_ssl: bool,
    timeout: Duration,
    observer: Option<Observer>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        ClientBuilder { validate_ssl: true, timeout: Duration::from_secs(60), observer: None }
    }
}

impl ClientBuilder {
    /// Whether the server's certificate is checked. On unless said otherwise.
    #[must_use]
    pub fn validate_ssl(mut self, validate: bool) -> Self {
        self.validate_ssl = validate;
        self
    }

    /// How long one call may take from beginning to end, repetitions included; of that, connecting may take four fifths, and 10 s
    /// at most. 60 s unless said otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Tells `observer` what happens to each call.
    #[must_use]
    pub fn observer(mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(std::sync::Arc::new(observer));
        self
    }

    /// Makes the client. Nothing is sent yet, and no certificates are read.
    ///
    /// # Errors
    /// When `url` is not the base URL of a server, the token cannot be sent, or the system has no threads left.
    pub fn build(self, url: &str, user: &str, token: Token) -> Result<Client> {
        let url = ServerUrl::parse(url)?;
        let transport = Transport::new(self.validate_ssl, self.timeout, &token)
            .map_err(|failure| ApiError { url: url.as_str().to_owned(), failure })?;
        Ok(Client { url, user: user.to_owned(), timeout: self.timeout, transport, observer: self.observer })
    }
}

/// A call of a function.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) function: &'a str,
    pub(super) form: Form,
    /// Whether sending it twice does the same as sending it once. If not, it is sent again only if it has certainly not arrived.
    pub(super) is_repeatable: bool,
    pub(super) over: Over,
}

impl<'a> Call<'a> {
    /// Reads.
    pub(super) fn reading(function: &'a str, form: Form) -> Call<'a> {
        Call { method: Method::GET, function, form, is_repeatable: true, over: Over::Kept }
    }

    /// Changes something, in the same way however often it is sent.
    pub(super) fn setting(function: &'a str, form: Form) -> Call<'a> {
        Call { method: Method::POST, ..Call::reading(function, form) }
    }

    /// Changes something, and must not do so twice: it does not go where the server may have closed the connection.
    pub(super) fn once(function: &'a str, form: Form) -> Call<'a> {
        Call { is_repeatable: false, over: Over::Fresh, ..Call::setting(function, form) }
    }
}

impl Client {
    /// A client with the usual options.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub fn new(url: &str, user: &str, token: Token) -> Result<Client> {
        Client::builder().build(url, user, token)
    }

    /// Chooses how to connect.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The base URL of the server, without a slash at the end.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The user who calls.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Whether requests can be read in transit.
    pub fn is_plain(&self) -> bool {
        self.url.is_plain()
    }

    /// Whether the server is this computer.
    pub fn is_local(&self) -> bool {
        self.url.is_local()
    }

    /// The proxy that leads to the server, as `host:port`, if there is one.
    pub fn proxy(&self) -> Option<String> {
        self.transport.proxy(self.url.parsed()).ok().flatten()
    }

    /// Calls any function of the API that reads.
    ///
    /// # Errors
    /// [`ApiError`] names the URL and says how it failed.
    pub fn get(&self, function: &str, form: Form) -> Result<Value> {
        self.read(function, form)
    }

    /// Calls any function of the API that changes something. Sent again only if it has certainly not arrived.
    ///
    /// # Errors
    /// [`ApiError`] names the URL and says how it failed.
    pub fn post(&self, function: &str, form: Form) -> Result<Value> {
        self.call(Call::once(function, form))
    }

    /// Asks for the API's own documentation, which every live API has.
    ///
    /// # Errors
    /// When there is no web API at this URL, or it cannot be reached.
    pub fn get_documentation(&self) -> Result<Value> {
        self.documentation().map(|(documentation, _)| documentation)
    }

    /// Asks as [`Client::get_documentation`] does, and returns by how much the server's clock is ahead of ours, in whole seconds: `None`
    /// if it does not say.
    ///
    /// # Errors
    /// When there is no web API at this URL, or it cannot be reached.
    pub fn get_clock(&self) -> Result<Option<TimeDelta>> {
        let asked = Utc::now();
        let (_, date) = self.documentation()?;
        let middle = asked + (Utc::now() - asked) / 2;
        Ok(date.map(|date| TimeDelta::seconds((date - middle).num_seconds())))
    }

    fn documentation(&self) -> Result<(Value, Option<DateTime<Utc>>)> {
        let answer = self.answer(Call::reading("", Form::new()))?;
        let documentation = reply::documentation(answer.status.as_u16(), &answer.body);
        Ok((self.understood(&answer, "", documentation)?, answer.date))
    }

    /// Calls a function that reads.
    pub(super) fn read<T: DeserializeOwned>(&self, function: &str, form: Form) -> Result<T> {
        self.call(Call::reading(function, form))
    }

    /// Calls a function, and reads what it answers.
    pub(super) fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T> {
        let function = call.function;
        let answer = self.answer(call)?;
        self.understood(&answer, function, reply::read(function, answer.status.as_u16(), &answer.body))
    }

    /// Names the URL of the function whose answer is wrong, and the proxy if the answer may be that of one.
    fn understood<T>(&self, answer: &Reply, function: &str, outcome: Result<T, Failure>) -> Result<T> {
        let of_a_proxy = || {
            let proxy = self.proxy().filter(|_| self.is_plain())?;
            match answer.status.as_u16() {
                407 => Some(wants_login(&proxy)),
                status @ (200 | 403 | 502..=504) if !reply::is_json(&answer.body) => {
                    Some(Failure::ProxyPage { proxy, status })
                }
                _ => None,
            }
        };
        outcome.map_err(|failure| self.failed(function, of_a_proxy().unwrap_or(failure)))
    }

    pub(super) fn failed(&self, function: &str, failure: Failure) -> ApiError {
        ApiError { url: self.url.of_function(function), failure }
    }

    /// Calls a function until there is an answer, or no hope of one.
    fn answer(&self, mut call: Call<'_>) -> Result<Reply> {
        let _waiting = self.observer.as_ref().map(|observer| unless_over_soon(observer, self.url.as_str()));
        let deadline = Instant::now() + self.timeout;
        if !call.form.has("user_name") {
            call.form = call.form.with("user_name", &self.user);
        }
        let url = self.url.of_function(call.function);
        let mut pauses = PAUSES.iter().copied();
        let mut attempt = 1;
        loop {
            let outcome = self.try_once(&call, &url, deadline);
            let pause = match &outcome {
                Ok(answer) if call.is_repeatable && is_passing(answer.status) => pauses.next(),
                Ok(_) => None,
                // The server had closed the connection: over a new one, this is not a second try.
                Err(Unanswered { was_kept: true, failure, .. })
                    if call.is_repeatable && !matches!(failure, Failure::Timeout(_)) =>
                {
                    call.over = Over::Fresh;
                    Some(Duration::ZERO)
                }
                Err(why) if why.is_passing && (call.is_repeatable || why.failure.effect() == Effect::None) => {
                    pauses.next()
                }
                Err(_) => None,
            };
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(pause) = pause.filter(|pause| *pause < left) else {
                return outcome.map_err(|why| ApiError { url, failure: why.failure });
            };
            attempt += 1;
            let because = match &outcome {
                Ok(answer) => Failure::Unexpected(answer.status).to_string(),
                Err(why) => why.failure.to_string(),
            };
            self.tell(&Event::Retrying { url: &url, because: &because, attempt, pause });
            sleep(pause);
        }
    }

    /// Sends a call where it belongs, and wherever the server sends it from there.
    fn try_once(&self, call: &Call<'_>, url: &str, deadline: Instant) -> Result<Reply, Unanswered> {
        let parsed = Url::parse(url).map_err(|error| Failure::Setup(Reason::new(error.to_string(), "")));
        let mut url = parsed.map_err(Unanswered::lasting)?;
        let mut times = 0;
        loop {
            let request = Request {
                method: &call.method,
                url: &url,
                arguments: call.form.pairs(),
                within: deadline.saturating_duration_since(Instant::now()),
            };
            let answer = self.send(call.over, &request)?;
            if !redirect::is_one(answer.status) {
                return Ok(answer);
            }
            times += 1;
            let next = redirect::followed(&call.method, &url, answer.location.as_deref(), times);
            url = next.map_err(Unanswered::lasting)?;
            self.tell(&Event::Redirected { to: &shown(url.as_str()) });
        }
    }

    fn send(&self, over: Over, request: &Request<'_>) -> Result<Reply, Unanswered> {
        let started = Instant::now();
        let outcome = self.transport.send(over, request);
        self.tell(&Event::Sent {
            method: request.method.as_str(),
            url: &shown(request.url.as_str()),
            arguments: request.arguments.len(),
            outcome: outcome.as_ref().map(|answer| answer.status).map_err(|why| &why.failure),
            took: started.elapsed(),
        });
        outcome
    }

    fn tell(&self, event: &Event<'_>) {
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }
}

/// Statuses of a proxy or a server that is just starting: the same call may succeed in a moment.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}
