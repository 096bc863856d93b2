//! Proxies: which way the calls go, and what is said when one is in the way.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy};
use rcgen::{CertificateParams, KeyPair};
use snapbox::str;

use crate::support::{Env, Outcome};
use crate::tls_server::TlsServer;

/// A host that only a proxy can find.
const PLAIN: &str = "http://idis.example.invalid/p01";
const SECURE: &str = "https://idis.example.invalid/p01";

fn env(url: &str) -> Env {
    let mut env = Env::new();
    env.name_url(url, "{url}");
    env.settings_for(&[("p01", url)]);
    env
}

fn run(url: &str, line: &str, variables: &[(&str, &str)]) -> Outcome {
    let env = env(url);
    let anon = env.anon(line.split(' '));
    variables.iter().fold(anon, |anon, (name, value)| anon.env(name, *value)).run()
}

/// A proxy for `https://`: connects to one server whatever it is asked for, or answers with this.
struct Tunnel {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    fn to(server: SocketAddr) -> Tunnel {
        Tunnel::start(Ok(server))
    }

    fn refusing(answer: &'static str) -> Tunnel {
        Tunnel::start(Err(answer))
    }

    fn start(to: Result<SocketAddr, &'static str>) -> Tunnel {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = tunnel(stream, to, &seen);
            }
        });
        Tunnel { url, asked }
    }
}

fn tunnel(client: TcpStream, to: Result<SocketAddr, &str>, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    seen.lock().unwrap().push(head);
    let server = match to {
        Err(answer) => return (&client).write_all(answer.as_bytes()),
        Ok(server) => TcpStream::connect(server)?,
    };
    (&client).write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || std::io::copy(&mut from_server, &mut to_client));
    std::io::copy(&mut &client, &mut &server).map(drop)
}

#[test]
fn plain_calls_go_through_the_proxy_and_the_token_is_warned_of() {
    let idis = FakeIdis::builder().jobs(3).start();
    let proxy = FaultyProxy::before(&idis);
    let url = proxy.url("");
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        let outcome = run(PLAIN, "server jobs", &[(variable, &url)]).assert_ok();
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        let warning = format!("warning: your token travels unencrypted to {{url}} through the proxy {address}; ask");
        assert!(outcome.stderr.starts_with(&warning), "{}", outcome.story());
    }
    assert_eq!(idis.requests().len(), 4);
    // Not for this scheme.
    run(PLAIN, "server jobs", &[("HTTPS_PROXY", &url)]).assert_status(1).assert_stderr(&["unknown host"]);
    assert_eq!(idis.requests().len(), 4);
}

#[test]
fn hosts_that_no_proxy_leads_to_are_called_directly() {
    let proxy = FaultyProxy::alone();
    let url = proxy.url("");
    for list in ["*", "idis.example.invalid", ".example.invalid", "other, example.invalid", "idis.example.invalid:80"] {
        run(PLAIN, "server jobs", &[("HTTP_PROXY", &url), ("NO_PROXY", list)])
            .assert_status(1)
            .assert_stderr(&["unknown host"]);
    }
    // This computer never is.
    let idis = FakeIdis::start();
    for host in ["127.0.0.1", "localhost"] {
        run(&idis.url("p01").replace("127.0.0.1", host), "server status", &[("HTTP_PROXY", &url)]).assert_ok();
    }
    assert_eq!(proxy.received(), []);
}

#[test]
fn encrypted_calls_go_through_a_tunnel() {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["idis.example.invalid".to_owned()]).unwrap().self_signed(&key).unwrap();
    let server = TlsServer::start(certificate.der().to_vec(), key.serialize_der());
    let proxy = Tunnel::to(server.address());
    let env = env(SECURE);
    let bundle = env.write("server.pem", certificate.pem());
    let with_password = proxy.url.replace("http://", "http://me:s3cret@");
    env.anon(["server", "status"]).env("REQUESTS_CA_BUNDLE", bundle).env("HTTPS_PROXY", with_password).run().assert(
        str![[r#"
exit 0
stdout:
  OK: p01: {url} is online and responsive
"#]],
    );
    let head = proxy.asked.lock().unwrap().concat();
    assert!(head.starts_with("CONNECT idis.example.invalid:443 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("proxy-authorization: Basic bWU6czNjcmV0\r\n"), "{head}");
    assert!(!head.contains("Token"), "{head}");
}

#[test]
fn what_a_proxy_has_against_a_call_is_told() {
    let refused = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    let login = Tunnel::refusing("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    let page = Tunnel::refusing("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\n<html>no!");
    for (url, says, remedy) in [
        (login.url.as_str(), "wants you to log in (407 Proxy Authentication Required)", "USER:PASSWORD@HOST:PORT"),
        (page.url.as_str(), "will not connect to the server", "add its host to NO_PROXY"),
        (&format!("http://{refused}"), "cannot be reached: connection refused", "check HTTPS_PROXY"),
        ("http://no-such-proxy.invalid:3128", "cannot be reached: unknown host", "check HTTPS_PROXY"),
    ] {
        for scheme in [SECURE, PLAIN] {
            // Plain calls get the answer itself.
            let is_page = scheme == PLAIN && url == page.url;
            let says = if is_page { "answered with a web page, not the server's web API (status 403)" } else { says };
            let variables = [("HTTPS_PROXY", url), ("HTTP_PROXY", url)];
            let outcome = run(scheme, "server jobs", &variables).assert_status(1);
            let host = url.trim_start_matches("http://");
            let _ = outcome.assert_stderr(&[&format!("error: {{url}}/get_jobs: the proxy {host} {says}"), remedy]);
        }
    }
    run(SECURE, "server jobs", &[("HTTPS_PROXY", "ftp://me:s3cret@proxy")])
        .assert_status(1)
        .assert_stderr(&["HTTPS_PROXY names 'ftp://proxy', which is not the URL of a proxy"]);
}

#[test]
fn a_page_that_a_proxy_answers_with_is_told_from_an_answer_of_the_server() {
    let idis = FakeIdis::builder().jobs(3).start();
    let proxy = FaultyProxy::before(&idis);
    proxy.on(Calls::nth("get_jobs", 1), Fault::page(200, "<html>Please log in</html>"));
    proxy.on(Calls::nth("get_jobs", 2), Fault::page(407, "<html>Please log in</html>"));
    proxy.on(Calls::nth("get_jobs", 3), Fault::json(401, "{}"));
    let url = proxy.url("");
    for says in ["answered with a web page", "wants you to log in (407", "401 Unauthorized"] {
        let _ = run(PLAIN, "server jobs", &[("HTTP_PROXY", &url)]).assert_status(1).assert_stderr(&[says]);
    }
    run(PLAIN, "server jobs", &[("HTTP_PROXY", &url)]).assert_ok();
}
