//! Rows and ids bear the database's time, whatever the nodes' clocks say.

use crate::record::Record;

/// A node reckons the database's time from an answer of its, for a while.
pub const SLACK_MS: i64 = 5_000;

pub(super) fn check(record: &Record) -> Vec<String> {
    let Some(times) = &record.times else { return Vec::new() };
    let (begun, ended) = times.lived;
    let strange = times.born.iter().filter(|(_, first, last)| *first < begun - SLACK_MS || *last > ended + SLACK_MS);
    let tell = |(what, first, last): &(String, i64, i64)| {
        format!("{what} are of {first} to {last}, and all was between {begun} and {ended}")
    };
    strange.map(tell).collect()
}
