//! Certificates in files and folders, as people have them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::storage::{self, Cap};
use crate::text::plain;

/// Mozilla's is a quarter of a megabyte.
const CAP: Cap = Cap::new(16, "bundle of certificates");

/// The certificates that the environment names.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    /// Each once for each time that it is there.
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// The variables and what they name, such as `REQUESTS_CA_BUNDLE ('ca.pem')`.
    pub(super) origins: Vec<String>,
}

/// A variable that names no certificates.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadBundle(String);

impl Bundle {
    /// What the variables of this process name.
    ///
    /// # Errors
    /// When `REQUESTS_CA_BUNDLE` or `CURL_CA_BUNDLE` name what holds no certificates. OpenSSL's own variables are often set to
    /// places that are not there, and are taken as far as they go.
    pub(super) fn of_the_environment() -> Result<Bundle, BadBundle> {
        Bundle::named_by(|variable| env::var_os(variable).filter(|value| !value.is_empty()))
    }

    fn named_by(value: impl Fn(&str) -> Option<OsString>) -> Result<Bundle, BadBundle> {
        let mut bundle = Bundle::default();
        let asked = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"].into_iter().find_map(|name| Some((name, value(name)?)));
        if let Some((variable, path)) = asked {
            let path = PathBuf::from(path);
            let bad = |why: String| BadBundle(format!("{variable} names '{}', but {why}", path.display()));
            let found = read(&path).map_err(|error| bad(format!("it cannot be read: {}", plain(&error))))?;
            if found.is_empty() {
                return Err(bad("it contains no certificates in PEM format".to_owned()));
            }
            bundle.add(variable, &path, found);
        }
        let file = value("SSL_CERT_FILE").map(PathBuf::from);
        let folders: Vec<PathBuf> = value("SSL_CERT_DIR").iter().flat_map(env::split_paths).collect();
        let files = file.into_iter().map(|path| ("SSL_CERT_FILE", path));
        for (variable, path) in files.chain(folders.into_iter().map(|path| ("SSL_CERT_DIR", path))) {
            if let Ok(found) = read(&path) {
                bundle.add(variable, &path, found);
            }
        }
        Ok(bundle)
    }

    fn add(&mut self, variable: &str, path: &Path, found: Vec<CertificateDer<'static>>) {
        self.certificates.extend(found);
        self.origins.push(format!("{variable} ('{}')", path.display()));
    }
}

/// The certificates of a file, or of the files of a folder.
fn read(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    if !path.is_dir() {
        return Ok(certificates(&storage::read_unnamed(path, CAP)?));
    }
    let mut found = vec![];
    for entry in fs::read_dir(path)? {
        // Links that lead nowhere are usual there, and so are files of other kinds.
        if let Ok(bytes) = storage::read_unnamed(&entry?.path(), CAP) {
            found.extend(certificates(&bytes));
        }
    }
    Ok(found)
}

/// The certificates in a text, or the one that is there in binary form.
fn certificates(bytes: &[u8]) -> Vec<CertificateDer<'static>> {
    if let Some(der) = first(bytes) {
        return vec![der];
    }
    // A byte order mark says what it is written in.
    let text = encoding_rs::UTF_8.decode(bytes).0;
    // OpenSSL's own form has data about trust behind the certificate.
    let text = text.replace("TRUSTED CERTIFICATE-----", "CERTIFICATE-----");
    let text = text.replace("X509 CERTIFICATE-----", "CERTIFICATE-----");
    let found = CertificateDer::pem_slice_iter(text.as_bytes()).filter_map(Result::ok);
    found.filter_map(|der| first(&der)).collect()
}

/// The certificate at the beginning of these bytes.
fn first(bytes: &[u8]) -> Option<CertificateDer<'static>> {
    let (rest, _) = X509Certificate::from_der(bytes).ok()?;
    Some(CertificateDer::from(bytes[..bytes.len() - rest.len()].to_vec()))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    fn pem(name: &str) -> String {
        let key = KeyPair::generate().unwrap();
        CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap().pem()
    }

    #[test]
    fn bundles_are_read_as_people_have_them() {
        let (one, two) = (pem("one"), pem("two"));
        let one_der = certificates(one.as_bytes()).remove(0);
        assert_eq!(certificates(&one_der), vec![one_der.clone()], "binary");
        assert_eq!(certificates(format!("{one}{two}").as_bytes()).len(), 2);
        assert_eq!(certificates(format!("\u{feff}{one}").as_bytes()).len(), 1, "byte order mark");
        assert_eq!(certificates(one.replace('\n', "\r\n").as_bytes()).len(), 1, "Windows");
        let key = KeyPair::generate().unwrap().serialize_pem();
        let between = format!("# our CA\nsubject=CN = one\n{one}{key}\n\n  i: Root\n{two}trailing");
        assert_eq!(certificates(between.as_bytes()).len(), 2, "other things between");
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(one.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(certificates(&utf16), [one_der], "PowerShell");
        assert!(certificates(b"not a certificate").is_empty() && certificates(b"").is_empty());
        let broken = one.replace("MII", "!!!");
        assert_eq!(certificates(format!("{broken}{two}").as_bytes()).len(), 1, "what cannot be read is passed over");
    }

    #[test]
    fn openssls_own_form_is_cut_behind_the_certificate() {
        let one = pem("one");
        let der = certificates(one.as_bytes()).remove(0);
        let with_trust = [&der[..], &[0x30, 0x02, 0x05, 0x00]].concat();
        let text = rcgen_pem("TRUSTED CERTIFICATE", &with_trust);
        assert_eq!(certificates(text.as_bytes()), [der]);
    }

    fn rcgen_pem(label: &str, der: &[u8]) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut base64 = String::new();
        for chunk in der.chunks(3) {
            let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for digit in 0..4 {
                let index = (bits >> (18 - 6 * digit)) as usize & 63;
                base64.push(if digit <= chunk.len() { DIGITS[index] as char } else { '=' });
            }
        }
        let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }

    #[test]
    fn the_variables_name_files_and_folders() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path.into_os_string()
        };
        let (one, two) = (write("one.pem", &pem("one")), write("two.crt", &pem("two")));
        let (nothing, garbage) = (folder.path().join("none").into_os_string(), write("readme.txt", "read me"));
        let of = |pairs: &[(&str, &OsString)]| {
            Bundle::named_by(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).clone()))
        };
        let count = |pairs: &[(&str, &OsString)]| of(pairs).map(|bundle| bundle.certificates.len());
        assert_eq!(count(&[]).unwrap(), 0);
        assert_eq!(count(&[("REQUESTS_CA_BUNDLE", &one), ("CURL_CA_BUNDLE", &nothing)]).unwrap(), 1);
        assert_eq!(count(&[("CURL_CA_BUNDLE", &one), ("SSL_CERT_FILE", &two)]).unwrap(), 2);
        let path = folder.path().as_os_str().to_owned();
        assert_eq!(count(&[("REQUESTS_CA_BUNDLE", &path)]).unwrap(), 2, "a folder");
        let folders = env::join_paths([Path::new("/nothing"), folder.path()]).unwrap();
        assert_eq!(count(&[("SSL_CERT_DIR", &folders)]).unwrap(), 2);
        assert_eq!(count(&[("SSL_CERT_FILE", &nothing)]).unwrap(), 0, "as OpenSSL takes it");
        let error = of(&[("CURL_CA_BUNDLE", &nothing)]).unwrap_err().to_string();
        assert!(error.starts_with("CURL_CA_BUNDLE names '") && error.contains("', but it cannot be read: "), "{error}");
        let error = of(&[("REQUESTS_CA_BUNDLE", &garbage)]).unwrap_err().to_string();
        assert!(error.ends_with("but it contains no certificates in PEM format"), "{error}");
    }
}
