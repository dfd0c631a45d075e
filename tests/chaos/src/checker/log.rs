//! I1: every accepted write is in the log once, and no event without its write.

use std::collections::BTreeMap;

use crate::record::{Logged, Record};

pub(super) fn check(record: &Record) -> Vec<String> {
    let mut broken = record.promised.as_ref().map(|promised| balance(record, promised)).unwrap_or_default();
    for log in record.log.values() {
        broken.extend(positions(log).into_iter().chain(chains(log)));
    }
    broken
}

/// Of users, groups and memberships: the rest is set up by hand.
fn balance(record: &Record, promised: &[String]) -> Vec<String> {
    let mut recorded = BTreeMap::<String, i64>::new();
    let events = record.log.values().flatten();
    let written =
        events.filter(|event| event.kind.starts_with("dsync.user.") || event.kind.starts_with("dsync.group."));
    written.for_each(|event| *recorded.entry(event.says()).or_default() += 1);
    for promised in promised {
        *recorded.entry(promised.clone()).or_default() -= 1;
    }
    let unbalanced = recorded.into_iter().filter(|(_, count)| *count != 0);
    let tell = |(says, count): (String, i64)| match count {
        1.. => format!("recorded {count} times too often: {says}"),
        _ => format!("accepted and not recorded: {says}"),
    };
    unbalanced.map(tell).collect()
}

/// Without gaps, from the first on.
fn positions(log: &[Logged]) -> Option<String> {
    let (event, expected) = log.iter().zip(1..).find(|(event, expected)| event.position != *expected)?;
    Some(format!("{} lies at {} where {expected} should be", event.id, event.position))
}

/// Each stream's sequences rise, and each event names the one before it.
fn chains(log: &[Logged]) -> Vec<String> {
    let mut last = BTreeMap::<&str, u64>::new();
    let broken = log.iter().filter_map(|event| {
        let before = last.insert(&event.stream, event.sequence).unwrap_or(0);
        let well = event.previous == before && event.sequence > before;
        (!well).then(|| format!("{} follows {before} as {} after {}", event.id, event.sequence, event.previous))
    });
    broken.collect()
}
