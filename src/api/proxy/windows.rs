//! The Internet Options of a Windows user, in the registry.

use reqwest::Url;

use super::{Bypass, Proxies, setting};
use crate::api::url::address;

/// Below `HKEY_CURRENT_USER`.
#[cfg(windows)]
const KEY: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";

/// Where a proxy was set, for messages.
const ORIGIN: &str = "the proxy in Windows' Internet Options";

/// What the user has set. What cannot be read is not set.
#[cfg(windows)]
pub(super) fn of_this_user() -> Proxies {
    let Ok(key) = windows_registry::CURRENT_USER.open(KEY) else { return Proxies::default() };
    // Some programs write the number as text.
    let is_on = key.get_u32("ProxyEnable").map(|number| number != 0);
    let is_on = is_on.or_else(|_| key.get_string("ProxyEnable").map(|text| text.trim() != "0")).unwrap_or(false);
    let text = |name| key.get_string(name).unwrap_or_default();
    proxies(is_on, &text("ProxyServer"), &text("ProxyOverride"))
}

/// What the values `ProxyEnable`, `ProxyServer` and `ProxyOverride` mean.
///
/// `ProxyServer` is `host:port` for all schemes, or `http=host:port;https=host:port;socks=host:port`.
pub(super) fn proxies(is_on: bool, server: &str, direct: &str) -> Proxies {
    let server = server.trim();
    if !is_on || server.is_empty() {
        return Proxies::default();
    }
    let mut proxies = Proxies { bypass: Bypass::Windows(direct.to_owned()), ..Proxies::default() };
    let entries = server.split([';', ' ']).map(str::trim).filter(|entry| !entry.is_empty());
    for entry in entries {
        let Some((scheme, value)) = entry.split_once('=') else {
            proxies.all = setting(ORIGIN, entry);
            continue;
        };
        match scheme.trim().to_ascii_lowercase().as_str() {
            "http" => proxies.http = setting(ORIGIN, value),
            "https" => proxies.https = setting(ORIGIN, value),
            // Serves the schemes that do not have one of their own.
            "socks" if value.contains("://") => proxies.all = setting(ORIGIN, value),
            "socks" => proxies.all = setting(ORIGIN, &format!("socks5://{value}")),
            _ => {}
        }
    }
    proxies
}

/// Whether a list such as `*.example.org;10.*;<local>` names the host of a URL.
pub(super) fn is_listed(list: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let port = url.port_or_known_default().unwrap_or(0);
    let is_local = !host.contains('.') && address(url).is_none();
    let names = |entry: &str| {
        if entry == "<local>" {
            return is_local;
        }
        let (scheme, pattern) = entry.split_once("://").unwrap_or((url.scheme(), entry));
        scheme == url.scheme() && (fits(pattern, &host) || fits(pattern, &format!("{host}:{port}")))
    };
    list.split([';', ',', ' ']).map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| names(&entry))
}

/// Whether a pattern with `*` and `?` fits the whole of a text.
fn fits(pattern: &str, text: &str) -> bool {
    glob::Pattern::new(&pattern.replace('[', "[[]")).is_ok_and(|pattern| pattern.matches(text))
}
