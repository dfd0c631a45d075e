//! I6: everything is delivered, or superseded by a revocation, soon after a fault has ended.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Endpoint, Logged, Record};

/// From the fault's end, or from the kill where nothing is started again.
pub const LONGEST_MS: u64 = 30_000;

pub(super) fn check(record: &Record) -> Vec<String> {
    let mut broken = Vec::new();
    for endpoint in &record.endpoints {
        let log = record.log.get(&endpoint.environment).map_or(&[][..], Vec::as_slice);
        broken.extend(missing(endpoint, log));
    }
    if record.still_ms > LONGEST_MS {
        broken.push(format!("all was still only {} ms after the fault had ended", record.still_ms));
    }
    broken
}

fn missing(endpoint: &Endpoint, log: &[Logged]) -> Vec<String> {
    let arrived: BTreeSet<&str> = endpoint.arrivals.iter().map(|arrival| arrival.event.as_str()).collect();
    let (came, did_not): (Vec<&Logged>, Vec<&Logged>) =
        log.iter().partition(|event| arrived.contains(event.id.as_str()));
    let mut about = BTreeMap::<&str, Vec<&Logged>>::new();
    for event in came {
        subjects(event).for_each(|of| about.entry(of).or_default().push(event));
    }
    let is_moot = |event: &Logged| {
        let later = subjects(event).filter_map(|of| about.get(of)).flatten();
        endpoint.superseded.contains(&event.id) && later.copied().any(|later| later.revokes(event))
    };
    let owed = did_not.into_iter().filter(|event| endpoint.subscribed.contains(&event.kind));
    let missing: Vec<_> = owed.filter(|event| !is_moot(event)).collect();
    let tell = |first: &&Logged| {
        let superseded = if endpoint.superseded.contains(&first.id) { ", superseded by nothing that came" } else { "" };
        format!("{} never got {} events, of which the first is {}{superseded}", endpoint.name, missing.len(), first.id)
    };
    missing.first().map(tell).into_iter().collect()
}

fn subjects(event: &Logged) -> impl Iterator<Item = &str> {
    [event.user.as_deref(), event.group.as_deref()].into_iter().flatten()
}
