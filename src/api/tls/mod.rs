//! TLS: which certificates the client trusts, and what it says of those that it does not.
//!
//! Trusted is what the system trusts, and what the environment names:
//!
//! | variable | names |
//! |---|---|
//! | `REQUESTS_CA_BUNDLE`, else `CURL_CA_BUNDLE` | a file or a folder of certificates; it must be readable |
//! | `SSL_CERT_FILE` | a file |
//! | `SSL_CERT_DIR` | folders |
//!
//! A certificate that is named itself is trusted for its own names and dates, even if it is its own CA.

mod bundle;
mod distrust;
mod verifier;

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring;

pub(super) use bundle::BadBundle;
pub(super) use distrust::NEW_CERTIFICATE;
use verifier::Verifier;

/// How connections are encrypted when certificates are checked. Reads none yet: that happens when the first one has to be checked.
pub(super) fn config() -> ClientConfig {
    let verifier = Arc::new(Verifier::default());
    ClientConfig::builder().dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
}

/// Chooses what encrypts, unless a program that uses this library has done so.
pub(super) fn choose_provider() {
    let _ = ring::default_provider().install_default();
}
