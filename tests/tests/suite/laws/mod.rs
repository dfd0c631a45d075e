//! The architecture laws of `crates/README.md`, held against the source itself. Each law is a function from what it
//! judges to violations; each has planted violations beside it that it must find.

mod edges;
mod files;
mod pure;
mod record;
mod source;
mod store;
mod system;
mod text;
mod vendors;
mod words;

use self::source::{Package, Source};

/// A broken law: `file:line: what is wrong`.
type Violation = String;

#[test]
fn crates_depend_only_on_what_they_may() {
    keep(&edges::check(&Package::all().unwrap()));
}

#[test]
fn no_crate_hands_on_what_its_users_may_not_have() {
    keep(&edges::check_reexports(&Package::all().unwrap()));
}

#[test]
fn one_function_inserts_events() {
    keep(&record::check(&Source::all().unwrap()));
}

#[test]
fn only_those_who_may_name_the_unscoped_handle() {
    keep(&system::check(&Package::all().unwrap()));
}

#[test]
fn pure_crates_do_nothing() {
    keep(&each(pure::check));
}

#[test]
fn no_type_of_the_database_leaves_store() {
    keep(&each(store::check));
}

#[test]
fn no_vendor_is_named_where_rules_are_applied() {
    keep(&each(vendors::check));
}

#[test]
fn no_banned_word() {
    keep(&each(words::check));
}

#[test]
fn each_crate_has_a_readme_that_is_its_documentation() {
    keep(&files::check_readmes(&Package::all().unwrap()));
}

/// `cargo test -p tests laws::files_are_short -- --nocapture` shows the table.
#[test]
fn files_are_short() {
    let packages = Package::all().unwrap();
    println!("{}", files::table(&packages));
    keep(&files::check_lengths(&packages));
}

fn each(check: fn(&Source) -> Vec<Violation>) -> Vec<Violation> {
    Source::all().unwrap().iter().flat_map(check).collect()
}

#[track_caller]
fn keep(violations: &[Violation]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}
