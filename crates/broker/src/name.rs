//! Names that people give.

use crate::Error;

/// Longest name of an environment, organization, directory, key or token, in bytes.
pub const MAX_NAME_LENGTH: usize = 255;

/// A name that can be stored and shown: not blank, not too long, no control characters.
pub(crate) fn check(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "name must not be empty"));
    }
    if name.len() > MAX_NAME_LENGTH {
        return Err(Error::invalid("name", format!("name must be at most {MAX_NAME_LENGTH} bytes long")));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "name must not contain control characters"));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_limits() {
        assert_eq!(check(" Acme ").unwrap(), "Acme");
        assert!(check(&"x".repeat(MAX_NAME_LENGTH)).is_ok());
        for wrong in ["", " ", "a\0b", "a\nb", &"x".repeat(MAX_NAME_LENGTH + 1)] {
            assert!(matches!(check(wrong), Err(Error::Invalid { field: "name", .. })), "{wrong:?}");
        }
    }
}
