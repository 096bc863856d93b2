//! A web API behind TLS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A live web API behind TLS, which answers each request with its documentation.
pub struct TlsServer {
    address: SocketAddr,
    url: String,
}

impl TlsServer {
    /// With this certificate and its key.
    pub fn start(certificate: Vec<u8>, key: Vec<u8>) -> TlsServer {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let key = PrivateKeyDer::try_from(key).unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![CertificateDer::from(certificate)], key);
        let config = Arc::new(config.unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(stream, &config);
            }
        });
        TlsServer { address, url: format!("https://localhost:{}/p01", address.port()) }
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// By the name `localhost`.
    pub fn url(&self) -> &str {
        &self.url
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
