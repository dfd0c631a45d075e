//! I5: the topic holds every event of each stream, first appearances in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Logged, Message, Record};

/// What is broken, and how many messages are repeats.
pub(super) fn check(record: &Record) -> (Vec<String>, usize) {
    let Some(topic) = &record.topic else { return (Vec::new(), 0) };
    let mut streams = BTreeMap::<&str, Vec<&Logged>>::new();
    record.log.values().flatten().for_each(|event| streams.entry(&event.stream).or_default().push(event));
    let (mut broken, mut repeats) = (Vec::new(), 0);
    let mut homes = BTreeMap::<&str, BTreeSet<usize>>::new();
    let mut appeared = BTreeMap::<&str, Vec<&Message>>::new();
    let mut seen = BTreeSet::new();
    for (partition, messages) in topic.iter().enumerate() {
        for message in messages {
            homes.entry(&message.key).or_default().insert(partition);
            if seen.insert(&message.event) {
                appeared.entry(&message.key).or_default().push(message);
            } else {
                repeats += 1;
            }
        }
    }
    broken
        .extend(homes.iter().filter(|(_, of)| of.len() > 1).map(|(key, of)| format!("{key} is in partitions {of:?}")));
    for (stream, events) in &streams {
        broken.extend(compare(stream, events, appeared.get(stream).map_or(&[], Vec::as_slice)));
    }
    let strange = appeared.keys().filter(|stream| !streams.contains_key(*stream));
    broken.extend(strange.map(|stream| format!("{stream} is in the topic and in no log")));
    (broken, repeats)
}

fn compare(stream: &str, events: &[&Logged], appeared: &[&Message]) -> Option<String> {
    let missing = events.iter().find(|event| appeared.iter().all(|message| message.event != event.id));
    if let Some(missing) = missing {
        return Some(format!("{stream}: {} is not in the topic", missing.id));
    }
    for (at, message) in appeared.iter().enumerate() {
        let Some(event) = events.get(at) else { return Some(format!("{stream}: {} is in no log", message.event)) };
        if message.event != event.id {
            return Some(format!("{stream}: {} appears where {} should", message.event, event.id));
        }
        if (message.sequence, message.previous) != (event.sequence, event.previous) || message.body != event.body {
            return Some(format!("{stream}: {} is not as the log has it", message.event));
        }
    }
    None
}
