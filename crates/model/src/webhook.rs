//! The webhook signature, pure: `WorkOS-Signature: t=<unix ms>, v1=<hex>` (`workos-contract.md` 6.1).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header's name.
pub const SIGNATURE_HEADER: &str = "WorkOS-Signature";
/// How far a signature's time may lie from the verifier's, in milliseconds: the SDKs' default.
pub const TOLERANCE_MS: i64 = 180_000;

/// Why a signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the header is not `t=<ms>, v1=<hex>`")]
    Malformed,
    #[error("the timestamp is too far from now")]
    Stale,
    #[error("the signature does not match the body")]
    Mismatch,
}

/// The header value for `body` at `now_ms`. Sign anew at each attempt: verifiers refuse old timestamps.
///
/// The key is the endpoint's secret as text, `whsec_` included; the message is `<t>.<body>`.
pub fn sign(secret: &str, now_ms: i64, body: &str) -> String {
    let mut header = format!("t={now_ms}, v1=");
    for byte in mac(secret, now_ms, body).finalize().into_bytes() {
        header.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        header.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
    }
    header
}

/// Checks a header as a consumer would, in constant time.
pub fn verify(secret: &str, header: &str, body: &str, now_ms: i64) -> Result<(), SignatureError> {
    let (time, signature) = header.split_once(", ").ok_or(SignatureError::Malformed)?;
    let time: i64 = time.strip_prefix("t=").and_then(|t| t.parse().ok()).ok_or(SignatureError::Malformed)?;
    let signature = signature.strip_prefix("v1=").and_then(from_hex).ok_or(SignatureError::Malformed)?;
    if time.abs_diff(now_ms) > TOLERANCE_MS.unsigned_abs() {
        return Err(SignatureError::Stale);
    }
    mac(secret, time, body).verify_slice(&signature).map_err(|_| SignatureError::Mismatch)
}

fn mac(secret: &str, time_ms: i64, body: &str) -> Hmac<Sha256> {
    let key = secret.as_bytes();
    // A key of any length is valid for HMAC; the fallback is never taken.
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
    mac.update(time_ms.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    mac
}

/// Exactly 64 lower-case digits.
fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    bytes.filter(|_| rest.is_empty())?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_what_it_verifies_and_nothing_else() {
        let header = sign("whsec_test", 1_700_000_000_000, r#"{"a":"é"}"#);
        assert!(header.starts_with("t=1700000000000, v1=") && header.len() == 84, "{header}");
        let check = |secret, body, now| verify(secret, &header, body, now);
        let body = r#"{"a":"é"}"#;
        assert_eq!(check("whsec_test", body, 1_700_000_000_000 + TOLERANCE_MS), Ok(()));
        assert_eq!(check("whsec_test", body, 1_700_000_000_001 + TOLERANCE_MS), Err(SignatureError::Stale));
        assert_eq!(check("whsec_other", body, 1_700_000_000_000), Err(SignatureError::Mismatch));
        assert_eq!(check("whsec_test", "{}", 1_700_000_000_000), Err(SignatureError::Mismatch));
        assert_eq!(verify("s", "t=1,v1=00", "", 1), Err(SignatureError::Malformed));
        let (time, hex) = header.split_at(20);
        let digits = [&hex[..63], &hex[..62], &format!("{hex}0"), &format!("{hex}00"), "", &hex.to_uppercase()];
        for wrong in digits.into_iter().chain([format!("+{}", &hex[1..]).as_str(), "é"]) {
            let verdict = verify("whsec_test", &format!("{time}{wrong}"), body, 1_700_000_000_000);
            assert_eq!(verdict, Err(SignatureError::Malformed), "{wrong}");
        }
    }

    /// Computed with another implementation: `hmac.new(b"whsec_key", b"1700000000000.{}", sha256)` of Python 3.11.
    #[test]
    fn agrees_with_another_implementation() {
        let expected = "244e587156e08b4dc304d9c0a623fe7d14c108564e8d7e28dee3513cbc66a48f";
        assert_eq!(sign("whsec_key", 1_700_000_000_000, "{}"), format!("t=1700000000000, v1={expected}"));
    }
}
