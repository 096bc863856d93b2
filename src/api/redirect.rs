//! Whether a call goes where the server sends it.

use reqwest::{Method, StatusCode, Url};

use super::error::{MOST_REDIRECTS, Redirect};
use super::url::shown;

/// Whether a status sends the client elsewhere.
pub(super) fn is_one(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a call goes next: on the host that the token is for, and never a call that changes something.
///
/// # Errors
/// Why it goes no further.
pub(super) fn followed(method: &Method, from: &Url, location: Option<&str>, times: usize) -> Result<Url, Redirect> {
    let to = location.and_then(|location| from.join(location).ok()).ok_or(Redirect::Nowhere)?;
    let name = || shown(to.as_str());
    if method != Method::GET {
        return Err(Redirect::OfAChange(name()));
    }
    let is_upgrade = from.scheme() == "http" && to.scheme() == "https" && from.host() == to.host();
    if !(from.origin() == to.origin() || is_upgrade) {
        return Err(Redirect::Elsewhere(name()));
    }
    if times > MOST_REDIRECTS {
        return Err(Redirect::TooOften(name()));
    }
    // A password in the new URL would take the place of the token.
    if !to.username().is_empty() || to.password().is_some() {
        return Err(Redirect::Elsewhere(name()));
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_http(location: &str) -> Result<String, Redirect> {
        let from = Url::parse("http://idis.example.org:8080/p01/get_jobs").unwrap();
        followed(&Method::GET, &from, Some(location), 1).map(|url| url.to_string())
    }

    #[test]
    fn reading_stays_on_the_host() {
        assert_eq!(from_http("/p01/get_jobs/").unwrap(), "http://idis.example.org:8080/p01/get_jobs/");
        assert_eq!(
            from_http("https://idis.example.org/p01/get_jobs").unwrap(),
            "https://idis.example.org/p01/get_jobs"
        );
        assert_eq!(from_http("get_jobs?x=1").unwrap(), "http://idis.example.org:8080/p01/get_jobs?x=1");
        for location in [
            "http://idis.example.org/p01",
            "https://evil.example.org/p01",
            "//evil.example.org/",
            "ftp://idis.example.org/",
        ] {
            assert!(matches!(from_http(location), Err(Redirect::Elsewhere(_))), "{location}");
        }
        assert!(
            matches!(from_http("http://me:pw@idis.example.org:8080/"), Err(Redirect::Elsewhere(to)) if !to.contains("pw"))
        );
        assert_eq!(from_http("http://["), Err(Redirect::Nowhere));
    }

    #[test]
    fn https_never_becomes_http_and_it_ends() {
        let from = Url::parse("https://idis.example.org/p01").unwrap();
        let to = |location, times| followed(&Method::GET, &from, Some(location), times);
        assert!(matches!(to("http://idis.example.org/p01", 1), Err(Redirect::Elsewhere(_))));
        assert!(to("/p02", MOST_REDIRECTS).is_ok());
        assert!(matches!(to("/p02", MOST_REDIRECTS + 1), Err(Redirect::TooOften(_))));
        assert_eq!(followed(&Method::GET, &from, None, 1), Err(Redirect::Nowhere));
    }

    #[test]
    fn what_changes_something_goes_nowhere_else() {
        let from = Url::parse("https://idis.example.org/p01/create_job").unwrap();
        let to = followed(&Method::POST, &from, Some("/p01/create_job/?next=secret"), 1);
        assert_eq!(to, Err(Redirect::OfAChange("https://idis.example.org/p01/create_job/".to_owned())));
    }
}
