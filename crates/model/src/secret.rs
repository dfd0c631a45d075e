//! Tokens and keys: 256 random bits behind a recognisable prefix, stored as SHA-256, shown once.

use std::fmt;

use rand::Rng;
use sha2::{Digest, Sha256};

/// Letters and digits only, so that a token survives every copy and paste.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 characters of 62 carry 256 bits.
const SECRET_LENGTH: usize = 43;
const EXTERNAL_KEY_LENGTH: usize = 20;
/// How much of a secret is listed.
const SUFFIX_LENGTH: usize = 4;

/// What a secret opens; gives its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    ApiKey,
    DirectoryToken,
    WebhookSecret,
}

impl SecretKind {
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "sk_",
            Self::DirectoryToken => "se_",
            Self::WebhookSecret => "whsec_",
        }
    }
}

/// A secret in the clear, on its way to the one answer that shows it. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// SHA-256 of a secret: what is stored and looked up.
pub type SecretHash = [u8; 32];

impl Secret {
    pub fn generate(kind: SecretKind, rng: &mut impl Rng) -> Self {
        let mut text = String::with_capacity(kind.prefix().len() + SECRET_LENGTH);
        text.push_str(kind.prefix());
        push_random(&mut text, SECRET_LENGTH, ALPHABET, rng);
        Self(text)
    }

    /// A secret that somebody sent or that was unsealed.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The last four characters.
    pub fn suffix(&self) -> String {
        let start = self.0.char_indices().rev().nth(SUFFIX_LENGTH - 1).map_or(0, |(at, _)| at);
        self.0[start..].to_owned()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The last part of a SCIM base URL.
pub fn external_key(rng: &mut impl Rng) -> String {
    let mut text = String::with_capacity(EXTERNAL_KEY_LENGTH);
    push_random(&mut text, EXTERNAL_KEY_LENGTH, b"0123456789abcdefghijklmnopqrstuvwxyz", rng);
    text
}

/// Appends `length` characters, each equally likely (bytes past a whole multiple are drawn again).
fn push_random(text: &mut String, length: usize, alphabet: &[u8], rng: &mut impl Rng) {
    let fair = 256 - 256 % alphabet.len();
    let end = text.len() + length;
    while text.len() < end {
        let mut bytes = [0; 64];
        rng.fill_bytes(&mut bytes);
        let drawn = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        text.extend(drawn.take(end - text.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn has_prefix_length_and_suffix() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let secret = Secret::generate(SecretKind::ApiKey, &mut rng);
        assert!(secret.reveal().starts_with("sk_"));
        assert_eq!(secret.reveal().len(), 46);
        assert_eq!(secret.suffix(), secret.reveal()[42..]);
        assert_ne!(secret, Secret::generate(SecretKind::ApiKey, &mut rng));
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(Secret::from_text("ab").suffix(), "ab");
        let key = external_key(&mut rng);
        assert!(key.len() == 20 && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    }
}
