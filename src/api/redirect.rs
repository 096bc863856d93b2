//! Whether a call goes where the server sends it.

use reqwest::{Method, StatusCode, Url};

use super::error::Failure;
use super::url::shown;

/// Whether a status sends the client elsewhere.
pub(super) fn is_one(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// How often a call is sent on.
const MOST: usize = 5;

/// Where a call goes next: only on the host that the token is for, and never for a call that changes something.
///
/// # Errors
/// [`Failure::Redirected`] says why it goes no further.
pub(super) fn followed(method: &Method, from: &Url, location: Option<&str>, times: usize) -> Result<Url, Failure> {
    let Some(to) = location.and_then(|location| from.join(location).ok()) else {
        return Err(Failure::Redirected("nowhere".to_owned()));
    };
    let refused = |why: &str| Err(Failure::Redirected(format!("'{}', {why}", shown(to.as_str()))));
    if method != Method::GET {
        return refused("and calls that change something do not follow redirects");
    }
    let is_upgrade = from.scheme() == "http" && to.scheme() == "https" && from.host() == to.host();
    // A password in the new URL would take the place of the token.
    let has_password = !to.username().is_empty() || to.password().is_some();
    if has_password || !(from.origin() == to.origin() || is_upgrade) {
        return refused("another host, and the token is not sent there");
    }
    if times > MOST {
        return refused(&format!("after it has done so {MOST} times"));
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_http(location: &str) -> Result<String, String> {
        let from = Url::parse("http://idis.example.org:8080/p01/get_jobs").unwrap();
        let to = followed(&Method::GET, &from, Some(location), 1);
        to.map(|url| url.to_string()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn reading_stays_on_the_host() {
        for (location, to) in [
            ("/p01/get_jobs/", "http://idis.example.org:8080/p01/get_jobs/"),
            ("https://idis.example.org/p01/get_jobs", "https://idis.example.org/p01/get_jobs"),
            ("get_jobs?x=1", "http://idis.example.org:8080/p01/get_jobs?x=1"),
        ] {
            assert_eq!(from_http(location).as_deref(), Ok(to));
        }
        for location in [
            "http://idis.example.org/p01",
            "https://evil.example.org/p01",
            "//evil.example.org/",
            "ftp://idis.example.org/",
            "http://me:pw@idis.example.org:8080/",
        ] {
            let why = from_http(location).unwrap_err();
            assert!(why.contains("', another host, and the token") && !why.contains("pw"), "{location}: {why}");
        }
        assert_eq!(from_http("http://[").unwrap_err(), "the server redirects to nowhere");
    }

    #[test]
    fn https_never_becomes_http_and_it_ends() {
        let from = Url::parse("https://idis.example.org/p01").unwrap();
        let to = |location, times| followed(&Method::GET, &from, location, times).map_err(|why| why.to_string());
        assert!(to(Some("http://idis.example.org/p01"), 1).unwrap_err().contains("another host"));
        assert!(to(Some("/p02"), MOST).is_ok());
        assert!(to(Some("/p02"), MOST + 1).unwrap_err().contains("after it has done so 5 times"));
        assert!(to(None, 1).unwrap_err().contains("nowhere"));
    }

    #[test]
    fn calls_that_change_something_are_not_redirected() {
        let from = Url::parse("https://idis.example.org/p01/create_job").unwrap();
        let why = followed(&Method::POST, &from, Some("/p01/create_job/?next=secret"), 1).unwrap_err().to_string();
        assert!(why.starts_with("the server redirects to 'https://idis.example.org/p01/create_job/', and"), "{why}");
    }
}
