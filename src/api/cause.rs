//! Why a request got no answer, by the types of what went wrong.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use http::Extensions;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{HttpConnector, HttpInfo};
use rustls::{AlertDescription, CertificateError, OtherError};

use super::error::{Failure, ProxyFault, TlsFault};
use super::tls::{BundleFault, Distrust};

/// What a proxy answered to `CONNECT`. The type itself has no name outside its crate.
type TunnelError = <Tunnel<HttpConnector> as tower_service::Service<http::Uri>>::Error;

/// What is known of a request that failed.
pub(super) struct Circumstances<'a> {
    /// How long it was allowed to take, in seconds.
    pub(super) seconds: u64,
    /// The proxy on its way.
    pub(super) proxy: Option<&'a str>,
    /// Whether it was to be encrypted.
    pub(super) is_https: bool,
}

/// Why a request got no answer, and what that says of trying again.
#[derive(Debug)]
pub(super) struct Cause {
    pub(super) failure: Failure,
    /// Whether the request can have reached the server.
    pub(super) arrived: bool,
    /// Whether the same request may fare better in a moment.
    pub(super) is_passing: bool,
}

impl Cause {
    /// Nothing was sent, and trying again is of no use.
    pub(super) fn lasting(failure: Failure) -> Cause {
        Cause { failure, arrived: false, is_passing: false }
    }

    /// Nothing was sent, and trying again may help.
    fn passing(failure: Failure) -> Cause {
        Cause { failure, arrived: false, is_passing: true }
    }

    /// Whether the time for the call is over.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.failure, Failure::Timeout(_))
    }

    /// Why a request failed.
    pub(super) fn of(error: &reqwest::Error, circumstances: &Circumstances<'_>) -> Cause {
        if error.is_builder() {
            return Cause::lasting(Failure::Setup(format!("cannot set up a connection: {}", innermost(error))));
        }
        if error.is_connect() {
            return unconnected(error, circumstances);
        }
        let kind = io_kind(error);
        let failure = if error.is_timeout() {
            Failure::Timeout(circumstances.seconds)
        } else if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
            Failure::NotHttp
        } else {
            Failure::Broken
        };
        // A server that hangs up without a word does so again: that is not worth a second try.
        Cause { failure, arrived: true, is_passing: error.is_timeout() || kind.is_some_and(is_reset) }
    }
}

/// Why there is no connection.
fn unconnected(error: &reqwest::Error, circumstances: &Circumstances<'_>) -> Cause {
    if let Some(tls) = find::<rustls::Error>(error) {
        return Cause::lasting(untrusted(tls));
    }
    let by_proxy = |fault| circumstances.proxy.map(|proxy| Failure::Proxy(proxy.to_owned(), fault));
    if error.is_dns() {
        let fault = by_proxy(ProxyFault::NoConnection("unknown host".to_owned()));
        return Cause::lasting(fault.unwrap_or(Failure::UnknownHost));
    }
    match find::<TunnelError>(error) {
        None | Some(TunnelError::ConnectFailed(_) | TunnelError::Io(_)) => {}
        Some(answer) => {
            let wants_login = matches!(answer, TunnelError::ProxyAuthRequired);
            let fault = if wants_login { ProxyFault::Login } else { ProxyFault::Refused };
            return Cause::lasting(by_proxy(fault).unwrap_or(Failure::Broken));
        }
    }
    let kind = io_kind(error);
    let why = match kind {
        _ if error.is_timeout() => "the machine does not answer".to_owned(),
        Some(io::ErrorKind::ConnectionRefused) => "connection refused".to_owned(),
        _ => innermost(error),
    };
    if let Some(failure) = by_proxy(ProxyFault::NoConnection(why.clone())) {
        return Cause::passing(failure);
    }
    Cause::passing(match kind {
        Some(io::ErrorKind::ConnectionRefused) => Failure::Refused,
        Some(io::ErrorKind::UnexpectedEof) if circumstances.is_https => Failure::Tls(TlsFault::HungUp),
        Some(kind) if circumstances.is_https && is_reset(kind) => Failure::Tls(TlsFault::HungUp),
        _ => Failure::NoConnection(why),
    })
}

/// Why encryption was not agreed on.
fn untrusted(error: &rustls::Error) -> Failure {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(CertificateError::Other(OtherError(cause))) => {
            let distrust = cause.downcast_ref::<Distrust>();
            Failure::Certificate(distrust.cloned().unwrap_or_else(|| Distrust::Other(cause.to_string())))
        }
        Tls::InvalidCertificate(other) => Failure::Certificate(Distrust::Other(other.to_string())),
        Tls::Other(OtherError(cause)) if cause.is::<BundleFault>() => Failure::BadVariable(cause.to_string()),
        Tls::InvalidMessage(_) => Failure::Tls(TlsFault::Plain),
        Tls::PeerIncompatible(_) => Failure::Tls(TlsFault::Old(error.to_string())),
        Tls::AlertReceived(
            alert @ (AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity),
        ) => Failure::Tls(TlsFault::Old(format!("it says {alert:?}"))),
        other => Failure::Tls(TlsFault::Other(other.to_string())),
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
