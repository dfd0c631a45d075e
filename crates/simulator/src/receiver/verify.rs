//! The consumer's side of `WorkOS-Signature`, written from the contract (section 6.1) and from nothing of the server's,
//! so that a mistake in its signer is found.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;
use thiserror::Error;

/// How far the signature's time may be from ours, either way: the SDKs' default.
pub const TOLERANCE_MS: u64 = 180_000;

/// Why a delivery is not to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyError {
    #[error("no WorkOS-Signature header")]
    Missing,
    /// Not exactly `t=<digits>, v1=<64 lower-case hex digits>`.
    #[error("the signature header is malformed")]
    Malformed,
    #[error("the signature does not match the body")]
    Mismatch,
    #[error("the signature's time is {0} ms from now")]
    Stale(u64),
}

/// Checks a `WorkOS-Signature` over a raw body, and gives back the time that was signed, in milliseconds.
/// `secret` is the endpoint's whole secret with its `whsec_`.
pub fn verify(header: Option<&str>, secret: &str, body: &[u8], now_ms: u64) -> Result<u64, VerifyError> {
    let (time, signature) = parse(header.ok_or(VerifyError::Missing)?).ok_or(VerifyError::Malformed)?;
    let signed_at_ms: u64 = time.parse().map_err(|_| VerifyError::Malformed)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| VerifyError::Mismatch)?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(&signature).map_err(|_| VerifyError::Mismatch)?;
    match signed_at_ms.abs_diff(now_ms) {
        age if age > TOLERANCE_MS => Err(VerifyError::Stale(age)),
        _ => Ok(signed_at_ms),
    }
}

fn parse(header: &str) -> Option<(&str, [u8; 32])> {
    let (time, signature) = header.strip_prefix("t=")?.split_once(", v1=")?;
    let is_time = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    Some((time, unhex(signature)?)).filter(|_| is_time)
}

/// 64 lower-case hex digits.
fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits = text.as_bytes();
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_763_800_000_123;
    const SECRET: &str = "whsec_test4f9a";
    const BODY: &str = r#"{"id":"event_1","event":"dsync.user.created","data":{"first_name":"Zoë"}}"#;
    /// `hmac.new(SECRET, f"{t}.{BODY}", sha256).hexdigest()` in Python.
    const V1: &str = "c367c4e6c8f54654e409ab691904bf740c30630fecb3c159f7281f77c53f401a";

    fn check(header: &str, body: &str, now_ms: u64) -> Result<u64, VerifyError> {
        verify(Some(header), SECRET, body.as_bytes(), now_ms)
    }

    #[test]
    fn a_true_signature() {
        let header = format!("t={NOW}, v1={V1}");
        assert_eq!(check(&header, BODY, NOW), Ok(NOW));
        assert_eq!(check(&header, BODY, NOW + TOLERANCE_MS), Ok(NOW));
        assert_eq!(check(&header, BODY, NOW - TOLERANCE_MS), Ok(NOW));
    }

    #[test]
    fn out_of_time() {
        let header = format!("t={NOW}, v1={V1}");
        assert_eq!(check(&header, BODY, NOW + TOLERANCE_MS + 1), Err(VerifyError::Stale(180_001)));
        assert_eq!(check(&header, BODY, NOW - TOLERANCE_MS - 1), Err(VerifyError::Stale(180_001)));
    }

    #[test]
    fn another_body_secret_or_time() {
        let header = format!("t={NOW}, v1={V1}");
        assert_eq!(check(&header, &BODY.replace("Zoë", "Zoe"), NOW), Err(VerifyError::Mismatch));
        assert_eq!(check(&format!("t={}, v1={V1}", NOW + 1), BODY, NOW), Err(VerifyError::Mismatch));
        let bare = SECRET.trim_start_matches("whsec_");
        assert_eq!(verify(Some(&header), bare, BODY.as_bytes(), NOW), Err(VerifyError::Mismatch));
    }

    #[test]
    fn another_form() {
        assert_eq!(verify(None, SECRET, b"", NOW), Err(VerifyError::Missing));
        let upper = V1.to_uppercase();
        for header in [
            String::new(),
            format!("t={NOW},v1={V1}"),
            format!("t={NOW}, v1={upper}"),
            format!("v1={V1}, t={NOW}"),
            format!("t={NOW}, v1={V1}, v1={V1}"),
            format!("t=, v1={V1}"),
            format!("t=+{NOW}, v1={V1}"),
            format!("t={NOW}, v1={}", &V1[1..]),
            format!("t={NOW}, v0={V1}"),
            format!("t={NOW}{NOW}, v1={V1}"),
        ] {
            assert_eq!(check(&header, BODY, NOW), Err(VerifyError::Malformed), "{header}");
        }
    }
}
