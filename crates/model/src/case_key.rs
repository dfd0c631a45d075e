//! How names are compared without case.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// The key under which a name is unique and found without case: NFKC, case-folded, NFKC again.
///
/// Both databases compare keys bytewise, so that SQLite and PostgreSQL agree (`idp/quirks.md`, `any-unicode-echo`).
pub fn case_key(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().default_case_fold().nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_width_and_composition() {
        let check = |a: &str, b: &str| assert_eq!(case_key(a), case_key(b), "{a} {b}");
        check("ALICE@Example.com", "alice@example.COM");
        check("Jose\u{301}", "JOS\u{c9}");
        check("stra\u{df}e", "STRASSE");
        check("\u{ff21}dmin", "admin");
        assert_ne!(case_key("e"), case_key("\u{e9}"));
    }
}
