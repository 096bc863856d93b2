//! One request over one connection: out, back, and the whole answer in bounded time and memory.

use std::collections::HashSet;
use std::io::{self, Read};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::blocking::{Client, ClientBuilder, Response};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, DATE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, Proxy, StatusCode, Url, redirect};

use super::error::{CORRECT_IT, Failure, Reason};
use super::proxy::{self, Proxies};
use super::reply::TOO_LARGE;
use super::tls;
use super::token::Token;
use super::unanswered::{Unanswered, connection, innermost, is_timeout};

use crate::locks::unlocked;

/// No honest answer is larger: a thousand jobs with every field are about 1 MB.
const LARGEST_ANSWER: usize = 16 << 20;

/// Where a request goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// A connection of an earlier request, if there is one. The server may have closed it at this very moment.
    Kept,
    /// A connection that was made for this request.
    Fresh,
}

/// A request.
pub(super) struct Request<'a> {
    pub(super) method: &'a Method,
    pub(super) url: &'a Url,
    pub(super) arguments: &'a [(String, String)],
    /// How long it may take, all in all.
    pub(super) within: Duration,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    /// Where it sends the client, as it is written.
    pub(super) location: Option<String>,
    /// When the server sent it, by its own clock.
    pub(super) date: Option<DateTime<Utc>>,
    pub(super) body: Vec<u8>,
}

/// Connections to one server.
pub(super) struct Transport {
    kept: Client,
    fresh: Client,
    proxies: Arc<Proxies>,
    seconds: u64,
    /// This computer's ends of connections over which an answer has come.
    used: Mutex<HashSet<SocketAddr>>,
    /// Requests whose answers have not come, or whose connections are not among the used ones yet.
    under_way: AtomicUsize,
}

impl Transport {
    /// Prepares to connect, and reads which proxies there are.
    pub(super) fn new(validate: bool, timeout: Duration, token: &Token) -> Result<Transport, Failure> {
        tls::choose_provider();
        let trusting = validate.then(tls::config);
        let proxies = Arc::new(Proxies::of_this_computer());
        let headers = headers(token)?;
        let builder = || {
            let proxies = Arc::clone(&proxies);
            let builder = ClientBuilder::new()
                .user_agent(concat!("anon/", env!("CARGO_PKG_VERSION")))
                .default_headers(headers.clone())
                .redirect(redirect::Policy::none())
                .no_proxy()
                .proxy(Proxy::custom(move |url| proxies.to(url).ok().flatten().cloned()))
                .dns_resolver(Arc::new(SystemResolver))
                // Before the whole time is over, so that it is known that nothing was sent.
                .connect_timeout((timeout * 4 / 5).min(Duration::from_secs(10)));
            match &trusting {
                Some(config) => builder.tls_backend_preconfigured(config.clone()),
                None => builder.tls_danger_accept_invalid_certs(true),
            }
        };
        let fault = |error: reqwest::Error| {
            Failure::Setup(Reason::new(format!("cannot set up connections: {}", innermost(&error)), ""))
        };
        Ok(Transport {
            kept: builder().build().map_err(fault)?,
            fresh: builder().pool_max_idle_per_host(0).build().map_err(fault)?,
            proxies,
            seconds: timeout.as_secs(),
            used: Mutex::default(),
            under_way: AtomicUsize::new(0),
        })
    }

    /// The proxy that leads to a URL, by host and port.
    pub(super) fn proxy(&self, url: &Url) -> Result<Option<String>, Failure> {
        let proxy = self.proxies.to(url).map_err(|bad| Failure::Setup(Reason::new(bad, CORRECT_IT)))?;
        Ok(proxy.map(proxy::named))
    }

    /// Sends a request and reads the whole answer, once.
    pub(super) fn send(&self, over: Over, request: &Request<'_>) -> Result<Reply, Unanswered> {
        let proxy = self.proxy(request.url).map_err(Unanswered::lasting)?;
        let client = if over == Over::Kept { &self.kept } else { &self.fresh };
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let sent = client
            .request(request.method.clone(), request.url.clone())
            .timeout(request.within)
            .form(request.arguments)
            .send();
        if let Some(connection) = sent.as_ref().ok().and_then(|response| response.extensions().get::<HttpInfo>()) {
            self.used().insert(connection.local_addr());
        }
        let others = self.under_way.fetch_sub(1, Ordering::SeqCst) > 1;
        match sent {
            Ok(response) => self.read(response),
            Err(error) => {
                // Another request may have just released this connection without having reported it yet.
                let was_kept = over == Over::Kept
                    && connection(&error).is_some_and(|address| self.used().remove(&address) || others);
                Err(Unanswered { was_kept, ..Unanswered::because(&error, self.seconds, proxy.as_deref()) })
            }
        }
    }

    fn read(&self, response: Response) -> Result<Reply, Unanswered> {
        let status = response.status();
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let location = text(LOCATION);
        let date = text(DATE).and_then(|date| DateTime::parse_from_rfc2822(&date).ok()).map(|date| date.to_utc());
        let encoding = text(CONTENT_ENCODING).unwrap_or_default().trim().to_ascii_lowercase();
        let body = match encoding.as_str() {
            "" | "identity" => whole(response),
            "gzip" | "x-gzip" => whole(MultiGzDecoder::new(response)),
            "deflate" => whole(ZlibDecoder::new(response)),
            _ => Err(io::ErrorKind::Unsupported.into()),
        };
        let failure = match body {
            Ok(body) if body.len() <= LARGEST_ANSWER => return Ok(Reply { status, location, date, body }),
            Ok(_) => Failure::NotAnApi(TOO_LARGE),
            Err(error) if is_timeout(&error) => Failure::Timeout(self.seconds),
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
                Failure::NotAnApi("the answer is compressed in a way that anon did not ask for")
            }
            Err(_) => Failure::Broken,
        };
        Err(Unanswered::lasting(failure))
    }

    fn used(&self) -> std::sync::MutexGuard<'_, HashSet<SocketAddr>> {
        unlocked(self.used.lock())
    }
}

/// What every request says of itself.
fn headers(token: &Token) -> Result<HeaderMap, Failure> {
    let mut authorization = HeaderValue::try_from(format!("Token {}", token.reveal())).map_err(|_| {
        Failure::Setup(Reason::new(
            "the token contains characters that cannot be sent",
            "make another one with 'anon settings user get-token'",
        ))
    })?;
    authorization.set_sensitive(true);
    let compressed = HeaderValue::from_static("gzip, deflate");
    Ok(HeaderMap::from_iter([(AUTHORIZATION, authorization), (ACCEPT_ENCODING, compressed)]))
}

/// The whole body, or enough of it to see that it is too large.
fn whole(body: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    body.take(LARGEST_ANSWER as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Looks names up as the system does, on a thread of its own. If no thread is available, the other requests wait.
struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (send, receive) = tokio::sync::oneshot::channel();
        let looked_up = name.as_str().to_owned();
        let thread = thread::Builder::new().name("resolver".into()).spawn(move || {
            // Nobody waits any longer if the time is over.
            let _ = send.send(look_up(&looked_up));
        });
        Box::pin(async move {
            let found = match thread {
                Ok(_) => receive.await.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into())),
                Err(_) => look_up(name.as_str()),
            };
            found.map(|addresses| Box::new(addresses.into_iter()) as Addrs).map_err(Into::into)
        })
    }
}

fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
    (name, 0).to_socket_addrs().map(Iterator::collect)
}
