//! Which crate may depend on what: the table of `crates/README.md`.

use toml::{Table, Value};

use super::Violation;
use super::source::{Package, Source};
use super::text;

const OURS: &[&str] = &[
    "broker",
    "bus",
    "delivery",
    "migrations",
    "model",
    "normalize",
    "scim",
    "server",
    "simulator",
    "store",
    "tests",
    "web",
];

/// What `normalize` may not have: it stands between `scim` and `model`.
const OURS_BUT_THE_PURE: &[&str] =
    &["broker", "bus", "delivery", "migrations", "server", "simulator", "store", "tests", "web"];

/// What meets Rollcall by HTTP, or starts it.
const OURS_BUT_THE_OUTSIDE: &[&str] =
    &["broker", "bus", "delivery", "migrations", "model", "normalize", "scim", "server", "store", "web"];

/// No I/O, no async, no log. (No clock: the lints ban `now()`.)
const IMPURE: &[&str] = &["async-*", "futures*", "log", "tokio*", "tracing*"];

/// What a package must never import; `*` stands for any end of a name.
const BANS: &[(&str, &[&[&str]])] = &[
    ("model", &[OURS, IMPURE]),
    ("scim", &[OURS, IMPURE]),
    ("normalize", &[OURS_BUT_THE_PURE, IMPURE]),
    ("store", &[&["scim", "normalize"]]),
    ("broker", &[&["bus", "delivery", "web"]]),
    ("bus", &[&["scim", "delivery", "web"]]),
    ("delivery", &[&["web", "broker", "normalize"]]),
    ("web", &[&["store", "bus", "delivery", "normalize"]]),
    // It knows Rollcall by HTTP alone.
    ("simulator", &[OURS]),
    ("server", &[]),
    ("migrations", &[OURS]),
    // It judges from outside.
    ("chaos", &[OURS_BUT_THE_OUTSIDE]),
    // It plays bytes to the core alone.
    ("fuzz", &[OURS_BUT_THE_PURE, &["model", "normalize"], IMPURE]),
    // The harness, so that every crate may use it in its own tests.
    ("tests", &[OURS]),
];

/// Frameworks stop at these packages: their types appear in no other.
const HOMES: &[(&str, &[&str])] = &[
    ("actix*", &["web", "server", "simulator"]),
    ("anyhow", &["chaos", "server", "tests"]),
    ("hyper*", &["delivery", "simulator", "tests"]),
    ("rdkafka*", &["bus", "chaos"]),
    ("reqwest*", &["chaos", "delivery", "simulator", "tests"]),
    ("sea-orm*", &["chaos", "store", "migrations", "tests"]),
    ("sea-query*", &["store", "migrations"]),
    ("sqlx*", &["store", "migrations", "tests"]),
];

/// The purest are held to it in their tests as well.
const JUDGED_IN_TESTS: &[&str] = &["model", "scim"];

pub(super) fn check(packages: &[Package]) -> Vec<Violation> {
    let unknown = packages.iter().filter(|p| !BANS.iter().any(|(name, _)| *name == p.name));
    let unknown = unknown.map(|p| format!("{}/Cargo.toml:1: `{}` has no row in the table of bans", p.path, p.name));
    unknown.chain(packages.iter().flat_map(check_dependencies)).collect()
}

fn check_dependencies(package: &Package) -> Vec<Violation> {
    dependencies(package)
        .into_iter()
        .filter(|dependency| is_banned(&package.name, dependency))
        .map(|d| {
            format!("{}/Cargo.toml:{}: `{}` must not depend on `{d}`", package.path, package.line_of(&d), package.name)
        })
        .collect()
}

/// A crate's own users get at what it re-exports: none of it may be banned for one of them.
pub(super) fn check_reexports(packages: &[Package]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in packages {
        let users: Vec<_> = packages.iter().filter(|user| dependencies(user).contains(&package.name)).collect();
        for source in &package.sources {
            for (line, root) in reexports(source) {
                let victims = users.iter().filter(|user| is_banned(&user.name, &root.replace('_', "-")));
                violations.extend(
                    victims.map(|user| source.violation(line, &format!("hands `{root}` on to `{}`", user.name))),
                );
            }
        }
    }
    violations
}

fn is_banned(package: &str, dependency: &str) -> bool {
    let banned =
        BANS.iter().filter(|(name, _)| *name == package).flat_map(|(_, lists)| lists.iter().copied().flatten());
    let homeless = HOMES.iter().filter(|(_, homes)| !homes.contains(&package)).map(|(name, _)| name);
    banned.chain(homeless).any(|pattern| matches(pattern, dependency))
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// The packages that `[dependencies]` names, for all targets, and the build's.
fn dependencies(package: &Package) -> Vec<String> {
    let manifest = &package.manifest;
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = std::iter::once(manifest).chain(targets.filter_map(Value::as_table));
    let mut kinds = vec!["dependencies", "build-dependencies"];
    if JUDGED_IN_TESTS.contains(&package.name.as_str()) {
        kinds.push("dev-dependencies");
    }
    let lists = tables.flat_map(|table| kinds.iter().filter_map(|kind| table.get(*kind)?.as_table()));
    lists.flatten().map(|(name, value)| renamed(value).unwrap_or(name).to_owned()).collect()
}

fn renamed(dependency: &Value) -> Option<&str> {
    dependency.get("package")?.as_str()
}

/// The first segment of each path in a `pub use`, with its line; not the file's own modules.
fn reexports(source: &Source) -> Vec<(usize, String)> {
    let code = source.code();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("pub use ") {
        let line = code[..at].matches('\n').count() + 1;
        let paths = code[at + "pub use ".len()..].split(';').next().unwrap_or_default();
        let paths = paths.trim().trim_start_matches("::");
        let roots = paths.strip_prefix('{').map_or_else(|| vec![paths], |inner| inner.split(',').collect());
        let roots = roots.into_iter().filter_map(|path| text::words(path).next());
        let foreign = roots.filter(|(_, root)| !code.contains(&format!("mod {root};")));
        found.extend(foreign.map(|(_, root)| (line, root.to_owned())));
    }
    found
}

#[test]
fn a_banned_dependency_is_found_wherever_it_stands() {
    let cases = [
        (
            "web",
            "[dependencies]\nmodel.workspace = true\nstore.workspace = true",
            "5: `web` must not depend on `store`",
        ),
        (
            "web",
            "[dependencies]\nhttp = { package = \"reqwest\", version = \"1\" }",
            "4: `web` must not depend on `reqwest`",
        ),
        ("broker", "[dependencies.sea-orm]\nversion = \"2\"", "3: `broker` must not depend on `sea-orm`"),
        (
            "delivery",
            "[target.'cfg(unix)'.dependencies]\nactix-web = \"4\"",
            "4: `delivery` must not depend on `actix-web`",
        ),
        ("bus", "[build-dependencies]\nscim.workspace = true", "4: `bus` must not depend on `scim`"),
        ("model", "[dev-dependencies]\ntokio.workspace = true", "4: `model` must not depend on `tokio`"),
        ("store", "[dependencies]\nrdkafka-sys = \"1\"", "4: `store` must not depend on `rdkafka-sys`"),
        ("normalize", "[dependencies]\ntracing = \"1\"", "4: `normalize` must not depend on `tracing`"),
        ("normalize", "[dependencies]\nbus.workspace = true", "4: `normalize` must not depend on `bus`"),
        ("scim", "[dependencies]\nweb.workspace = true", "4: `scim` must not depend on `web`"),
        ("simulator", "[dependencies]\nmodel.workspace = true", "4: `simulator` must not depend on `model`"),
        ("newcomer", "", "1: `newcomer` has no row in the table of bans"),
    ];
    for (name, manifest, violation) in cases {
        let found = check(&[Package::planted(name, manifest, &[])]);
        assert_eq!(found, [format!("crates/{name}/Cargo.toml:{violation}")]);
    }
}

#[test]
fn what_is_allowed_is_not_found() {
    let cases = [
        ("web", "[dependencies]\nbroker.workspace = true\nactix-web.workspace = true"),
        ("web", "[dev-dependencies]\nstore.workspace = true\nreqwest.workspace = true"),
        ("normalize", "[dependencies]\nmodel.workspace = true\nscim.workspace = true"),
        ("model", "[dev-dependencies]\nproptest.workspace = true"),
        ("bus", "[dependencies]\nrdkafka = { version = \"0.38\", optional = true }"),
    ];
    for (name, manifest) in cases {
        assert_eq!(check(&[Package::planted(name, manifest, &[])]), [""; 0], "{name}: {manifest}");
    }
}

#[test]
fn a_reexport_is_found_when_a_user_may_not_have_it() {
    let cases = [
        ("pub use store::Condition;", vec!["1: hands `store` on to `web`"]),
        ("mod a;\npub use {model::Event, ::store::{Tx, Store}};", vec!["2: hands `store` on to `web`"]),
        ("pub use sea_orm;", vec!["1: hands `sea_orm` on to `web`"]),
        ("pub use model::store;\nuse store::Tx;\npub(crate) use store::Store;", vec![]),
        ("mod store;\npub use store::Tx;", vec![]),
        ("// pub use store::Tx;", vec![]),
    ];
    let web = || Package::planted("web", "[dependencies]\nbroker.workspace = true", &[]);
    for (text, violations) in cases {
        let broker = Package::planted("broker", "[dependencies]\nstore.workspace = true", &[("src/lib.rs", text)]);
        let violations: Vec<_> = violations.iter().map(|v| format!("crates/broker/src/lib.rs:{v}")).collect();
        assert_eq!(check_reexports(&[broker, web()]), violations, "{text}");
    }
}
