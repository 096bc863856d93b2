//! What a certificate says of itself.

use std::net::IpAddr;

use chrono::{DateTime, Local};
use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

/// What is looked at in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    /// The common name of who issued it, or all that is said of them.
    pub(super) issuer: String,
    /// The hosts that it is for: names and addresses.
    pub(super) names: Vec<String>,
    /// Whether it says that it was issued by itself.
    pub(super) is_self_issued: bool,
    /// Whether it says that it issues none.
    pub(super) is_no_ca: bool,
    /// Seconds since 1970.
    pub(super) not_before: i64,
    /// Seconds since 1970.
    pub(super) not_after: i64,
}

impl Certificate {
    /// Reads a certificate, if it is one.
    pub(super) fn read(der: &[u8]) -> Option<Certificate> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let issuer = certificate.issuer();
        let name = issuer.iter_common_name().next().and_then(|name| name.as_str().ok());
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.map(|names| names.value.general_names.iter().filter_map(host).collect()).unwrap_or_default();
        let constraints = certificate.basic_constraints().ok().flatten();
        Some(Certificate {
            issuer: name.map_or_else(|| issuer.to_string(), str::to_owned),
            names,
            is_self_issued: issuer.as_raw() == certificate.subject().as_raw(),
            is_no_ca: constraints.is_some_and(|constraints| !constraints.value.ca),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
        })
    }
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|bytes| IpAddr::from(bytes).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|bytes| IpAddr::from(bytes).to_string()),
        },
        _ => None,
    }
}

/// The certificate at the beginning of these bytes.
pub(super) fn first(bytes: &[u8]) -> Option<CertificateDer<'static>> {
    let (rest, _) = X509Certificate::from_der(bytes).ok()?;
    Some(CertificateDer::from(bytes[..bytes.len() - rest.len()].to_vec()))
}

/// A moment, on this computer's clock.
pub(super) fn moment(seconds: i64) -> String {
    let moment = DateTime::from_timestamp(seconds, 0).map(|moment| moment.with_timezone(&Local));
    moment.map_or_else(|| format!("{seconds} s after 1970"), |moment| moment.format("%Y-%m-%d %H:%M").to_string())
}
