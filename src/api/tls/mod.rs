//! TLS: which certificates the client trusts, and what it says of those that it does not.
//!
//! Trusted is what the system trusts, and what the environment names:
//!
//! | variable | names |
//! |---|---|
//! | `REQUESTS_CA_BUNDLE`, else `CURL_CA_BUNDLE` | a file or a folder of certificates; it has to be readable |
//! | `SSL_CERT_FILE` | a file |
//! | `SSL_CERT_DIR` | folders |
//!
//! A certificate that is named itself is trusted for its own names and dates, even if it is its own CA.

mod bundle;
mod certificate;
mod distrust;
mod verifier;

pub use distrust::Distrust;

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;

pub(super) use bundle::BundleFault;
use verifier::{Anyone, Verifier};

/// How connections are encrypted. Reads no certificates: that is done when the first one has to be checked.
pub(super) fn config(validate: bool) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier(validate, provider));
    Ok(builder.with_no_client_auth())
}

fn verifier(validate: bool, provider: Arc<CryptoProvider>) -> Arc<dyn rustls::client::danger::ServerCertVerifier> {
    if validate { Arc::new(Verifier::new(provider)) } else { Arc::new(Anyone::new(provider)) }
}
