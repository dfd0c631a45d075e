//! Which events of a batch are news to their streams. Pure.

use std::collections::{BTreeMap, BTreeSet};

use model::event::{Event, StreamId};

/// What a transaction is to do with a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Indexes of the events that are news, in their order.
    pub(super) news: Vec<usize>,
    /// Events that nobody has fanned out lie before the batch's: they come first.
    pub(super) gaps: Vec<Gap>,
}

/// Past one sequence and through another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) stream: StreamId,
    pub(super) past: i64,
    pub(super) through: i64,
}

/// `sequences`: up to where each stream has been fanned out. `empty`: streams whose gap holds nothing in the log either.
/// A stream with a gap has no news until it is filled.
pub(super) fn plan<'a>(
    sequences: &BTreeMap<StreamId, i64>,
    empty: &BTreeSet<StreamId>,
    events: impl Iterator<Item = &'a Event>,
) -> Plan {
    let mut reached = sequences.clone();
    let mut plan = Plan::default();
    for (at, event) in events.enumerate() {
        let past = reached.get(&event.stream).copied().unwrap_or(0);
        if event.sequence <= past || plan.gaps.iter().any(|gap| gap.stream == event.stream) {
            continue;
        }
        if event.previous > past && !empty.contains(&event.stream) {
            plan.gaps.push(Gap { stream: event.stream, past, through: event.previous });
            continue;
        }
        reached.insert(event.stream, event.sequence);
        plan.news.push(at);
    }
    plan
}
