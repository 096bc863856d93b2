//! Why a certificate is not trusted.

use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use super::certificate::{Certificate, moment};

/// Why a server's certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Distrust {
    /// Who issued it is not known.
    #[error("'{issuer}', which issued it, is not {}", searched_in(.searched))]
    UnknownIssuer {
        /// The name of the issuer, as the certificate has it.
        issuer: String,
        /// The bundles that were searched besides the system's store.
        searched: Vec<String>,
    },
    /// A CA of the name of its issuer is known, but another key has signed it.
    #[error("'{issuer}', which issued it, has another key here: it has perhaps been renewed")]
    OtherIssuer {
        /// The name of the issuer, as the certificate has it.
        issuer: String,
    },
    /// It was issued by itself, and nobody has said that it is the right one.
    #[error("it is self-signed, and not {}", searched_in(.searched))]
    SelfSigned {
        /// The bundles that were searched besides the system's store.
        searched: Vec<String>,
    },
    /// It is out of date.
    #[error("it expired on {until}; this computer's clock says {now}")]
    Expired {
        /// Its last moment.
        until: String,
        /// This computer's clock.
        now: String,
    },
    /// It is not in force yet.
    #[error("it is valid from {from} on; this computer's clock says {now}")]
    NotYetValid {
        /// Its first moment.
        from: String,
        /// This computer's clock.
        now: String,
    },
    /// It is for other hosts.
    #[error("it is not for '{host}' but for {}", listed(.names))]
    WrongName {
        /// The host that was called.
        host: String,
        /// The names that it has.
        names: Vec<String>,
    },
    /// Its issuer has revoked it.
    #[error("its issuer has revoked it")]
    Revoked,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

fn searched_in(bundles: &[String]) -> String {
    let bundles = bundles.iter().map(|bundle| format!(" or {bundle}"));
    format!("in the system's trust store{}", bundles.collect::<String>())
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "no host at all".to_owned();
    }
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

impl Distrust {
    /// What to do about it.
    pub(in crate::api) fn hint(&self) -> &'static str {
        match self {
            Distrust::UnknownIssuer { .. } | Distrust::OtherIssuer { .. } => {
                "add your hospital's CA to the system's trust store or name its file in REQUESTS_CA_BUNDLE; \
                 'anon settings set-validate-ssl false' turns the check off, at your own risk; see 'anon help troubleshooting certificate'"
            }
            Distrust::SelfSigned { .. } => {
                "ask a server admin for the certificate's file, and name that file in REQUESTS_CA_BUNDLE; \
                 'anon settings set-validate-ssl false' turns the check off, at your own risk; see 'anon help troubleshooting certificate'"
            }
            Distrust::Expired { .. } | Distrust::NotYetValid { .. } => {
                "if that clock is right, ask a server admin for a new certificate; if not, set it"
            }
            Distrust::WrongName { .. } => {
                "use a name that it has: 'anon server add NAME URL'; or ask a server admin for a certificate with this name"
            }
            Distrust::Revoked | Distrust::Other(_) => "ask a server admin for a new certificate",
        }
    }

    /// What the check found, in the words of this program.
    pub(super) fn new(
        error: &rustls::Error,
        leaf: &CertificateDer<'_>,
        host: &ServerName<'_>,
        now: UnixTime,
        searched: &[String],
    ) -> Distrust {
        let rustls::Error::InvalidCertificate(error) = error else { return Distrust::Other(error.to_string()) };
        let Some(certificate) = Certificate::read(leaf) else {
            return Distrust::Other("it cannot be read".to_owned());
        };
        let now = moment(seconds(now));
        // The dates in the context may be those of a CA on the way.
        match error {
            CertificateError::ExpiredContext { not_after, .. } => {
                Distrust::Expired { until: moment(seconds(*not_after)), now }
            }
            CertificateError::Expired => Distrust::Expired { until: moment(certificate.not_after), now },
            CertificateError::NotValidYetContext { not_before, .. } => {
                Distrust::NotYetValid { from: moment(seconds(*not_before)), now }
            }
            CertificateError::NotValidYet => Distrust::NotYetValid { from: moment(certificate.not_before), now },
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Distrust::WrongName { host: host.to_str().into_owned(), names: certificate.names }
            }
            CertificateError::Revoked => Distrust::Revoked,
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                Distrust::Other("it is signed in a way that is no longer safe, such as SHA-1".to_owned())
            }
            // Among others: a certificate that is its own CA cannot be a server's, says webpki.
            CertificateError::UnknownIssuer | CertificateError::BadSignature | CertificateError::Other(_)
                if certificate.is_self_issued =>
            {
                Distrust::SelfSigned { searched: searched.to_vec() }
            }
            CertificateError::UnknownIssuer => {
                Distrust::UnknownIssuer { issuer: certificate.issuer, searched: searched.to_vec() }
            }
            CertificateError::BadSignature => Distrust::OtherIssuer { issuer: certificate.issuer },
            other => Distrust::Other(other.to_string()),
        }
    }
}

fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
