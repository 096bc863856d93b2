//! Why a certificate is not trusted.

use std::net::IpAddr;

use chrono::{DateTime, Local};
use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

use crate::api::error::Reason;

/// The hint for a certificate that cannot be fixed on this computer.
pub(in crate::api) const NEW_CERTIFICATE: &str = "ask a server admin for a new certificate";

const NO_CHECK: &str = "'anon settings set-validate-ssl false' turns the check off, at your own risk; \
    see 'anon help troubleshooting certificate'";

/// What the check of a certificate found, in the words of this program, and what to do about it.
pub(super) fn why(
    refusal: &rustls::Error,
    leaf: &CertificateDer<'_>,
    host: &ServerName<'_>,
    now: UnixTime,
    searched: &[String],
) -> Reason {
    let rustls::Error::InvalidCertificate(error) = refusal else {
        return Reason::new(refusal.to_string(), NEW_CERTIFICATE);
    };
    let Ok((_, certificate)) = X509Certificate::from_der(leaf) else {
        return Reason::new("it cannot be read", NEW_CERTIFICATE);
    };
    let at_the_wrong_time = |what: String| {
        let hint = "if that clock is right, ask a server admin for a new certificate; if not, set it";
        Reason::new(format!("it {what}; this computer's clock says {}", moment(seconds(now))), hint)
    };
    let expired = |at| at_the_wrong_time(format!("expired on {}", moment(at)));
    let not_yet_valid = |at| at_the_wrong_time(format!("is valid from {} on", moment(at)));
    let validity = certificate.validity();
    let is_self_issued = certificate.issuer().as_raw() == certificate.subject().as_raw();
    match error {
        // The dates in the context may be those of a CA on the way.
        CertificateError::ExpiredContext { not_after, .. } => expired(seconds(*not_after)),
        CertificateError::Expired => expired(validity.not_after.timestamp()),
        CertificateError::NotValidYetContext { not_before, .. } => not_yet_valid(seconds(*not_before)),
        CertificateError::NotValidYet => not_yet_valid(validity.not_before.timestamp()),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Reason::new(
            format!("it is not for '{}' but for {}", host.to_str(), hosts(&certificate)),
            "use a name that it has: 'anon server add NAME URL'; or ask a server admin for a certificate with this name",
        ),
        CertificateError::Revoked => Reason::new("its issuer has revoked it", NEW_CERTIFICATE),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            Reason::new("its signature is no longer considered safe, such as SHA-1", NEW_CERTIFICATE)
        }
        // Among others: a certificate that is its own CA cannot be a server's, says webpki.
        CertificateError::UnknownIssuer | CertificateError::BadSignature | CertificateError::Other(_)
            if is_self_issued =>
        {
            let hint = "ask a server admin for the certificate's file, and set REQUESTS_CA_BUNDLE to its path";
            Reason::new(format!("it is self-signed, and not {}", in_all(searched)), format!("{hint}; {NO_CHECK}"))
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            let issuer = issuer(&certificate);
            // A CA of that name is known, if another key has signed it.
            let found = match error {
                CertificateError::UnknownIssuer => {
                    format!("'{issuer}', which issued it, is not {}", in_all(searched))
                }
                _ => format!("'{issuer}', which issued it, has a different key here: it may have been renewed"),
            };
            let hint = "add your hospital's CA to the system's trust store or name its file in REQUESTS_CA_BUNDLE";
            Reason::new(found, format!("{hint}; {NO_CHECK}"))
        }
        other => Reason::new(other.to_string(), NEW_CERTIFICATE),
    }
}

fn in_all(bundles: &[String]) -> String {
    let bundles = bundles.iter().map(|bundle| format!(" or {bundle}"));
    format!("in the system's trust store{}", bundles.collect::<String>())
}

/// The common name of the issuer, or its full name.
fn issuer(certificate: &X509Certificate<'_>) -> String {
    let issuer = certificate.issuer();
    let name = issuer.iter_common_name().next().and_then(|name| name.as_str().ok());
    name.map_or_else(|| issuer.to_string(), str::to_owned)
}

/// The hosts that a certificate is for: names and addresses.
fn hosts(certificate: &X509Certificate<'_>) -> String {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.iter().flat_map(|names| &names.value.general_names).filter_map(host);
    let names: Vec<String> = names.map(|name| format!("'{name}'")).collect();
    if names.is_empty() { "no host at all".to_owned() } else { names.join(", ") }
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from)).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// A moment, in seconds since 1970, on this computer's clock.
fn moment(seconds: i64) -> String {
    let moment = DateTime::from_timestamp(seconds, 0).map(|moment| moment.with_timezone(&Local));
    moment.map_or_else(|| format!("{seconds} s after 1970"), |moment| moment.format("%Y-%m-%d %H:%M").to_string())
}
