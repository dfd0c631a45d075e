//! Law 5: who may name `store::System`, the handle that is scoped to no tenant.

use super::Violation;
use super::source::{Package, Source};
use super::text;

const MAY: &[&str] = &["store", "bus", "delivery", "server", "tests"];

/// In the broker, the one door that finds out who is calling.
const AUTHENTICATE: &[&str] = &["crates/broker/src/authenticate.rs", "crates/broker/src/authenticate/"];

pub(super) fn check(packages: &[Package]) -> Vec<Violation> {
    let bound = packages.iter().filter(|package| !MAY.contains(&package.name.as_str()));
    let with_store =
        bound.filter(|package| package.manifest.get("dependencies").is_some_and(|d| d.get("store").is_some()));
    let sources = with_store.flat_map(|package| &package.sources);
    sources
        .filter(|source| !AUTHENTICATE.iter().any(|door| source.path.starts_with(door)))
        .flat_map(check_source)
        .collect()
}

fn check_source(source: &Source) -> Vec<Violation> {
    let code = source.code();
    let named = text::words(&code).filter(|(_, word)| *word == "System");
    let named = named.map(|(line, _)| source.violation(line, "`System` is not for this place"));
    let got = code.match_indices("system(").filter(|(at, _)| is_method(&code[..*at]));
    let got = got.map(|(at, _)| code[..at].matches('\n').count() + 1);
    named.chain(got.map(|line| source.violation(line, "`.system()` is not for this place"))).collect()
}

/// `store.system()`, also with the dot on a line before it, and `Store::system(…)`.
fn is_method(before: &str) -> bool {
    [".", "::"].iter().any(|end| before.trim_end().ends_with(end))
}

#[test]
fn it_is_found_outside_authenticate() {
    let with_store = "[dependencies]\nstore.workspace = true";
    let cases = [
        ("broker", with_store, "src/user.rs", "\nuse store::{Store, System};", 1),
        ("broker", with_store, "src/user.rs", "use store::*;\nfn f(s: &System) {}\nfn g(s: System) {}", 2),
        ("broker", with_store, "src/user.rs", "fn f(s: &Store) {\n    s.system().list();\n}", 1),
        ("broker", with_store, "src/user.rs", "s\n    .system()\n    .list(); Store::system(&s)", 2),
        ("broker", with_store, "src/user.rs", "s.filesystem(); fn system() {} system(); s.system;", 0),
        ("broker", with_store, "src/authenticate.rs", "s.system()", 0),
        ("broker", with_store, "src/user.rs", "// System\nfn f(s: SystemTime) {}", 0),
        ("broker", with_store, "src/user/tests.rs", "use store::System;", 0),
        ("broker", with_store, "src/authenticate.rs", "use store::System;", 0),
        ("broker", with_store, "src/authenticate/token.rs", "use store::System;", 0),
        ("delivery", with_store, "src/fan_out.rs", "use store::System;", 0),
        ("model", "", "src/clock.rs", "pub enum Clock { System }", 0),
    ];
    for (name, manifest, file, text, count) in cases {
        let found = check(&[Package::planted(name, manifest, &[(file, text)])]);
        assert_eq!(found.len(), count, "{name}/{file}: {text}: {found:?}");
        assert!(found.iter().all(|v| v.starts_with(&format!("crates/{name}/{file}:"))), "{found:?}");
    }
}
