//! I2: at each endpoint first arrivals are in order per resource, nothing is granted after its revocation, and no membership comes
//! before those whom it joins.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Endpoint, Logged, Record};

pub(super) fn check(record: &Record) -> Vec<String> {
    let mut broken = Vec::new();
    for endpoint in &record.endpoints {
        let Some(log) = record.log.get(&endpoint.environment) else { continue };
        let known: BTreeMap<&str, &Logged> = log.iter().map(|event| (event.id.as_str(), event)).collect();
        let first: Vec<&Logged> = first(endpoint).filter_map(|event| known.get(event).copied()).collect();
        let at = |what: String| format!("at {}: {what}", endpoint.name);
        broken.extend(resources(&first).into_iter().chain(grants(&first)).chain(members(&first)).map(at));
    }
    broken
}

/// How many arrivals were none of the first.
pub(super) fn repeats(endpoint: &Endpoint) -> usize {
    endpoint.arrivals.len() - first(endpoint).count()
}

fn first(endpoint: &Endpoint) -> impl Iterator<Item = &str> {
    let mut seen = BTreeSet::new();
    endpoint.arrivals.iter().map(|arrival| arrival.event.as_str()).filter(move |event| seen.insert(*event))
}

/// By versions: a membership's resource is the pair.
fn resources(first: &[&Logged]) -> Vec<String> {
    let mut last = BTreeMap::<_, &Logged>::new();
    let broken = first.iter().filter_map(|event| {
        let resource = (&event.stream, &event.user, &event.group);
        let before = last.insert(resource, event)?;
        (before.version >= event.version).then(|| {
            format!("{} (version {}) came after {} (version {})", event.id, event.version, before.id, before.version)
        })
    });
    broken.collect()
}

/// What lies below a deleted user or group, and was recorded before it, does not come after it for the first time.
fn grants(first: &[&Logged]) -> Vec<String> {
    let mut gone = BTreeMap::<(&str, &str), &Logged>::new();
    let mut broken = Vec::new();
    for event in first {
        let below = [event.user.as_deref(), event.group.as_deref()];
        for of in below.into_iter().flatten() {
            if let Some(revocation) = gone.get(&(event.stream.as_str(), of))
                && event.sequence < revocation.sequence
            {
                broken.push(format!("{} came after {}, which took it away", event.id, revocation.id));
            }
        }
        let deleted = match event.kind.as_str() {
            "dsync.user.deleted" => event.user.as_deref(),
            "dsync.group.deleted" => event.group.as_deref(),
            _ => None,
        };
        gone.extend(deleted.map(|of| ((event.stream.as_str(), of), *event)));
    }
    broken
}

/// What was created before somebody was added does not come after that.
fn members(first: &[&Logged]) -> Vec<String> {
    let mut added = BTreeMap::<&str, &Logged>::new();
    let mut broken = Vec::new();
    for event in first {
        let of = match event.kind.as_str() {
            "dsync.group.user_added" => {
                let both = [event.user.as_deref(), event.group.as_deref()].into_iter().flatten();
                both.for_each(|of| _ = added.entry(of).or_insert(event));
                continue;
            }
            "dsync.user.created" => event.user.as_deref(),
            "dsync.group.created" => event.group.as_deref(),
            _ => continue,
        };
        let earlier = of.and_then(|of| added.get(of)).filter(|added| added.sequence > event.sequence);
        broken.extend(earlier.map(|added| format!("{} came after {}, which joins it", event.id, added.id)));
    }
    broken
}
