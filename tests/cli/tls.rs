//! Certificates: whom the client trusts, and what it says when it does not.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::Env;

/// A hospital's web server: its certificate is issued by a CA that the system does not know.
struct Hospital {
    url: String,
    /// The CA's certificate, in PEM.
    ca: String,
}

impl Hospital {
    fn open() -> Hospital {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::new(vec![]).unwrap();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}/p01", listener.local_addr().unwrap().port());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(stream, &config);
            }
        });
        Hospital { url, ca: ca_pem }
    }
}

/// Answers one request as a live web API does, and hangs up.
fn answer(stream: TcpStream, config: &Arc<ServerConfig>) -> std::io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut request = vec![];
    let mut chunk = [0; 4096];
    while !request.ends_with(b"user_name=z123456") {
        match stream.read(&mut chunk)? {
            0 => break,
            count => request.extend_from_slice(&chunk[..count]),
        }
    }
    let body = r#"{"documentation": {}}"#;
    write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())?;
    stream.conn.send_close_notify();
    stream.flush()
}

fn env(hospital: &Hospital) -> Env {
    let mut env = Env::new();
    env.name_url(&hospital.url, "{url}");
    env.settings_for(&[("p01", &hospital.url)]);
    env
}

#[test]
fn a_certificate_of_an_unknown_ca_is_refused_with_the_remedies() {
    let hospital = Hospital::open();
    env(&hospital).run("server status").assert(
        "
         exit 1
         stderr:
           error: {url}: the server's certificate is not trusted: [..]; add your hospital's CA [..]REQUESTS_CA_BUNDLE[..]set-validate-ssl false[..]",
    );
}

#[test]
fn the_bundle_that_the_environment_names_is_trusted() {
    let hospital = Hospital::open();
    let env = env(&hospital);
    let bundle = env.write("ca.pem", &hospital.ca);
    for variable in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        env.anon(["server", "status"]).env(variable, &bundle).run().assert(
            "
             exit 0
             stdout:
               OK: p01: {url} is online and responsive",
        );
    }
}

#[test]
fn a_bundle_that_cannot_be_used_is_named() {
    let hospital = Hospital::open();
    let env = env(&hospital);
    let missing = env.path("nothing.pem");
    env.anon(["server", "status"])
        .env("REQUESTS_CA_BUNDLE", missing)
        .run()
        .assert_status(1)
        .assert_says(&["REQUESTS_CA_BUNDLE names './nothing.pem', but it cannot be read"]);
    let garbage = env.write("garbage.pem", "not a certificate");
    env.anon(["server", "status"])
        .env("REQUESTS_CA_BUNDLE", garbage)
        .run()
        .assert_status(1)
        .assert_says(&["but it holds no PEM certificates"]);
}

#[test]
fn without_the_check_each_run_warns() {
    let hospital = Hospital::open();
    let env = env(&hospital);
    env.run("settings set-validate-ssl false").assert_ok();
    env.run("server status").assert(
        "
         exit 0
         stdout:
           OK: p01: {url} is online and responsive
         stderr:
           warning: the server's certificate is not checked, [..] 'anon settings set-validate-ssl true' turns the check on",
    );
}
