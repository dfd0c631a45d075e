//! Limits of what callers say of an organization (`workos-contract.md` 3).

use std::collections::BTreeMap;

use crate::Error;

pub const MAX_METADATA_KEYS: usize = 50;
pub const MAX_METADATA_KEY_LENGTH: usize = 40;
pub const MAX_METADATA_VALUE_LENGTH: usize = 600;
pub const MAX_EXTERNAL_ID_LENGTH: usize = 128;
pub const MAX_STRIPE_CUSTOMER_ID_LENGTH: usize = 255;
/// How many domains an organization may have.
pub const MAX_DOMAINS: usize = 100;
/// RFC 1035 section 2.3.4.
pub const MAX_DOMAIN_LENGTH: usize = 253;

pub(crate) fn external_id(text: String) -> Result<String, Error> {
    if text.is_empty() || text.len() > MAX_EXTERNAL_ID_LENGTH || !text.is_ascii() || text.contains('\0') {
        let message = format!("external_id must be 1 to {MAX_EXTERNAL_ID_LENGTH} ASCII characters other than U+0000");
        return Err(Error::invalid("external_id", message));
    }
    Ok(text)
}

pub(crate) fn stripe_customer_id(text: String) -> Result<String, Error> {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || text.len() > MAX_STRIPE_CUSTOMER_ID_LENGTH || !printable {
        let message =
            format!("stripe_customer_id must be 1 to {MAX_STRIPE_CUSTOMER_ID_LENGTH} printable ASCII characters");
        return Err(Error::invalid("stripe_customer_id", message));
    }
    Ok(text)
}

pub(crate) fn metadata(metadata: &BTreeMap<String, String>) -> Result<(), Error> {
    let invalid = |message: String| Error::Invalid { code: "invalid_metadata", field: "metadata", message };
    if metadata.len() > MAX_METADATA_KEYS {
        return Err(invalid(format!("metadata has more than {MAX_METADATA_KEYS} keys")));
    }
    for (key, value) in metadata {
        if key.is_empty() || key.chars().count() > MAX_METADATA_KEY_LENGTH || key.contains('\0') {
            return Err(invalid(format!("a metadata key must be 1 to {MAX_METADATA_KEY_LENGTH} characters long")));
        }
        if value.chars().count() > MAX_METADATA_VALUE_LENGTH || value.contains('\0') {
            return Err(invalid(format!("a metadata value is longer than {MAX_METADATA_VALUE_LENGTH} characters")));
        }
    }
    Ok(())
}

/// `field` is where the domains were said.
pub(crate) fn domains(field: &'static str, count: usize) -> Result<(), Error> {
    if count > MAX_DOMAINS {
        return Err(Error::invalid(field, format!("an organization has at most {MAX_DOMAINS} domains")));
    }
    Ok(())
}

/// A domain, lower-cased; `field` is where it was said.
pub(crate) fn domain(field: &'static str, text: &str) -> Result<String, Error> {
    let domain = text.trim().to_lowercase();
    let fits = domain.len() <= MAX_DOMAIN_LENGTH && domain.contains('.');
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    if !fits || !domain.split('.').all(label) {
        return Err(Error::invalid(field, format!("{text:?} is not a domain")));
    }
    Ok(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hold_at_and_past() {
        assert!(external_id("x".repeat(MAX_EXTERNAL_ID_LENGTH)).is_ok());
        assert!(external_id("x".repeat(MAX_EXTERNAL_ID_LENGTH + 1)).is_err());
        for (text, fits) in [("a\tb\u{7f}", true), ("", false), ("é", false), ("a\0", false)] {
            assert_eq!(external_id(text.into()).is_ok(), fits, "{text:?}");
        }
        assert!(stripe_customer_id("x".repeat(MAX_STRIPE_CUSTOMER_ID_LENGTH)).is_ok());
        assert!(stripe_customer_id("x".repeat(MAX_STRIPE_CUSTOMER_ID_LENGTH + 1)).is_err());
        assert!(["", "cus 1", "é"].iter().all(|wrong| stripe_customer_id((*wrong).to_owned()).is_err()));
        let many = |n: usize| (0..n).map(|n| (n.to_string(), String::new())).collect();
        assert!(metadata(&many(MAX_METADATA_KEYS)).is_ok());
        assert!(metadata(&many(MAX_METADATA_KEYS + 1)).is_err());
        let one = |key: usize, value: usize| [("k".repeat(key), "v".repeat(value))].into();
        assert!(metadata(&one(MAX_METADATA_KEY_LENGTH, MAX_METADATA_VALUE_LENGTH)).is_ok());
        assert!(metadata(&one(MAX_METADATA_KEY_LENGTH + 1, 1)).is_err());
        assert!(metadata(&one(1, MAX_METADATA_VALUE_LENGTH + 1)).is_err());
        assert!(domains("domains", MAX_DOMAINS).is_ok() && domains("domains", MAX_DOMAINS + 1).is_err());
        let domain = |text: &str| domain("domains", text);
        assert_eq!(domain(" Acme.Example ").unwrap(), "acme.example");
        let long = |n: usize| format!("{}.example", "x".repeat(n - 8));
        assert!(domain(&long(MAX_DOMAIN_LENGTH)).is_ok() && domain(&long(MAX_DOMAIN_LENGTH + 1)).is_err());
        assert!(["acme", "a..b", "a b.c", ""].iter().all(|wrong| domain(wrong).is_err()));
    }
}
