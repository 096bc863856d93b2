//! What makes two jobs the same job, and two servers the same server, without a word of a patient.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::api::{Data, NewJob};

/// What makes two jobs the same job: a hash of the server, the source, the kinds of files, the pseudonyms, the project and the
/// destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u128);

/// A server, by a hash of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ServerMark(u64);

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
        // Nothing is added if there are none, so that the hashes in earlier journals stay valid.
        let mut classes: Vec<&str> = job.sop_classes.iter().map(String::as_str).collect();
        classes.sort_unstable();
        classes.dedup();
        parts.extend(classes.into_iter().map(Some));
        Fingerprint(u128::from_be_bytes(hash(&parts)))
    }
}

impl ServerMark {
    pub(super) fn of(url: &str) -> ServerMark {
        ServerMark(u64::from_be_bytes(hash(&[Some(same_url(url))])))
    }
}

fn same_url(url: &str) -> &str {
    url.trim_end_matches('/')
}

/// The first bytes of the hash of some parts.
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

/// Hexadecimal digits, all of them.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fingerprint, D::Error> {
        hexadecimal(deserializer, 32).map(Fingerprint)
    }
}

impl Serialize for ServerMark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for ServerMark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ServerMark, D::Error> {
        // 16 hexadecimal digits always fit into 64 bits.
        hexadecimal(deserializer, 16).map(|number| ServerMark(number as u64))
    }
}

fn hexadecimal<'de, D: Deserializer<'de>>(deserializer: D, digits: usize) -> Result<u128, D::Error> {
    let text = <&str>::deserialize(deserializer)?;
    // A sign is no digit, although Rust reads one.
    let number = u128::from_str_radix(text, 16).ok().filter(|_| text.len() == digits && !text.starts_with('+'));
    number.ok_or_else(|| D::Error::custom("not a hash"))
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
        // The hashes in earlier journals.
        assert_eq!(Fingerprint::of("u", &job("1")).to_string(), "6891a14a74824014b17307be2ba4492b");
    }

    #[test]
    fn hashes_go_round_as_text() {
        let one = Fingerprint::of("u", &job("1"));
        assert_eq!(serde_json::from_str::<Fingerprint>(&serde_json::to_string(&one).unwrap()).unwrap(), one);
        let mark = serde_json::to_string(&ServerMark::of("u/")).unwrap();
        assert_eq!(serde_json::from_str::<ServerMark>(&mark).unwrap(), ServerMark::of("u"));
        for text in ["", "0f", &"g".repeat(32), &"é".repeat(16), &format!("+{}", "0".repeat(31))] {
            assert!(serde_json::from_str::<Fingerprint>(&format!("\"{text}\"")).is_err(), "{text}");
        }
    }
}
