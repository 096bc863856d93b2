//! A call as it arrived.

use std::fmt;

use reqwest::Url;

/// A call as it arrived at a [`FakeIdis`](super::FakeIdis) or a [`FaultyProxy`](super::FaultyProxy).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `GET` or `POST`.
    pub method: String,
    /// The base path without slashes around it: `p01`.
    pub server: String,
    /// The function that was called: `get_job`; empty for the bare base URL.
    pub function: String,
    /// The arguments, decoded, in the order in which they were sent; those of a query string come first.
    pub params: Vec<(String, String)>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
}

impl Received {
    /// Takes a request apart: `target` is what follows the method on the request line.
    pub(super) fn parse(method: &str, target: &str, authorization: Option<&str>, body: &[u8]) -> Received {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let function = if segments.len() > 1 { segments.pop().unwrap_or_default() } else { "" };
        let mut params = form(query);
        params.extend(form(&String::from_utf8_lossy(body)));
        Received {
            method: method.to_owned(),
            server: segments.join("/"),
            function: function.to_owned(),
            params,
            authorization: authorization.map(str::to_owned),
        }
    }

    /// The first value of an argument.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of an argument that is repeated, such as `job_ids`.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.params.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }
}

impl fmt::Display for Received {
    /// One line, `POST p01/cancel_job user_name=z123456 job_id=1`: without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.method, self.server, self.function)?;
        self.params.iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}

/// A form body is encoded like a query string.
fn form(encoded: &str) -> Vec<(String, String)> {
    let Ok(mut url) = Url::parse("http://form/") else { return Vec::new() };
    url.set_query(Some(encoded));
    url.query_pairs().into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_form_on_get_apart() {
        let body = b"user_name=z123+%C3%A9%26%3D%23&job_ids=1&job_ids=2&empty=";
        let call = Received::parse("GET", "/p01/get_jobs_list?job_ids=0", Some("Token secret"), body);
        assert_eq!((call.server.as_str(), call.function.as_str()), ("p01", "get_jobs_list"));
        assert_eq!(call.param("user_name"), Some("z123 é&=#"));
        assert_eq!(call.all("job_ids"), ["0", "1", "2"]);
        assert_eq!(call.param("empty"), Some(""));
        assert_eq!(call.param("job_id"), None);
        assert_eq!(
            call.to_string(),
            "GET p01/get_jobs_list job_ids=0 user_name=z123 é&=# job_ids=1 job_ids=2 empty=",
            "and not the token"
        );
    }

    #[test]
    fn the_last_part_of_the_path_is_the_function() {
        let call = |target| {
            let call = Received::parse("GET", target, None, b"");
            (call.server, call.function)
        };
        let pair = |server: &str, function: &str| (server.to_owned(), function.to_owned());
        assert_eq!(call("/p01"), pair("p01", ""));
        assert_eq!(call("/p01/"), pair("p01", ""));
        assert_eq!(call("/api/v1//p01/get_job"), pair("api/v1/p01", "get_job"));
        assert_eq!(call("/"), pair("", ""));
    }
}
