//! Deliveries by lane, in position order.

use std::collections::BTreeSet;

use super::{keys::Lane, slots::Place, steps};

/// Two ordered rows of deliveries per lane; what the two sides mean is said where an index is kept. One set for all lanes,
/// sixteen bytes an entry: a lane of one delivery costs no more than its entry.
#[derive(Debug, Default)]
pub(super) struct Index(BTreeSet<Entry>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Near,
    Far,
}

/// Flat, and compared in this order: nested, it would be half as large again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    row: u32,
    position: i64,
    slot: u32,
}

impl Entry {
    fn new(lane: Lane, side: Side, place: Place) -> Self {
        Self { row: lane.0 * 2 + u32::from(side == Side::Far), position: place.position, slot: place.slot }
    }

    fn place(self) -> Place {
        Place { position: self.position, slot: self.slot }
    }
}

impl Index {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn insert(&mut self, lane: Lane, side: Side, place: Place) {
        steps::take(1);
        self.0.insert(Entry::new(lane, side, place));
    }

    pub(super) fn remove(&mut self, lane: Lane, side: Side, place: Place) {
        steps::take(1);
        self.0.remove(&Entry::new(lane, side, place));
    }

    /// Those before `place`, the nearest first.
    pub(super) fn before(&self, lane: Lane, side: Side, place: Place) -> impl Iterator<Item = Place> {
        steps::take(1);
        let first = Entry::new(lane, side, Place::FIRST);
        let entries = self.0.range(first..Entry::new(lane, side, place)).rev();
        entries.map(|entry| entry.place()).inspect(|_| steps::take(1))
    }

    /// The nearest after `place`.
    pub(super) fn next_after(&self, lane: Lane, side: Side, place: Place) -> Option<Place> {
        steps::take(1);
        let last = Entry::new(lane, side, Place::LAST);
        let entries = self.0.range(Entry::new(lane, side, place)..=last);
        entries.map(|entry| entry.place()).find(|entry| *entry != place)
    }
}
