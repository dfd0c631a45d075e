//! Secrets that must be read back, sealed with AES-256-GCM under the master key.
//!
//! A sealed secret is `version (1 byte) ‖ nonce (12 bytes) ‖ ciphertext and tag`; what it belongs to is authenticated
//! with it, so a row copied to another tenant does not open.

use std::fmt::Write;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use model::secret::Secret;
use rand::Rng;

use crate::Store;
use crate::error::Error;

const VERSION: u8 = 1;
const NONCE_LENGTH: usize = 12;

/// 256 bits under which secrets are sealed.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub fn generate(rng: &mut impl Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// As lower-case hex: the form of the key file and of `ROLLCALL_MASTER_KEY`.
    pub fn to_hex(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut hex, byte| {
            _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// Reads 64 hexadecimal digits; white space around them is ignored.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// # Errors
    /// Only for a secret of more than 64 GB.
    pub(crate) fn seal(&self, secret: &Secret, owner: &str, nonce: [u8; NONCE_LENGTH]) -> Result<Vec<u8>, Error> {
        let payload = Payload { msg: secret.reveal().as_bytes(), aad: owner.as_bytes() };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).map_err(|_| Error::MasterKey)?;
        Ok([&[VERSION], nonce.as_slice(), &sealed].concat())
    }

    pub(crate) fn open(&self, sealed: &[u8], owner: &str) -> Result<Secret, Error> {
        let (nonce, sealed) = sealed
            .strip_prefix(&[VERSION])
            .and_then(|rest| rest.split_first_chunk::<NONCE_LENGTH>())
            .ok_or(Error::Corrupt { what: "sealed secret" })?;
        let payload = Payload { msg: sealed, aad: owner.as_bytes() };
        let opened = self.cipher().decrypt(&Nonce::from(*nonce), payload).map_err(|_| Error::MasterKey)?;
        String::from_utf8(opened).map(Secret::from_text).map_err(|_| Error::Corrupt { what: "sealed secret" })
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&self.0.into())
    }
}

impl Store {
    /// Under the master key, for its owner, with a nonce of the store's own.
    pub(crate) fn seal(&self, secret: &Secret, owner: &str) -> Result<Vec<u8>, Error> {
        let nonce = self.draw(|rng| {
            let mut nonce = [0; NONCE_LENGTH];
            rng.fill_bytes(&mut nonce);
            nonce
        });
        self.0.master_key.seal(secret, owner, nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_same_key_and_owner() {
        let key = MasterKey::new([7; 32]);
        let secret = Secret::from_text("whsec_x");
        let sealed = key.seal(&secret, "we_1", [1; 12]).unwrap();
        assert_eq!(key.open(&sealed, "we_1").unwrap(), secret);
        assert!(matches!(key.open(&sealed, "we_2"), Err(Error::MasterKey)));
        assert!(matches!(MasterKey::new([8; 32]).open(&sealed, "we_1"), Err(Error::MasterKey)));
        assert!(matches!(key.open(&[], "we_1"), Err(Error::Corrupt { .. })));
        assert_eq!(MasterKey::from_hex(&format!(" {}\n", key.to_hex())).unwrap().0, key.0);
        assert!(MasterKey::from_hex("zz").is_none());
    }
}
