//! Whether a server's certificate is trusted.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::bundle::{BadBundle, Bundle};
use super::distrust;

/// Trusts what the system trusts and what the environment names. Reads both when it checks the first certificate.
#[derive(Debug)]
pub(super) struct Verifier {
    provider: Arc<CryptoProvider>,
    trust: OnceLock<Result<Trust, Arc<BadBundle>>>,
}

/// Whom to trust.
#[derive(Debug)]
struct Trust {
    bundle: Bundle,
    /// `None` if there is not a single CA to ask.
    chains: Option<Arc<dyn ServerCertVerifier>>,
}

impl Default for Verifier {
    fn default() -> Verifier {
        let provider = CryptoProvider::get_default().cloned();
        Verifier { provider: provider.unwrap_or_else(|| Arc::new(ring::default_provider())), trust: OnceLock::new() }
    }
}

impl Verifier {
    fn trust(&self) -> Result<&Trust, Error> {
        let read = || {
            let bundle = Bundle::of_the_environment()?;
            // A server's own certificate vouches only for itself; see `check_alone`.
            let issuers = bundle.certificates.iter().filter(|der| may_issue(der)).cloned().collect();
            Ok(Trust { chains: chains(issuers, &self.provider), bundle })
        };
        self.trust
            .get_or_init(|| read().map_err(Arc::new))
            .as_ref()
            .map_err(|bad| Error::Other(OtherError(Arc::clone(bad) as _)))
    }
}

/// Whether a certificate may have issued others: it does not say that it is not a CA.
fn may_issue(der: &CertificateDer<'_>) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else { return false };
    certificate.basic_constraints().ok().flatten().is_none_or(|constraints| constraints.value.ca)
}

/// Checks a certificate that was named itself: that vouches for everything but its dates and names.
fn check_alone(leaf: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<(), Error> {
    let (_, certificate) = X509Certificate::from_der(leaf).map_err(|_| CertificateError::BadEncoding)?;
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if seconds < certificate.validity().not_before.timestamp() {
        return Err(CertificateError::NotValidYet.into());
    }
    if seconds > certificate.validity().not_after.timestamp() {
        return Err(CertificateError::Expired.into());
    }
    verify_server_name(&ParsedCertificate::try_from(leaf)?, name)
}

/// The system's own check, which reads its own store.
#[cfg(any(windows, target_vendor = "apple"))]
fn chains(
    issuers: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Option<Arc<dyn ServerCertVerifier>> {
    let mut usable = rustls::RootCertStore::empty();
    let issuers: Vec<_> = issuers.into_iter().filter(|der| usable.add(der.clone()).is_ok()).collect();
    let verifier = match issuers.is_empty() {
        true => rustls_platform_verifier::Verifier::new(Arc::clone(provider)),
        false => rustls_platform_verifier::Verifier::new_with_extra_roots(issuers, Arc::clone(provider)),
    };
    verifier.ok().map(|verifier| Arc::new(verifier) as _)
}

/// The system's files of certificates, wherever this distribution has them.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn chains(
    issuers: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Option<Arc<dyn ServerCertVerifier>> {
    use rustls::client::WebPkiServerVerifier;
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(issuers);
    let system = openssl_probe::probe();
    roots
        .add_parsable_certificates(rustls_native_certs::load_certs_from_paths(system.cert_file.as_deref(), None).certs);
    for folder in openssl_probe::candidate_cert_dirs() {
        roots.add_parsable_certificates(rustls_native_certs::load_certs_from_paths(None, Some(folder)).certs);
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    verifier.ok().map(|verifier| verifier as _)
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let trust = self.trust()?;
        let by_chain = match &trust.chains {
            Some(chains) => chains.verify_server_cert(leaf, issuers, name, stapled, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        let outcome = match by_chain {
            Err(_) if trust.bundle.certificates.contains(leaf) => check_alone(leaf, name, now),
            outcome => outcome.map(drop),
        };
        outcome.map(|()| ServerCertVerified::assertion()).map_err(|refusal| {
            let reason = distrust::why(&refusal, leaf, name, now, &trust.bundle.origins);
            CertificateError::Other(OtherError(Arc::new(reason))).into()
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
