//! Why a request got no answer, judged by the types of the errors.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use http::Extensions;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{HttpConnector, HttpInfo};
use rustls::{AlertDescription, CertificateError, OtherError};

use super::error::{CHECK_PROXY, CORRECT_IT, Failure, Reason};
use super::tls::{BadBundle, NEW_CERTIFICATE};

/// What a proxy answered to `CONNECT`. The type itself has no name outside its crate.
type TunnelError = <Tunnel<HttpConnector> as tower_service::Service<http::Uri>>::Error;

/// A request that got no answer, and what that says of trying again.
#[derive(Debug)]
pub(super) struct Unanswered {
    pub(super) failure: Failure,
    /// Whether the same request may fare better in a moment.
    pub(super) is_passing: bool,
    /// Whether it used an idle connection, which the server may already have closed.
    pub(super) was_kept: bool,
}

impl Unanswered {
    /// Trying again is of no use.
    pub(super) fn lasting(failure: Failure) -> Unanswered {
        Unanswered { failure, is_passing: false, was_kept: false }
    }

    /// Why a request failed that was allowed this many seconds, through this proxy.
    pub(super) fn because(error: &reqwest::Error, seconds: u64, proxy: Option<&str>) -> Unanswered {
        if error.is_builder() {
            let found = format!("cannot set up a connection: {}", innermost(error));
            return Unanswered::lasting(Failure::Setup(Reason::new(found, "")));
        }
        if error.is_connect() {
            return unconnected(error, proxy);
        }
        let failure = if error.is_timeout() {
            Failure::Timeout(seconds)
        } else if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
            Failure::NotHttp
        } else {
            Failure::Broken
        };
        // A server that hangs up without a word does so again: that is not worth a second try.
        let is_passing = error.is_timeout() || io_kind(error).is_some_and(is_reset);
        Unanswered { is_passing, ..Unanswered::lasting(failure) }
    }
}

/// Why there is no connection.
fn unconnected(error: &reqwest::Error, proxy: Option<&str>) -> Unanswered {
    if let Some(tls) = find::<rustls::Error>(error) {
        return Unanswered::lasting(untrusted(tls));
    }
    let proxy_cannot_be_reached = |why: &str| {
        let found = proxy.map(|proxy| format!("the proxy {proxy} cannot be reached: {why}"))?;
        Some(Failure::Proxy(Reason::new(found, CHECK_PROXY)))
    };
    if error.is_dns() {
        return Unanswered::lasting(proxy_cannot_be_reached("unknown host").unwrap_or(Failure::UnknownHost));
    }
    match (find::<TunnelError>(error), proxy) {
        (None | Some(TunnelError::ConnectFailed(_) | TunnelError::Io(_)), _) => {}
        (Some(TunnelError::ProxyAuthRequired), Some(proxy)) => return Unanswered::lasting(wants_login(proxy)),
        (Some(_), Some(proxy)) => {
            let found = format!("the proxy {proxy} will not connect to the server");
            return Unanswered::lasting(Failure::Proxy(Reason::new(found, CHECK_PROXY)));
        }
        (Some(_), None) => return Unanswered::lasting(Failure::Broken),
    }
    let kind = io_kind(error);
    let why = match kind {
        _ if error.is_timeout() => "the machine does not answer".to_owned(),
        Some(io::ErrorKind::ConnectionRefused) => "connection refused".to_owned(),
        _ => innermost(error),
    };
    let is_https = error.url().is_some_and(|url| url.scheme() == "https");
    let hung_up = |kind| is_https && (kind == io::ErrorKind::UnexpectedEof || is_reset(kind));
    let failure = match (proxy_cannot_be_reached(&why), kind) {
        (Some(failure), _) => failure,
        (None, Some(io::ErrorKind::ConnectionRefused)) => Failure::NoConnection(Reason::new(
            why,
            "the machine is online but its web API is not responding; inform a server admin, \
             or check the URL with 'anon server list'",
        )),
        (None, Some(kind)) if hung_up(kind) => {
            Failure::Tls(Reason::new("the server closed the connection during the TLS handshake", TOO_OLD_OR_BLOCKED))
        }
        _ => Failure::NoConnection(Reason::new(
            format!("no connection: {why}"),
            "check the network, VPN and proxy settings, and the URL with 'anon server list'",
        )),
    };
    Unanswered { is_passing: true, ..Unanswered::lasting(failure) }
}

/// A proxy requires a login (407).
pub(super) fn wants_login(proxy: &str) -> Failure {
    Failure::Proxy(Reason::new(
        format!("the proxy {proxy} wants you to log in (407 Proxy Authentication Required)"),
        "ask your IT department how programs get through it; put its user name and password in the variable: \
         'HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'",
    ))
}

const TOO_OLD_OR_BLOCKED: &str = "check the port in the URL with 'anon server list'; if it is right, the server may be too old \
    for TLS 1.2, or a firewall may block it: inform a server admin";

/// Why encryption was not agreed on.
fn untrusted(error: &rustls::Error) -> Failure {
    use rustls::Error as Tls;
    let too_old = |why: String| {
        let found = "no secure encryption in common: the server only offers versions or ciphers older than TLS 1.2 with AES-GCM";
        Failure::Tls(Reason::new(
            format!("{found} ({why})"),
            "ask a server admin to allow TLS 1.2 or 1.3 with ECDHE and AES-GCM (in Windows Server from 2012 R2 on a setting)",
        ))
    };
    match error {
        Tls::InvalidCertificate(error) => {
            let reason = match error {
                CertificateError::Other(OtherError(cause)) => cause.downcast_ref::<Reason>().cloned(),
                _ => None,
            };
            Failure::Certificate(reason.unwrap_or_else(|| Reason::new(error.to_string(), NEW_CERTIFICATE)))
        }
        Tls::Other(OtherError(cause)) if cause.is::<BadBundle>() => {
            Failure::Setup(Reason::new(cause.to_string(), CORRECT_IT))
        }
        Tls::InvalidMessage(_) => Failure::Tls(Reason::new(
            "the server does not speak https on this port",
            "ask a server admin for the https port, and correct the URL with 'anon server add NAME URL'; \
             over 'http://' anyone in between can read your token",
        )),
        Tls::PeerIncompatible(_) => too_old(error.to_string()),
        Tls::AlertReceived(
            alert @ (AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity),
        ) => too_old(format!("it says {alert:?}")),
        other => Failure::Tls(Reason::new(format!("encryption failed: {other}"), TOO_OLD_OR_BLOCKED)),
    }
}

/// The connection that a request failed on, if it had one.
pub(super) fn connection(error: &reqwest::Error) -> Option<SocketAddr> {
    let mut extensions = Extensions::new();
    find::<hyper_util::client::legacy::Error>(error)?.connect_info()?.get_extras(&mut extensions);
    extensions.get::<HttpInfo>().map(HttpInfo::local_addr)
}

/// Whether reading an answer took too long.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::TimedOut || find::<reqwest::Error>(error).is_some_and(reqwest::Error::is_timeout)
}

/// Windows says of the same event that the connection was reset or that it was aborted.
fn is_reset(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe)
}

/// The error and what caused it, also inside of an `io::Error`, which does not name what it holds as its source.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    }
    std::iter::successors(Some(error), |error| next(*error))
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref::<T>())
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let kinds = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    kinds.last().filter(|kind| *kind != io::ErrorKind::Other)
}

/// The last cause, which says most.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    let last = causes(error).last();
    match last.and_then(|cause| cause.downcast_ref::<io::Error>()) {
        Some(error) => crate::text::plain(error),
        None => last.map(ToString::to_string).unwrap_or_default(),
    }
}
