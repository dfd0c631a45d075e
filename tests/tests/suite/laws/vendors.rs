//! Law 3: rules are named quirks and settings; where they are applied, no code knows a vendor's name. Evidence may: the
//! name of a recording, the address of a page.

use super::Violation;
use super::source::Source;
use super::text::is_word;

const JUDGED: &[&str] = &["crates/broker/", "crates/normalize/", "crates/scim/", "crates/web/src/ingress"];

/// What an administrator is told about each provider.
const PROFILES: &str = "crates/normalize/src/profile";

const VENDORS: &[&str] = &[
    "authentik",
    "azure",
    "bamboohr",
    "cyberark",
    "entra",
    "google",
    "jumpcloud",
    "keycloak",
    "lastpass",
    "microsoft",
    "okta",
    "onelogin",
    "personio",
    "pingfederate",
    "pingone",
    "rippling",
    "sailpoint",
    "workday",
];

pub(super) fn check(source: &Source) -> Vec<Violation> {
    if !JUDGED.iter().any(|path| source.path.starts_with(path)) || source.path.starts_with(PROFILES) {
        return Vec::new();
    }
    let code = source.code_and_strings().to_lowercase();
    let mut found = Vec::new();
    for (n, line) in code.lines().enumerate() {
        // What has no blank in it: a name, a path, a recording's name, an address.
        for token in
            line.split(|c: char| c.is_whitespace() || "\"(){}[],;".contains(c)).filter(|token| !is_evidence(token))
        {
            let named = VENDORS.iter().filter(|vendor| names(token, vendor));
            found.extend(named.map(|vendor| source.violation(n + 1, &format!("names `{vendor}`"))));
        }
    }
    found
}

fn is_evidence(token: &str) -> bool {
    token.starts_with("https://") || ["-lifecycle", "-push", "-import", "-input"].iter().any(|end| token.ends_with(end))
}

/// `central` holds no `entra`: the name begins a word, or a part of an identifier.
fn names(token: &str, vendor: &str) -> bool {
    token.match_indices(vendor).any(|(at, _)| !token[..at].ends_with(|c: char| is_word(c) && c != '_'))
}

#[test]
fn a_vendors_name_is_found_in_code_and_strings() {
    let cases = [
        ("crates/normalize/src/repair.rs", "\nif vendor == \"Okta\" {}", vec!["2: names `okta`"]),
        ("crates/scim/src/patch.rs", "fn is_entra() {}", vec!["1: names `entra`"]),
        (
            "crates/broker/src/a.rs",
            "Type::OneLogin | Type::PingOne =>",
            vec!["1: names `onelogin`", "1: names `pingone`"],
        ),
        ("crates/web/src/ingress/repair.rs", "\"Azure AD\"", vec!["1: names `azure`"]),
        ("crates/normalize/src/profiles/okta.rs", "const OKTA: &str = \"Okta\";", vec![]),
        (
            "crates/normalize/src/quirk.rs",
            "// Okta sends \"okta\"\n\"okta-import\", \"https://x.example/entra/page\"",
            vec![],
        ),
        ("crates/normalize/src/quirk/tests.rs", "\"okta\"", vec![]),
        ("crates/normalize/src/a.rs", "let central = 1; #[cfg(test)] mod tests { const A: &str = \"okta\"; }", vec![]),
        ("crates/simulator/src/okta.rs", "struct Okta;", vec![]),
    ];
    for (path, text, violations) in cases {
        let violations: Vec<_> = violations.iter().map(|v| format!("{path}:{v}")).collect();
        assert_eq!(check(&Source::planted(path, text)), violations, "{text}");
    }
}
