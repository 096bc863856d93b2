//! Certificates: whom the client trusts, and what it says when it does not.

use std::io::Write;
use std::net::TcpListener;
use std::thread;

use anonapi::testing::FakeIdis;
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use snapbox::str;

use crate::support::Env;
use crate::tls_server::TlsServer;

/// A server, and what its users are given to trust it by.
struct Hospital {
    server: TlsServer,
    /// A certificate in PEM: the CA's, or that of the server itself.
    file: String,
}

fn params(names: &[&str], called: &str) -> CertificateParams {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name.push(DnType::CommonName, called);
    params
}

impl Hospital {
    /// The server's certificate is issued by a CA that the system does not know.
    fn with_ca(names: &[&str]) -> Hospital {
        Hospital::with_ca_and(params(names, "a server"))
    }

    fn with_ca_and(leaf: CertificateParams) -> Hospital {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = params(&[], "Hospital CA");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let file = ca.self_signed(&ca_key).unwrap().pem();
        let key = KeyPair::generate().unwrap();
        let leaf = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).unwrap();
        Hospital { server: server(&leaf, &key), file }
    }

    /// As `openssl req -x509` makes it: the server's certificate is its own CA.
    fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Hospital {
        let mut leaf = params(&["localhost"], "a server");
        leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        change(&mut leaf);
        let key = KeyPair::generate().unwrap();
        let leaf = leaf.self_signed(&key).unwrap();
        Hospital { server: server(&leaf, &key), file: leaf.pem() }
    }

    fn env(&self) -> Env {
        env(self.server.url())
    }

    /// What `anon server status` says when the file is named in this variable.
    fn status_with(&self, variable: &str, file: impl AsRef<[u8]>) -> (i32, String) {
        let env = self.env();
        let path = env.write("bundle.pem", file);
        let outcome = env.anon(["server", "status"]).env(variable, path).run();
        (outcome.status, outcome.stderr)
    }

    /// Is not trusted, and says why and what to do.
    #[track_caller]
    fn assert_distrusted(&self, why: &str, remedy: &str) {
        let (status, stderr) = self.status_with("REQUESTS_CA_BUNDLE", &self.file);
        assert_eq!(status, 1, "{stderr}");
        let start = "error: {url}: the server's certificate is not trusted: ";
        assert!(stderr.starts_with(start) && stderr.contains(why) && stderr.contains(remedy), "{stderr}");
    }
}

fn server(certificate: &Certificate, key: &KeyPair) -> TlsServer {
    TlsServer::start(certificate.der().to_vec(), key.serialize_der())
}

fn env(url: &str) -> Env {
    let mut env = Env::new();
    env.name_url(url, "{url}");
    env.settings_for(&[("p01", url)]);
    env
}

#[test]
fn a_certificate_of_an_unknown_ca_is_refused_with_the_remedies() {
    Hospital::with_ca(&["localhost"]).env().run("server status").assert(str![[r#"
exit 1
stderr:
  error: {url}: the server's certificate is not trusted: 'Hospital CA', which issued it, is not in the system's trust store; add your hospital's CA [..]REQUESTS_CA_BUNDLE[..]set-validate-ssl false[..]
"#]]);
    // The file of another one does not help, and is named; nor that of one with its name.
    let hospital = Hospital::with_ca(&["localhost"]);
    let (_, stderr) = hospital.status_with("REQUESTS_CA_BUNDLE", Hospital::self_signed(|_| {}).file);
    assert!(stderr.contains("is not in the system's trust store or REQUESTS_CA_BUNDLE ('./bundle.pem')"), "{stderr}");
    let (_, stderr) = hospital.status_with("REQUESTS_CA_BUNDLE", Hospital::with_ca(&[]).file);
    assert!(stderr.contains("'Hospital CA', which issued it, has a different key here"), "{stderr}");
}

#[test]
fn the_bundle_that_the_environment_names_is_trusted() {
    let hospital = Hospital::with_ca(&["localhost"]);
    for variable in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"] {
        assert_eq!(hospital.status_with(variable, &hospital.file), (0, String::new()), "{variable}");
    }
    let env = hospital.env();
    let folder = env.write("certificates/ca.crt", &hospital.file).parent().unwrap().to_owned();
    for variable in ["REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"] {
        env.anon(["server", "status"]).env(variable, &folder).run().assert(str![[r#"
exit 0
stdout:
  OK: p01: {url} is online and responsive
"#]]);
    }
}

#[test]
fn a_bundle_is_read_as_editors_leave_it() {
    let hospital = Hospital::with_ca(&["localhost"]);
    let windows = format!("\u{feff}Our CA:\r\n{}\r\n", hospital.file.replace('\n', "\r\n"));
    assert_eq!(hospital.status_with("REQUESTS_CA_BUNDLE", windows), (0, String::new()));
}

#[test]
fn a_bundle_that_cannot_be_used_is_named() {
    let hospital = Hospital::with_ca(&["localhost"]);
    let env = hospital.env();
    let missing = env.path("nothing.pem");
    env.anon(["server", "status"]).env("REQUESTS_CA_BUNDLE", missing).run().assert(str![[r#"
exit 1
stderr:
  error: {url}: REQUESTS_CA_BUNDLE names './nothing.pem', but it cannot be read: [..]
"#]]);
    let (_, stderr) = hospital.status_with("CURL_CA_BUNDLE", "not a certificate");
    assert!(
        stderr.contains("CURL_CA_BUNDLE names './bundle.pem', but it contains no certificates in PEM format"),
        "{stderr}"
    );
    let large = env.path("large.pem");
    std::fs::File::create(&large).unwrap().set_len((16 << 20) + 1).unwrap();
    env.anon(["server", "status"]).env("REQUESTS_CA_BUNDLE", large).run().assert(str![[r#"
exit 1
stderr:
  error: {url}: REQUESTS_CA_BUNDLE names './large.pem', but it cannot be read: it is larger than 16 MiB, too large for a bundle of certificates; correct it, or remove it
"#]]);
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        let pipe = elsewhere.path().join("pipe.pem");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let outcome = env.anon(["server", "status"]).env("REQUESTS_CA_BUNDLE", pipe).run().assert_status(1);
        let _ = outcome.assert_stderr(&["pipe.pem', but it cannot be read: it is a named pipe, not a file"]);
    }
    // Without TLS it is not looked at.
    let idis = FakeIdis::start();
    let plain = self::env(&idis.url("p01"));
    plain.anon(["server", "status"]).env("REQUESTS_CA_BUNDLE", "nothing.pem").run().assert_ok();
}

#[test]
fn a_certificate_that_is_its_own_ca_is_trusted_where_it_is_named() {
    let hospital = Hospital::self_signed(|_| {});
    assert_eq!(hospital.status_with("REQUESTS_CA_BUNDLE", &hospital.file), (0, String::new()));
    assert_eq!(hospital.status_with("SSL_CERT_FILE", &hospital.file), (0, String::new()));
    let (status, stderr) = hospital.status_with("REQUESTS_CA_BUNDLE", Hospital::self_signed(|_| {}).file);
    assert!(
        status == 1 && stderr.contains("it is self-signed, and not in the system's trust store or REQUESTS_CA_BUNDLE")
    );
    assert!(stderr.contains("ask a server admin for the certificate's file"), "{stderr}");
    let no_ca = Hospital::self_signed(|leaf| leaf.is_ca = IsCa::ExplicitNoCa);
    assert_eq!(no_ca.status_with("REQUESTS_CA_BUNDLE", &no_ca.file), (0, String::new()));
}

#[test]
fn its_name_and_its_dates_are_checked_all_the_same() {
    let wrong_name = |leaf: &mut CertificateParams| *leaf = params(&["idis.example.org", "10.1.2.3"], "a server");
    let expired = |leaf: &mut CertificateParams| leaf.not_after = date_time_ymd(2020, 1, 31);
    let early = |leaf: &mut CertificateParams| leaf.not_before = date_time_ymd(2199, 1, 31);
    let ca = |change: fn(&mut CertificateParams)| {
        let mut leaf = params(&["localhost"], "a server");
        change(&mut leaf);
        Hospital::with_ca_and(leaf)
    };
    for hospital in [Hospital::self_signed(wrong_name), ca(wrong_name)] {
        hospital.assert_distrusted(
            "it is not for 'localhost' but for 'idis.example.org', '10.1.2.3'",
            "use a name that it has: 'anon server add NAME URL'",
        );
    }
    for hospital in [Hospital::self_signed(expired), ca(expired)] {
        hospital.assert_distrusted("it expired on 2020-01-3", "if that clock is right, ask a server admin");
        hospital.assert_distrusted("; this computer's clock says 20", "if not, set it");
    }
    for hospital in [Hospital::self_signed(early), ca(early)] {
        hospital.assert_distrusted("it is valid from 2199-01-3", "if that clock is right");
    }
    Hospital::self_signed(|leaf| leaf.subject_alt_names.clear())
        .assert_distrusted("it is not for 'localhost' but for no host at all", "use a name that it has");
}

#[test]
fn a_certificate_that_is_named_vouches_for_no_other() {
    // Its key could sign another certificate, which nobody has named.
    let key = KeyPair::generate().unwrap();
    let mut named = params(&["other.example.org"], "a server");
    named.is_ca = IsCa::ExplicitNoCa;
    let file = named.self_signed(&key).unwrap().pem();
    let leaf_key = KeyPair::generate().unwrap();
    let leaf = params(&["localhost"], "another server").signed_by(&leaf_key, &Issuer::new(named, key)).unwrap();
    let hospital = Hospital { server: server(&leaf, &leaf_key), file };
    hospital.assert_distrusted("'a server', which issued it, is not in", "add your hospital's CA");
}

#[test]
fn without_the_check_each_run_warns() {
    let env = Hospital::with_ca(&["localhost"]).env();
    env.run("settings set-validate-ssl false").assert_ok();
    env.run("server status").assert(str![[r#"
exit 0
stdout:
  OK: p01: {url} is online and responsive
stderr:
  warning: the server's certificate is not checked, [..] 'anon settings set-validate-ssl true' turns the check on
"#]]);
}

/// A port that answers whoever connects with these bytes.
fn answering(bytes: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // What the client says first has to arrive before its connection is closed.
            let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
            let _ = stream.write_all(bytes);
        }
    });
    port
}

#[test]
fn a_server_that_is_too_old_is_told_from_one_without_tls() {
    const PROTOCOL_VERSION: &[u8] = b"\x15\x03\x01\x00\x02\x02\x46";
    const HANDSHAKE_FAILURE: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";
    for (bytes, says, remedy) in [
        (PROTOCOL_VERSION, "no secure encryption in common", "allow TLS 1.2 or 1.3"),
        (HANDSHAKE_FAILURE, "no secure encryption in common", "allow TLS 1.2 or 1.3"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak https on this port", "for the https port"),
        (b"", "closed the connection during the TLS handshake", "check the port"),
    ] {
        let env = env(&format!("https://localhost:{}/p01", answering(bytes)));
        let _ = env.run("server status").assert_status(1).assert_stderr(&["error: {url}: ", says, remedy]);
    }
}

#[test]
fn http_on_a_port_for_https_is_told() {
    let hospital = Hospital::with_ca(&["localhost"]);
    let url = hospital.server.url().replace("https://", "http://");
    let _ = env(&url).run("server status").assert_status(1).assert_stderr(&["the server may want https"]);
}
