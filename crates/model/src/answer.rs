//! The answer to a request that may come again with the same key (`Idempotency-Key`).

use sha2::{Digest, Sha256};

/// How long an answer is kept, in milliseconds: a day, as the WorkOS API does where it honours the header.
pub const ANSWER_LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// As its caller named the request, unique in an environment.
    pub key: String,
    /// What was asked, to tell another request with the same key from the same one.
    pub fingerprint: [u8; 32],
    /// The HTTP status.
    pub status: u16,
    pub body: String,
}

/// SHA-256 of what was asked, each part with its length before it.
pub fn fingerprint(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        assert_eq!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"ab", b"c"]));
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
        assert_ne!(fingerprint(&[b"ab"]), fingerprint(&[b"ab", b""]));
    }
}
