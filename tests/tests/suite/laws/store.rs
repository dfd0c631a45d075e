//! `store` is all of the database that others see: what it makes public names no type of sea-orm.

use super::Violation;
use super::source::Source;
use super::text;

const STORE: &str = "crates/store/src/";
/// Its rows are public to sea-orm's derives, in a private module.
const TABLE: &str = "crates/store/src/table/";

const ROOTS: &[&str] = &["sea_orm", "sea_query", "sqlx"];

pub(super) fn check(source: &Source) -> Vec<Violation> {
    if !source.path.starts_with(STORE) || source.path.starts_with(TABLE) {
        return Vec::new();
    }
    let code = source.code();
    let foreign = imported(&code);
    let is_foreign = |word: &str| ROOTS.contains(&word) || foreign.contains(&word);
    let mut found = Vec::new();
    for (line, item) in public(&code) {
        let named = text::words(item).map(|(_, word)| word).find(|word| is_foreign(word));
        found.extend(named.map(|name| source.violation(line, &format!("`{name}` in what is public"))));
    }
    found
}

/// The names that the file has from sea-orm.
fn imported(code: &str) -> Vec<&str> {
    let uses = code.split("use ").skip(1).filter_map(|rest| rest.split(';').next());
    let foreign = uses.filter(|path| ROOTS.iter().any(|root| path.trim_start_matches("::").starts_with(root)));
    foreign.flat_map(text::words).map(|(_, word)| word).filter(|word| word.starts_with(char::is_uppercase)).collect()
}

/// The head of each public item, field or re-export with its line: up to its body, its value or its end.
fn public(code: &str) -> Vec<(usize, &str)> {
    let begins = code.match_indices("pub ").filter(|(at, _)| !code[..*at].ends_with(text::is_word));
    let item = |(at, _): (usize, &str)| {
        let rest = &code[at..];
        let is_use = rest.starts_with("pub use ");
        let is_end = |c: char| c == ';' || (!is_use && (c == '{' || c == '='));
        // A field ends with its line.
        let is_field = !["fn ", "use ", "struct ", "enum ", "trait ", "type ", "const ", "mod ", "static "]
            .iter()
            .any(|word| rest.lines().next().is_some_and(|line| line.contains(word)));
        let end = rest.find(|c| is_end(c) || (is_field && c == '\n')).unwrap_or(rest.len());
        (code[..at].matches('\n').count() + 1, &rest[..end])
    };
    begins.map(item).collect()
}

#[test]
fn a_type_of_the_database_is_found_in_what_is_public() {
    let with = |text: &str| format!("use sea_orm::{{DatabaseConnection, DbErr as Failure}};\n{text}");
    let cases = [
        ("crates/store/src/a.rs", with("pub fn f(c: &DatabaseConnection) {}"), vec!["2: `DatabaseConnection`"]),
        ("crates/store/src/a.rs", with("pub async fn f(\n  a: u8,\n) -> Result<(), Failure> {}"), vec!["2: `Failure`"]),
        (
            "crates/store/src/a.rs",
            with("pub struct A {\n  pub c: DatabaseConnection,\n}"),
            vec!["3: `DatabaseConnection`"],
        ),
        ("crates/store/src/a.rs", with("pub struct A(pub DatabaseConnection);"), vec!["2: `DatabaseConnection`"; 2]),
        ("crates/store/src/a.rs", "pub use sea_orm::Value;".to_owned(), vec!["1: `sea_orm`"]),
        ("crates/store/src/a.rs", "pub type A = u8;\npub fn f() -> sea_orm::Value {}".to_owned(), vec!["2: `sea_orm`"]),
        ("crates/store/src/a.rs", with("pub(crate) fn f(c: DatabaseConnection) {}"), vec![]),
        ("crates/store/src/a.rs", with("pub struct A {\n  c: DatabaseConnection,\n  pub d: u8,\n}"), vec![]),
        ("crates/store/src/a.rs", with("pub fn f() { let c: DatabaseConnection; }"), vec![]),
        ("crates/store/src/table/a.rs", with("pub fn f(c: DatabaseConnection) {}"), vec![]),
        ("crates/broker/src/a.rs", with("pub fn f(c: DatabaseConnection) {}"), vec![]),
    ];
    for (path, text, violations) in cases {
        let violations: Vec<_> = violations.iter().map(|v| format!("{path}:{v} in what is public")).collect();
        assert_eq!(check(&Source::planted(path, &text)), violations, "{text}");
    }
}
