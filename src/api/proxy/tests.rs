use std::collections::HashMap;

use super::*;

fn with(variables: &[(&'static str, &str)]) -> Option<Proxies> {
    let variables: HashMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    environment::proxies(|name| variables.get(name).cloned())
}

fn chosen(proxies: &Proxies, url: &str) -> Option<String> {
    proxies.to(&Url::parse(url).unwrap()).unwrap().map(|proxy| proxy.to_string())
}

fn is_direct(no_proxy: &str, url: &str) -> bool {
    chosen(&with(&[("all_proxy", "proxy:3128"), ("NO_PROXY", no_proxy)]).unwrap(), url).is_none()
}

#[test]
fn each_scheme_has_its_variable_and_lower_case_goes_first() {
    assert_eq!(with(&[("HTTP_PROXYS", "x")]), None);
    let proxies = with(&[("HTTP_PROXY", "http://upper:1"), ("http_proxy", "lower:2"), ("ALL_PROXY", "socks5://all:3")]);
    let proxies = proxies.unwrap();
    assert_eq!(chosen(&proxies, "http://idis.example.org/p01").as_deref(), Some("http://lower:2/"));
    assert_eq!(chosen(&proxies, "https://idis.example.org/p01").as_deref(), Some("socks5://all:3"));
    let off = with(&[("HTTPS_PROXY", "http://upper:1"), ("https_proxy", "")]).unwrap();
    assert_eq!(chosen(&off, "https://idis.example.org/p01"), None);
}

#[test]
fn a_header_of_a_web_client_is_not_taken_for_a_proxy() {
    let cgi = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil:1"), ("HTTPS_PROXY", "good:2")];
    let proxies = with(&cgi).unwrap();
    assert_eq!(chosen(&proxies, "http://idis.example.org/"), None);
    assert_eq!(chosen(&proxies, "https://idis.example.org/").as_deref(), Some("http://good:2/"));
}

#[test]
fn this_computer_is_reached_directly() {
    let proxies = with(&[("all_proxy", "proxy:3128")]).unwrap();
    for url in ["http://localhost:8000/p01", "https://127.0.0.1/p01", "http://127.9.9.9/", "http://[::1]:8000/p01"] {
        assert_eq!(chosen(&proxies, url), None, "{url}");
    }
    assert!(chosen(&proxies, "http://localhost.example.org/").is_some());
}

#[test]
fn no_proxy_names_hosts_as_requests_reads_it() {
    let url = "https://idis.example.org:8443/p01";
    for list in [
        "*",
        "idis.example.org",
        "IDIS.Example.ORG",
        "example.org",
        ".example.org",
        "*.example.org",
        "other.net, example.org",
        "other.net example.org",
        "idis.example.org:8443",
        ".example.org:8443",
        ".idis.example.org",
    ] {
        assert!(is_direct(list, url), "{list}");
    }
    for list in ["", ",", "idis.example.org:443", "example.com", "idis", "10.0.0.0/8", "sub.idis.example.org", "*:80"] {
        assert!(!is_direct(list, url), "{list}");
    }
}

#[test]
fn no_proxy_names_addresses_and_networks() {
    for (list, url) in [
        ("10.1.2.3", "http://10.1.2.3/p01"),
        ("10.0.0.0/8", "http://10.1.2.3:8080/p01"),
        ("10.1.2.3:8080", "http://10.1.2.3:8080/p01"),
        ("192.168.0.0/16,10.1.0.0/16", "https://10.1.2.3/"),
        ("fd00::/8", "https://[fd00::1]/"),
        ("[fd00::1]", "https://[fd00::1]/"),
        ("*", "http://10.1.2.3/"),
    ] {
        assert!(is_direct(list, url), "{list} {url}");
    }
    for (list, url) in [
        ("10.1.2", "http://10.1.2.3/"),
        ("2.3", "http://10.1.2.3/"),
        ("10.1.2.3:80", "http://10.1.2.3:8080/"),
        ("11.0.0.0/8", "http://10.1.2.3/"),
        ("10.0.0.0/99", "http://10.1.2.3/"),
    ] {
        assert!(!is_direct(list, url), "{list} {url}");
    }
}

#[test]
fn an_invalid_proxy_is_named_without_its_password() {
    let proxies = with(&[("https_proxy", "ftp://me:s3cret@proxy:21")]).unwrap();
    let error = proxies.to(&Url::parse("https://idis.example.org/").unwrap()).unwrap_err();
    assert_eq!(error, "https_proxy names 'ftp://proxy:21', which is not the URL of a proxy");
    assert_eq!(proxies.to(&Url::parse("http://idis.example.org/").unwrap()), Ok(None), "it is not for http");
    let secret = with(&[("https_proxy", "http://me:s3cret@proxy:3128")]).unwrap();
    let url = secret.to(&Url::parse("https://idis.example.org/").unwrap()).unwrap().unwrap();
    assert_eq!((named(url).as_str(), url.password()), ("proxy:3128", Some("s3cret")));
}

#[test]
fn windows_knows_one_proxy_or_one_for_each_scheme() {
    let https = "https://idis.example.org/p01";
    assert_eq!(windows::proxies(false, "proxy:8080", ""), Proxies::default(), "it is switched off");
    assert_eq!(windows::proxies(true, " ", ""), Proxies::default());
    let one = windows::proxies(true, "proxy:8080", "");
    assert_eq!(chosen(&one, https).as_deref(), Some("http://proxy:8080/"));
    assert_eq!(chosen(&one, "http://idis.example.org/").as_deref(), Some("http://proxy:8080/"));
    let many = windows::proxies(true, "http=a:8080;https=b:81;ftp=c:82;socks=d:1080", "");
    assert_eq!(chosen(&many, https).as_deref(), Some("http://b:81/"));
    assert_eq!(chosen(&many, "http://idis.example.org/").as_deref(), Some("http://a:8080/"));
    let only_http = windows::proxies(true, "http=a:80", "");
    assert_eq!(chosen(&only_http, https), None);
    let socks = windows::proxies(true, "socks=d:1080", "");
    assert_eq!(chosen(&socks, https).as_deref(), Some("socks5://d:1080"));
    let with_scheme = windows::proxies(true, "https=http://b:81", "");
    assert_eq!(chosen(&with_scheme, https).as_deref(), Some("http://b:81/"));
}

#[test]
fn windows_names_what_is_reached_directly() {
    let is_direct = |list: &str, url: &str| chosen(&windows::proxies(true, "proxy:8080", list), url).is_none();
    for (list, url) in [
        ("<local>", "https://idis/p01"),
        ("*.umc.nl;<local>", "https://idis.umc.nl/p01"),
        ("umc*", "https://umc-idis.example.org/"),
        ("10.*;192.168.*", "http://10.1.2.3/"),
        ("idis.umc.nl:8443", "https://idis.umc.nl:8443/p01"),
        ("https://*.umc.nl", "https://IDIS.umc.nl/"),
        ("*", "https://idis.example.org/"),
        ("other.nl; idis.umc.nl", "https://idis.umc.nl/"),
        ("10.1.2.?", "http://10.1.2.3/"),
    ] {
        assert!(is_direct(list, url), "{list} {url}");
    }
    for (list, url) in [
        ("", "https://idis.umc.nl/"),
        ("<local>", "https://idis.umc.nl/"),
        ("<local>", "http://10.1.2.3/"),
        ("umc.nl", "https://idis.umc.nl/"),
        ("http://*.umc.nl", "https://idis.umc.nl/"),
        ("[a-z]*", "https://idis.umc.nl/"),
    ] {
        assert!(!is_direct(list, url), "{list} {url}");
    }
}
