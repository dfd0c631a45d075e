//! What is written nowhere: tests that do not run or cannot fail, code that is not there, lints silenced without a
//! reason, output that is no log line, tests that let time pass.

use super::Violation;
use super::source::Source;
use super::text;

/// In tests too.
const NOWHERE: &[&str] = &["#[ignore", "#[should_panic", "#[allow(", "#![allow(", "todo!(", "unimplemented!("];

/// What is waited for is drained, or probed by `tests::until`.
const IN_TESTS: &[&str] = &["sleep(", "sleep_until("];

const PRINTS: &[&str] = &["println!(", "print!(", "eprintln!(", "eprint!("];

/// The command line speaks to a person; there the lint asks for a reason at each place.
const MAY_PRINT: &str = "crates/server/src/";

/// A fault lasts as long as it lasts.
const MAY_WAIT: &str = "tests/chaos/src/";

pub(super) fn check(source: &Source) -> Vec<Violation> {
    let code = text::code(&source.text);
    let mut found = find(source, &code, NOWHERE);
    if !source.path.starts_with(MAY_WAIT) {
        found.extend(find(source, &text::without(&code, &source.code()), IN_TESTS));
    }
    if !source.path.starts_with(MAY_PRINT) {
        found.extend(find(source, &source.code(), PRINTS));
    }
    found
}

fn find(source: &Source, code: &str, banned: &[&str]) -> Vec<Violation> {
    let lines = code.lines().enumerate();
    let hits =
        lines.flat_map(|(n, line)| banned.iter().filter(|word| contains(line, word)).map(move |word| (n + 1, word)));
    hits.map(|(line, word)| source.violation(line, &format!("`{word}` is banned"))).collect()
}

/// `eprintln!(` holds no `println!(`.
fn contains(line: &str, banned: &str) -> bool {
    line.match_indices(banned).any(|(at, _)| !line[..at].ends_with(text::is_word))
}

#[test]
fn a_banned_word_is_found() {
    let cases = [
        ("crates/web/src/a.rs", "\n#[ignore = \"slow\"]", vec!["2: `#[ignore` is banned"]),
        ("crates/web/src/tests.rs", "#[should_panic(expected = \"x\")]", vec!["1: `#[should_panic` is banned"]),
        (
            "crates/web/src/a.rs",
            "#![allow(dead_code)]\n#[allow(x)]",
            vec!["1: `#![allow(` is banned", "2: `#[allow(` is banned"],
        ),
        (
            "crates/web/src/a.rs",
            "fn f() { todo!() } fn g() { unimplemented!() }",
            vec!["1: `todo!(` is banned", "1: `unimplemented!(` is banned"],
        ),
        ("crates/web/src/a.rs", "eprintln!(\"x\")", vec!["1: `eprintln!(` is banned"]),
        ("migrations/src/lib.rs", "std::print!(\"x\")", vec!["1: `print!(` is banned"]),
        ("crates/web/src/tests.rs", "println!(\"x\")", vec![]),
        ("crates/server/src/cli.rs", "println!(\"x\")", vec![]),
        ("crates/bus/src/a/tests.rs", "\ntokio::time::sleep(A)", vec!["2: `sleep(` is banned"]),
        (
            "crates/bus/src/a.rs",
            "\n#[cfg(test)]\nmod tests { fn f() { sleep_until(A) } }",
            vec!["3: `sleep_until(` is banned"],
        ),
        ("crates/bus/src/a.rs", "tokio::time::sleep(A)\n#[cfg(test)]\nmod tests { fn f() {} }", vec![]),
        ("crates/web/src/a.rs", "// todo!()\nlet a = \"#[ignore]\"; my_println!(1)", vec![]),
    ];
    for (path, text, violations) in cases {
        let violations: Vec<_> = violations.iter().map(|v| format!("{path}:{v}")).collect();
        assert_eq!(check(&Source::planted(path, text)), violations, "{text}");
    }
}
