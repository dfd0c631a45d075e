//! Holds a [`Record`] to what Rollcall promises. Pure.

mod log;
mod order;
mod promptness;
mod state;
mod tenants;
#[cfg(test)]
mod tests;
mod times;
mod topic;

use std::fmt;

use crate::record::Record;
pub use promptness::LONGEST_MS;
pub use state::person;
pub use times::SLACK_MS;

/// What does not hold, with an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub invariant: &'static str,
    pub what: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    pub violations: Vec<Violation>,
    /// Events that came to an endpoint again.
    pub repeated_arrivals: usize,
    /// Messages that hold an event again.
    pub repeated_messages: usize,
}

pub fn check(record: &Record) -> Finding {
    let mut finding = Finding::default();
    let mut note = |invariant: &'static str, broken: Vec<String>| {
        finding.violations.extend(broken.into_iter().map(|what| Violation { invariant, what }));
    };
    note("I1", log::check(record));
    note("I2", order::check(record));
    note("I3", state::check(record));
    note("I4", tenants::check(record));
    let (broken, repeated_messages) = topic::check(record);
    note("I5", broken);
    note("I6", promptness::check(record));
    note("time", times::check(record));
    let repeated_arrivals = record.endpoints.iter().map(order::repeats).sum();
    Finding { repeated_arrivals, repeated_messages, ..finding }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.invariant, self.what)
    }
}
