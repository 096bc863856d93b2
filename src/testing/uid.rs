//! UIDs that are made of other things.

use sha2::{Digest, Sha256};

/// A number of 128 bits that belongs to these parts.
pub(super) fn hash(parts: &[&[u8]]) -> u128 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// The UID that belongs to these parts, in the form of UIDs that are random numbers (PS3.5, B.2).
pub(super) fn uid(parts: &[&[u8]]) -> String {
    format!("2.25.{}", hash(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_make_the_same_uid() {
        assert_eq!(uid(&[b"a", b"b"]), uid(&[b"a", b"b"]));
        assert_ne!(uid(&[b"a", b"b"]), uid(&[b"ab", b""]));
        assert!(uid(&[b"a"]).len() <= 64);
    }
}
