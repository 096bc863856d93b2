//! The base URL of a server, checked before anything is sent there.

use std::borrow::Cow;
use std::net::IpAddr;

use reqwest::Url;

use super::error::{ApiError, Failure, Reason, WRONG_URL};

/// The base URL of a web API: http or https, a host, perhaps a port and a path, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl {
    /// As the user wrote it, without slashes at the end.
    text: String,
    parsed: Url,
}

impl ServerUrl {
    /// Checks a base URL.
    ///
    /// # Errors
    /// [`Failure::Setup`], which shows the URL without its password.
    pub fn parse(url: &str) -> Result<ServerUrl, ApiError> {
        let written = url.trim();
        let text =
            Some(written.trim_end_matches('/')).filter(|text| text.contains("://")).unwrap_or(written).to_owned();
        match check(&text) {
            Ok(parsed) => Ok(ServerUrl { text, parsed }),
            Err(Reason { found, hint }) => {
                let found = format!("not the URL of a server: {found}");
                Err(ApiError { url: shown(&text), failure: Failure::Setup(Reason { found, hint }) })
            }
        }
    }

    /// As the user wrote it, without slashes at the end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether requests can be read in transit.
    pub fn is_plain(&self) -> bool {
        self.parsed.scheme() == "http"
    }

    /// Whether the server is this computer.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.parsed)
    }

    /// Where a function of the API is; the empty name is the API itself.
    pub(super) fn of_function(&self, function: &str) -> String {
        if function.is_empty() { self.text.clone() } else { format!("{}/{function}", self.text) }
    }

    pub(super) fn parsed(&self) -> &Url {
        &self.parsed
    }
}

fn check(text: &str) -> Result<Url, Reason> {
    let Some((scheme, _)) = text.split_once("://") else {
        let shown = shown(text);
        let hint = format!("did you mean 'https://{shown}' or 'http://{shown}'?");
        return Err(Reason::new("it does not begin with https:// or http://", hint));
    };
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        let found = format!("it begins with '{scheme}:', not with https:// or http://");
        return Err(Reason::new(found, WRONG_URL));
    }
    // A password can hold any of the odd characters: it is looked for first, so that nothing of it is shown.
    if without_password(text) != text {
        return Err(Reason::new(
            "it contains a user name or a password",
            "leave out everything before the '@': your user name and token are in the settings, \
             see 'anon settings user info'",
        ));
    }
    let odd = |c: char| match c {
        '?' => Some("a '?'"),
        '#' => Some("a '#'"),
        c if c.is_whitespace() => Some("a space"),
        c if c.is_control() => Some("a control character"),
        _ => None,
    };
    if let Some(what) = text.chars().find_map(odd) {
        let hint = "give only the base URL of the web API, such as 'https://idis.example.org/p01'";
        return Err(Reason::new(format!("it contains {what}"), hint));
    }
    Url::parse(text).map_err(|error| Reason::new(error.to_string(), WRONG_URL))
}

/// A URL without `user:password@`. Where it is unclear what belongs to the password, more is left out.
pub fn without_password(url: &str) -> Cow<'_, str> {
    let start = url.find("://").map_or(0, |at| at + 3);
    let rest = &url[start..];
    // Without '://', the standard takes what stands before the first colon for a scheme.
    let parsed = Url::parse(url).ok().filter(|_| start > 0);
    let cut = match parsed {
        Some(parsed) if parsed.username().is_empty() && parsed.password().is_none() => None,
        Some(_) => rest[..rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len())].rfind('@'),
        None => rest.rfind('@'),
    };
    match cut {
        Some(at) => Cow::Owned(format!("{}{}", &url[..start], &rest[at + 1..])),
        None => Cow::Borrowed(url),
    }
}

/// A URL as messages have it: without a password, and without a query, in which others put theirs.
pub(super) fn shown(url: &str) -> String {
    let url = without_password(url);
    url[..url.find(['?', '#']).unwrap_or(url.len())].to_owned()
}

/// Whether a URL leads to this computer.
pub(super) fn is_loopback(url: &Url) -> bool {
    match address(url) {
        Some(address) => address.is_loopback(),
        None => url.host_str().is_some_and(|host| host == "localhost" || host.ends_with(".localhost")),
    }
}

/// The address in a URL that has one in the place of a name.
pub(super) fn address(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(url: &str) -> (String, String) {
        let error = ServerUrl::parse(url).unwrap_err();
        (error.to_string(), error.hint().unwrap_or_default())
    }

    #[test]
    fn a_base_url_stays_as_it_was_written() {
        for (url, kept) in [
            ("https://idis.example.org/p01", "https://idis.example.org/p01"),
            (" http://localhost:8080/p01// ", "http://localhost:8080/p01"),
            ("https://hostname_of_api", "https://hostname_of_api"),
            ("HTTPS://Idis.Example.Org/P01", "HTTPS://Idis.Example.Org/P01"),
            ("http://[::1]:80/p@01", "http://[::1]:80/p@01"),
        ] {
            assert_eq!(ServerUrl::parse(url).unwrap().as_str(), kept);
        }
        assert!(ServerUrl::parse("http://[::1]:80/p01").unwrap().is_local());
        assert!(!ServerUrl::parse("http://127.evil.example/p01").unwrap().is_local());
    }

    #[test]
    fn an_invalid_base_url_is_refused_with_a_remedy() {
        for (url, says, hint) in [
            ("idis.example.org/p01", "does not begin with https://", "'https://idis.example.org/p01' or 'http://idis"),
            ("localhost:8080/p01", "does not begin with https://", "did you mean 'https://localhost:8080/p01'"),
            ("", "does not begin", "did you mean"),
            ("ftp://idis.example.org/p01", "begins with 'ftp:'", "anon server add"),
            ("https://idis.example.org/p01?x=1", "contains a '?'", "only the base URL"),
            ("https://idis.example.org/p01#top", "contains a '#'", "only the base URL"),
            ("https://idis.example.org/p 01", "contains a space", "only the base URL"),
            ("https://idis.example.org/p\u{a0}01", "contains a space", "only the base URL"),
            ("https://", "empty host", "anon server add"),
            ("https://host:99999/p01", "invalid port", "anon server add"),
        ] {
            let (text, remedy) = fault(url);
            assert!(text.contains(says) && remedy.contains(hint), "{url}: {text}; {remedy}");
        }
    }

    #[test]
    fn a_password_is_refused_and_not_shown() {
        for url in [
            "https://me:s3cret@idis.example.org/p01",
            "https://s3cret@idis.example.org/p01",
            "https://me:s3c/s3cret@idis.example.org/p01",
            "https://me:s3cret?x#y@idis.example.org:99999/p01",
            "https://me:s3 cret@idis.example.org/p01?s3cret",
            "me:s3cret@idis.example.org/p01",
            "ftp://me:s3cret@idis.example.org/p01",
        ] {
            let (text, hint) = fault(url);
            assert!(!text.contains("s3c") && !hint.contains("s3c"), "{url}: {text}; {hint}");
        }
        assert!(fault("https://me:s3cret@idis.example.org/p01").0.contains("contains a user name or a password"));
        assert_eq!(without_password("https://me:p@ss@h/p@01"), "https://h/p@01");
        assert_eq!(shown("https://login.example.org/in?token=s3cret"), "https://login.example.org/in");
    }
}
