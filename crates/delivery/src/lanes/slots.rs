//! The live deliveries themselves.

use std::{
    collections::HashMap,
    ops::{Index, IndexMut},
};

use super::{
    bars::Bar,
    delivery::Revokes,
    keys::Lane,
    subject::{Holds, Id},
};

/// Where a live delivery is kept; reused after it.
pub(super) type Slot = u32;

/// Position order. The slot tells deliveries of one position apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) position: i64,
    pub(super) slot: Slot,
}

impl Place {
    pub(super) const FIRST: Self = Self { position: i64::MIN, slot: Slot::MIN };
    pub(super) const LAST: Self = Self { position: i64::MAX, slot: Slot::MAX };
}

#[derive(Debug)]
pub(super) struct Live {
    pub(super) id: Id,
    pub(super) position: i64,
    pub(super) holds: Holds<Lane>,
    pub(super) revokes: Revokes,
    pub(super) attempted: bool,
    /// It has waited for a further attempt of another resource; it does so once.
    pub(super) has_yielded: bool,
    pub(super) bar: Bar,
    pub(super) state: State,
}

/// What it waits for at a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Waits {
    /// For its own turn: it is of that resource.
    Own,
    /// Of another resource, until that one was tried.
    Other,
    /// Of another resource, for a further attempt that is in flight.
    Yields,
}

/// The states of a live delivery; the module's doc says what moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Resting {
        due_at_ms: i64,
    },
    Ripe,
    /// Behind a resource, by its lane.
    Parked {
        behind: Lane,
        waits: Waits,
    },
    InFlight,
    Gone,
}

#[derive(Debug, Default)]
pub(super) struct Slots {
    rows: Vec<Live>,
    by_id: HashMap<Id, Slot>,
    free: Vec<Slot>,
    used: Slot,
}

impl Slots {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn find(&self, id: Id) -> Option<Slot> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn place(&self, slot: Slot) -> Place {
        Place { position: self[slot].position, slot }
    }

    pub(super) fn add(&mut self, live: Live) -> Slot {
        let id = live.id;
        let slot = self.lay(live);
        self.by_id.insert(id, slot);
        slot
    }

    /// The row stays as it is until its slot is used again.
    pub(super) fn free(&mut self, slot: Slot) -> &Live {
        let live = &self.rows[slot as usize];
        self.by_id.remove(&live.id);
        self.free.push(slot);
        live
    }

    fn lay(&mut self, live: Live) -> Slot {
        if let Some(slot) = self.free.pop() {
            self[slot] = live;
            return slot;
        }
        let slot = self.used;
        self.used += 1;
        self.rows.push(live);
        slot
    }
}

impl Index<Slot> for Slots {
    type Output = Live;

    fn index(&self, slot: Slot) -> &Live {
        &self.rows[slot as usize]
    }
}

impl IndexMut<Slot> for Slots {
    fn index_mut(&mut self, slot: Slot) -> &mut Live {
        &mut self.rows[slot as usize]
    }
}
