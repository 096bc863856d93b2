use std::env;
use std::fs;
use std::path::Path;

use reqwest::Certificate;
use reqwest::blocking::ClientBuilder;

use super::error::Failure;

/// Decides whom the client trusts: the system's store, and the CA bundle that the environment names as it does for AnonAPI.
pub(super) fn configure(builder: ClientBuilder, url: &str, validate: bool) -> Result<ClientBuilder, Failure> {
    // Fails only if a provider is there already, which then serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if !validate {
        return Ok(builder.tls_danger_accept_invalid_certs(true));
    }
    match bundle()? {
        Some(certificates) => Ok(builder.tls_certs_merge(certificates)),
        // Plain http on this machine needs no trust store, and reading it takes longer than the call.
        None if is_loopback(url) => Ok(builder.tls_certs_only([])),
        None => Ok(builder),
    }
}

fn is_loopback(url: &str) -> bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|start| url.starts_with(start))
}

/// The certificates that `REQUESTS_CA_BUNDLE` or `CURL_CA_BUNDLE` name.
fn bundle() -> Result<Option<Vec<Certificate>>, Failure> {
    for variable in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        let Some(path) = env::var_os(variable).filter(|path| !path.is_empty()) else { continue };
        let path = Path::new(&path);
        let fault = |why: String| Failure::Setup(format!("{variable} names '{}', but {why}", path.display()));
        let bytes =
            fs::read(path).map_err(|error| fault(format!("it cannot be read: {}", crate::text::plain(&error))))?;
        let certificates =
            Certificate::from_pem_bundle(&bytes).map_err(|_| fault("it holds no PEM certificates".into()))?;
        if certificates.is_empty() {
            return Err(fault("it holds no PEM certificates".into()));
        }
        return Ok(Some(certificates));
    }
    Ok(None)
}
