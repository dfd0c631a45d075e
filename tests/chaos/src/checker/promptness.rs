//! I6: everything is delivered or superseded soon after a fault has ended.

use std::collections::BTreeSet;

use crate::record::Record;

/// From the fault's end, or from the kill where nothing is started again.
pub const LONGEST_MS: u64 = 30_000;

pub(super) fn check(record: &Record) -> Vec<String> {
    let mut broken = Vec::new();
    for endpoint in &record.endpoints {
        let arrived: BTreeSet<&str> = endpoint.arrivals.iter().map(|arrival| arrival.event.as_str()).collect();
        let log = record.log.get(&endpoint.environment).into_iter().flatten();
        let owed = log.filter(|event| endpoint.subscribed.contains(&event.kind));
        let missing =
            owed.filter(|event| !arrived.contains(event.id.as_str()) && !endpoint.superseded.contains(&event.id));
        let missing: Vec<_> = missing.map(|event| event.id.as_str()).collect();
        if let Some(first) = missing.first() {
            broken.push(format!("{} never got {} events, of which the first is {first}", endpoint.name, missing.len()));
        }
    }
    if record.still_ms > LONGEST_MS {
        broken.push(format!("all was still only {} ms after the fault had ended", record.still_ms));
    }
    broken
}
