//! `http_proxy` and its kin.

use ipnet::IpNet;
use reqwest::Url;

use super::{Bypass, Proxies, setting};
use crate::api::url::address;

/// What the variables set; `None` if not one of them is there.
pub(super) fn proxies(variable: impl Fn(&str) -> Option<String>) -> Option<Proxies> {
    let is_cgi = variable("REQUEST_METHOD").is_some();
    let named = |lower: &'static str, upper: &'static str| {
        // An empty variable in lower case switches off the one in upper case.
        let upper_counts = !(is_cgi && upper == "HTTP_PROXY");
        let found = variable(lower).map(|value| (lower, value));
        found.or_else(|| variable(upper).filter(|_| upper_counts).map(|value| (upper, value)))
    };
    let direct =
        [variable("no_proxy"), variable("NO_PROXY")].into_iter().flatten().find(|list| !list.trim().is_empty());
    let all = [("http_proxy", "HTTP_PROXY"), ("https_proxy", "HTTPS_PROXY"), ("all_proxy", "ALL_PROXY")]
        .map(|(lower, upper)| named(lower, upper));
    if all.iter().all(Option::is_none) && direct.is_none() {
        return None;
    }
    let [http, https, all] = all.map(|named| named.and_then(|(origin, value)| setting(origin, &value)));
    Some(Proxies { http, https, all, bypass: direct.map_or(Bypass::Nothing, Bypass::NoProxy) })
}

/// Whether a list such as `localhost,.example.org,10.0.0.0/8,host:8080` names the host of a URL.
pub(super) fn is_listed(list: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    let names = |entry: &str| {
        // A port in the entry must match that of the URL.
        let without_port = entry.strip_suffix(port.as_str()).filter(|_| !port.is_empty()).unwrap_or(entry);
        let name = without_port.trim_start_matches('[').trim_end_matches(']').trim_start_matches('*');
        match address(url) {
            Some(address) => {
                name.parse::<IpNet>().is_ok_and(|network| network.contains(&address))
                    || name.parse().is_ok_and(|other: std::net::IpAddr| other == address)
            }
            None => !name.is_empty() && (host.ends_with(name) || Some(host.as_str()) == name.strip_prefix('.')),
        }
    };
    let entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    entries.map(str::to_ascii_lowercase).any(|entry| entry == "*" || names(&entry))
}
