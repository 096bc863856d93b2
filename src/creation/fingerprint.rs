//! What makes two jobs the same job, and two servers the same server, without a word of a patient.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::api::{Data, NewJob};

/// What makes two jobs the same job: a hash of the server, the source, the kinds of files, the pseudonyms, the project and the
/// destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

/// A server, by a hash of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ServerMark([u8; 8]);

impl Fingerprint {
    /// Of a job on the server at `url`. The description does not count.
    pub fn of(url: &str, job: &NewJob) -> Fingerprint {
        let (kind, data) = match &job.data {
            Data::Path(path) => ("path", path),
            Data::Pacs(instance) => ("pacs", instance),
        };
        let mut parts = vec![
            Some(same_url(url)),
            Some(kind),
            Some(data),
            Some(&job.project),
            Some(&job.destination_path),
            job.pseudo_name.as_deref(),
            job.pseudo_id.as_deref(),
            job.pims_key.as_deref(),
        ];
        // Nothing more without any, so that the hashes of earlier journals stay what they are.
        let mut classes: Vec<&str> = job.sop_classes.iter().map(String::as_str).collect();
        classes.sort_unstable();
        classes.dedup();
        parts.extend(classes.into_iter().map(Some));
        Fingerprint(hash(&parts))
    }
}

impl ServerMark {
    pub(super) fn of(url: &str) -> ServerMark {
        ServerMark(hash(&[Some(same_url(url))]))
    }
}

fn same_url(url: &str) -> &str {
    url.trim_end_matches('/')
}

fn hash<const BYTES: usize>(parts: &[Option<&str>]) -> [u8; BYTES] {
    let mut hash = Sha256::new();
    for part in parts {
        // The length goes first, so that no two lists of parts run together to the same bytes.
        hash.update(part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        hash.update(part.unwrap_or_default());
    }
    let whole = hash.finalize();
    std::array::from_fn(|index| whole[index])
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for ServerMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no hash in hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hash")]
pub struct NotAHash;

impl FromStr for Fingerprint {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Fingerprint, NotAHash> {
        from_hex(text).map(Fingerprint)
    }
}

impl FromStr for ServerMark {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<ServerMark, NotAHash> {
        from_hex(text).map(ServerMark)
    }
}

fn from_hex<const BYTES: usize>(text: &str) -> Result<[u8; BYTES], NotAHash> {
    let mut bytes = [0; BYTES];
    if text.len() != 2 * BYTES {
        return Err(NotAHash);
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |at: usize| char::from(digits[at]).to_digit(16).ok_or(NotAHash);
        *byte = (digit(0)? * 16 + digit(1)?) as u8;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(source: &str) -> NewJob {
        NewJob {
            data: Data::Pacs(source.to_owned()),
            project: "p".to_owned(),
            destination_path: r"\\server\share".to_owned(),
            pseudo_name: Some("A".to_owned()),
            pseudo_id: None,
            description: None,
            pims_key: None,
            sop_classes: vec![],
        }
    }

    #[test]
    fn everything_that_makes_a_job_counts() {
        let base = Fingerprint::of("u", &job("1"));
        assert_eq!(base, Fingerprint::of("u/", &NewJob { description: Some("x".to_owned()), ..job("1") }));
        assert_ne!(base, Fingerprint::of("v", &job("1")));
        assert_ne!(
            base,
            Fingerprint::of("u", &NewJob { pseudo_name: None, pseudo_id: Some("A".to_owned()), ..job("1") })
        );
        assert_ne!(base, Fingerprint::of("u", &NewJob { data: Data::Path("1".to_owned()), ..job("1") }));
        let of_classes = |classes: &[&str]| {
            let sop_classes = classes.iter().map(|class| (*class).to_owned()).collect();
            Fingerprint::of("u", &NewJob { sop_classes, ..job("1") })
        };
        assert_eq!(of_classes(&[]), base);
        assert_ne!(of_classes(&["1.2"]), base);
        assert_ne!(of_classes(&["1.2"]), of_classes(&["1.3"]));
        assert_eq!(of_classes(&["1.2", "1.3"]), of_classes(&["1.3", "1.2", "1.3"]), "their order does not count");
    }

    #[test]
    fn hashes_stay_what_they_were() {
        // What earlier journals hold.
        assert_eq!(Fingerprint::of("u", &job("1")).to_string(), "6891a14a74824014b17307be2ba4492b");
    }

    #[test]
    fn hashes_go_round_as_text() {
        let one = Fingerprint::of("u", &job("1"));
        assert_eq!(one.to_string().parse(), Ok(one));
        assert_eq!(ServerMark::of("u/").to_string().parse(), Ok(ServerMark::of("u")));
        for text in ["", "0f", &"g".repeat(32), &"é".repeat(16)] {
            assert_eq!(text.parse::<Fingerprint>(), Err(NotAHash), "{text}");
        }
    }
}
