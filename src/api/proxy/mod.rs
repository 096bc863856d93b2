//! Which proxy leads to a server: the environment's, read as python-requests reads it, or the user's own in Windows.
//!
//! | what | means |
//! |---|---|
//! | `http_proxy`, `https_proxy` | the proxy for URLs of this scheme; lower case goes before upper case |
//! | `all_proxy` | the proxy for URLs of any other scheme |
//! | `no_proxy` | hosts that no proxy leads to: `*`, names and their endings, `host:port`, addresses, networks |
//! | `REQUEST_METHOD` | where it is set, `HTTP_PROXY` in upper case is a web client's header, and not believed |
//!
//! If none of them is set, Windows' Internet Options apply: [`windows`]. This computer is never called through a proxy.

mod environment;
#[cfg_attr(not(any(windows, test)), expect(dead_code, reason = "only Windows has these settings"))]
mod windows;

use reqwest::Url;

use super::url::{is_loopback, shown};

/// The proxies of this computer, and where they do not lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Proxies {
    http: Option<ProxyUrl>,
    https: Option<ProxyUrl>,
    all: Option<ProxyUrl>,
    bypass: Bypass,
}

/// The URL of a proxy, or what is wrong with it.
type ProxyUrl = Result<Url, String>;

/// Which hosts are reached directly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Bypass {
    #[default]
    Nothing,
    NoProxy(String),
    Windows(String),
}

impl Proxies {
    /// Those that the environment sets, or else the user in Windows.
    pub(super) fn of_this_computer() -> Proxies {
        environment::proxies(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
            .unwrap_or_else(of_the_system)
    }

    /// The proxy that leads to this URL, if one does.
    ///
    /// # Errors
    /// Which setting names no proxy, without a password.
    pub(super) fn to(&self, url: &Url) -> Result<Option<&Url>, String> {
        let setting = match url.scheme() {
            "http" => self.http.as_ref(),
            _ => self.https.as_ref(),
        };
        let is_direct = match &self.bypass {
            _ if is_loopback(url) => true,
            Bypass::Nothing => false,
            Bypass::NoProxy(list) => environment::is_listed(list, url),
            Bypass::Windows(list) => windows::is_listed(list, url),
        };
        match setting.or(self.all.as_ref()) {
            Some(setting) if !is_direct => setting.as_ref().map(Some).map_err(String::clone),
            _ => Ok(None),
        }
    }
}

/// The proxy that `origin` is set to; `None` for nothing.
fn setting(origin: &str, value: &str) -> Option<ProxyUrl> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let url = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    let is_known = |url: &Url| {
        matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h") && url.has_host()
    };
    let url = Url::parse(&url).ok().filter(is_known);
    Some(url.ok_or_else(|| format!("{origin} names '{}', which is not the URL of a proxy", shown(value))))
}

#[cfg(windows)]
fn of_the_system() -> Proxies {
    windows::of_this_user()
}

#[cfg(not(windows))]
fn of_the_system() -> Proxies {
    Proxies::default()
}

/// A proxy as messages have it: host and port, without a password.
pub(super) fn named(proxy: &Url) -> String {
    let host = proxy.host_str().unwrap_or_default();
    match proxy.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests;
