//! Where a delivery waits: for its time, for its turn, or for another.

use std::collections::BTreeSet;

use super::{
    keys::Lane,
    slots::{Place, Slot, State, Waits},
    steps,
};

#[derive(Debug, Default)]
pub(super) struct Queues {
    resting: BTreeSet<(i64, Slot)>,
    ripe: BTreeSet<Turn>,
    parked: BTreeSet<Parked>,
    in_flight: usize,
}

/// By the resource that is waited for and what for, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Parked {
    behind: Lane,
    waits: Waits,
    place: Place,
}

/// Revocations first, then by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub(super) may_wait: bool,
    pub(super) place: Place,
}

impl Queues {
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(super) fn ripe(&self) -> usize {
        self.ripe.len()
    }

    pub(super) fn next_due(&self) -> Option<i64> {
        self.resting.first().map(|&(due_at_ms, _)| due_at_ms)
    }

    pub(super) fn next_resting(&self, until_ms: i64) -> Option<Slot> {
        self.resting.first().filter(|&&(due_at_ms, _)| due_at_ms <= until_ms).map(|&(_, slot)| slot)
    }

    pub(super) fn next_ripe(&self) -> Option<Slot> {
        self.ripe.first().map(|turn| turn.place.slot)
    }

    /// The first that is parked there, up to `last`.
    pub(super) fn next_parked(&self, behind: Lane, waits: Waits, last: Place) -> Option<Slot> {
        steps::take(1);
        let first = Parked { behind, waits, place: Place::FIRST };
        self.parked.range(first..=Parked { place: last, ..first }).next().map(|parked| parked.place.slot)
    }

    pub(super) fn join(&mut self, state: State, turn: Turn) {
        steps::take(1);
        let slot = turn.place.slot;
        match state {
            State::Resting { due_at_ms } => _ = self.resting.insert((due_at_ms, slot)),
            State::Ripe => _ = self.ripe.insert(turn),
            State::Parked { behind, waits } => _ = self.parked.insert(Parked { behind, waits, place: turn.place }),
            State::InFlight => self.in_flight += 1,
            State::Gone => {}
        }
    }

    pub(super) fn leave(&mut self, state: State, turn: Turn) {
        steps::take(1);
        let slot = turn.place.slot;
        match state {
            State::Resting { due_at_ms } => _ = self.resting.remove(&(due_at_ms, slot)),
            State::Ripe => _ = self.ripe.remove(&turn),
            State::Parked { behind, waits } => _ = self.parked.remove(&Parked { behind, waits, place: turn.place }),
            State::InFlight => self.in_flight -= 1,
            State::Gone => {}
        }
    }
}
