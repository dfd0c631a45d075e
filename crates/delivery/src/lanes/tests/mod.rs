//! The lanes against design section 5: each pair of keys by hand, random histories against the promises and against a
//! plain reading of the rules, and faults planted to see that the checks can fail.

mod conflicts;
mod costs;
mod differential;
mod faults;
mod history;
mod isolation;
mod naive;
mod oracle;
mod promises;
mod revocations;
mod rows;
mod rules;
mod turns;
mod windows;
mod world;

use std::{
    fmt::Debug,
    io::{self, Write as _},
};

use proptest::{
    prelude::{Strategy, TestCaseError},
    test_runner::{Config, TestRunner},
};

/// Runs `test` on at least so many values, more if `PROPTEST_CASES` says so.
fn forall<S: Strategy<Value: Debug>>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config::default();
    let config = Config { cases: config.cases.max(cases), failure_persistence: None, ..config };
    _ = writeln!(io::stderr(), "{} random {}", config.cases, std::any::type_name::<S::Value>());
    TestRunner::new(config).run(strategy, test).unwrap();
}
