//! Law 2: the pure crates do nothing: no file, socket, process, thread or variable. (No clock and no randomness: the lints
//! ban them. No async: `edges` bans its crates.)

use super::Violation;
use super::source::Source;
use super::text;

const PURE: &[&str] = &["crates/model/src/", "crates/scim/src/", "crates/normalize/src/"];

/// Modules of `std` that act.
const ACTING: &[&str] = &["env", "fs", "os", "process", "thread"];

/// Of `std::net` the addresses are values, and these are not.
const SOCKETS: &[&str] = &["TcpListener", "TcpStream", "ToSocketAddrs", "UdpSocket", "UnixStream"];

pub(super) fn check(source: &Source) -> Vec<Violation> {
    if !PURE.iter().any(|path| source.path.starts_with(path)) {
        return Vec::new();
    }
    let code = source.code();
    let acting = of_std(&code).into_iter().filter(|(_, module)| ACTING.contains(module));
    let sockets = text::words(&code).filter(|(_, word)| SOCKETS.contains(word));
    acting.chain(sockets).map(|(line, name)| source.violation(line, &format!("`{name}` in a pure crate"))).collect()
}

/// What is named right behind `std::`, each with its line; of `std::{a, b::c}` it is `a` and `b`.
fn of_std(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, start) in code.match_indices("std::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + start.len()..];
        let paths: Vec<_> = match rest.strip_prefix('{') {
            Some(inner) => inner.split('}').next().unwrap_or_default().split(',').collect(),
            None => vec![rest],
        };
        found.extend(paths.into_iter().filter_map(|path| text::words(path).next()).map(|(_, root)| (line, root)));
    }
    found
}

#[test]
fn what_acts_is_found_in_a_pure_crate() {
    let cases = [
        ("crates/model/src/a.rs", "\nuse std::fs;", vec!["2: `fs`"]),
        ("crates/scim/src/a.rs", "use std::{fmt, thread::spawn};", vec!["1: `thread`"]),
        ("crates/scim/src/a.rs", "fn f() { std::process::exit(1) }", vec!["1: `process`"]),
        ("crates/normalize/src/a.rs", "use std::net::{IpAddr, TcpStream};", vec!["1: `TcpStream`"]),
        ("crates/normalize/src/a.rs", "let a = std::env::args();", vec!["1: `env`"]),
        ("crates/model/src/a.rs", "use std::net::IpAddr;\nuse std::io;\n// std::fs", vec![]),
        ("crates/model/src/a/tests.rs", "use std::fs;", vec![]),
        ("crates/store/src/a.rs", "use std::fs;", vec![]),
    ];
    for (path, text, violations) in cases {
        let violations: Vec<_> = violations.iter().map(|v| format!("{path}:{v} in a pure crate")).collect();
        assert_eq!(check(&Source::planted(path, text)), violations, "{text}");
    }
}
