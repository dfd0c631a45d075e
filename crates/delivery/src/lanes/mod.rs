//! The order of one endpoint's deliveries: which may go now, and which must never go again. Design section 5 in memory;
//! no I/O, no clock.
//!
//! The cast:
//! - A [`Delivery`] is one row of the endpoint that has not ended. The owner of the endpoint reads it from the database,
//!   [inserts](Lanes::insert) it, [starts](Lanes::start) it, and [finishes](Lanes::finish) it with an [`Outcome`].
//! - A [`Subject`] says what its event is about. From it come the keys the delivery holds: its own resource's, and those its
//!   resource lies under, exclusively or shared.
//! - A *lane* is what a key is to the deliveries that hold it: two that conflict there go one after the other, in the order
//!   of their positions. Two owners of a lane (the same resource): the later one waits until the earlier has ended.
//!   Others, unless both only share it: until the earlier, or one before it of its resource that still lives, has been
//!   attempted once; and for a further attempt that is in flight, once.
//! - A *revocation* ([`Revokes`]) waits for nothing but what is in flight on what it takes away. What waits there before it
//!   is superseded.
//!
//! The states of a delivery:
//! ```text
//!            due              may go                delivered, gave up
//!  Resting ───────► Ripe ────────────────► InFlight ────────────────────► ended
//!     ▲              │ ▲                      │
//!     │   must wait  ▼ │ that one finished    │ retry at T
//!     │             Parked behind another     │
//!     └───────────────────────────────────────┘
//!  any but InFlight, and InFlight at its retry ───► superseded, once a later revocation takes it away
//! ```
//!
//! What the owner must keep, for what is promised to hold over a crash:
//! - [`finish`](Lanes::finish) comes after the result is durable: it is what lets the next delivery of the resource go.
//! - What [`take_superseded`](Lanes::take_superseded) gives is durable no later than the next results. (Read again before,
//!   it is superseded again.)
//! - Memory holds a window: the oldest rows of the endpoint, and the revocations beyond them. So a revocation may be
//!   inserted long before rows that are older; those it takes away are superseded as they come, while it lives. For the
//!   rows still unread when it ends, the transaction that writes its result supersedes, in the database, whatever waits
//!   before it and is taken away by it.
//! - Rows come from a read that no flush of this endpoint's results overlapped, else an ended row would come back.
//! - Nothing of this endpoint is still in flight elsewhere when a new owner begins, and it inserts a whole window, with the
//!   revocations beyond, before it starts anything.
//!
//! Costs: a call takes a handful of operations on ordered sets for each key (at most five) of each delivery it inserts,
//! starts, finishes, supersedes, or lets go on; the number of others that wait does not matter. What waits is parked
//! behind one other resource at a time, the nearest. Those behind an organization's, directory's or group's event come back once
//! for each of its attempts. An empty `Lanes` remembers nothing and may be dropped.

mod bars;
mod delivery;
mod finish;
mod index;
mod insert;
mod keys;
mod queues;
mod slots;
mod start;
mod steps;
mod subject;
mod supersede;
#[cfg(test)]
mod tests;

pub use delivery::{Delivery, Outcome, Revokes};
pub use subject::{Directory, Id, Subject};

use bars::Bars;
use index::Index;
use keys::Keys;
use queues::{Queues, Turn};
use slots::{Slot, Slots, State};

/// One endpoint's deliveries.
#[derive(Debug, Default)]
pub struct Lanes {
    slots: Slots,
    keys: Keys,
    /// All, by each lane they hold; near: its owners, far: the others.
    live: Index,
    /// What holds up deliveries of other resources.
    bars: Bars,
    /// The revocations, by the lane they own; near: of the resource, far: of all below it too.
    revocations: Index,
    queues: Queues,
    /// How many revocations are ripe and were never tried.
    urgent: usize,
    superseded: Vec<Id>,
}

impl Lanes {
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn in_flight(&self) -> usize {
        self.queues.in_flight()
    }

    /// How many would go if there were room, as far as that is known, those in flight included. What waits for its time or for
    /// another is not counted.
    pub fn movable(&mut self, now_ms: i64) -> usize {
        self.ripen(now_ms);
        self.queues.ripe() + self.in_flight()
    }

    /// How many revocations are due, wait for nothing in flight as far as that is known, and were never tried.
    pub fn urgent(&mut self, now_ms: i64) -> usize {
        self.ripen(now_ms);
        self.urgent
    }

    /// When to call [`start`](Self::start) again, in milliseconds of the owner's clock, if nothing else happens before.
    pub fn next_due(&self) -> Option<i64> {
        self.queues.next_due()
    }

    /// Makes every waiting retry due: the endpoint is back.
    pub fn wake_retries(&mut self) {
        self.ripen(i64::MAX);
    }

    /// Those superseded since the last call. They are gone from here; the owner writes them down.
    pub fn take_superseded(&mut self) -> Vec<Id> {
        std::mem::take(&mut self.superseded)
    }

    fn ripen(&mut self, until_ms: i64) {
        while let Some(slot) = self.queues.next_resting(until_ms) {
            self.enter(slot, State::Ripe);
        }
    }

    fn enter(&mut self, slot: Slot, state: State) {
        let live = &mut self.slots[slot];
        let from = std::mem::replace(&mut live.state, state);
        let may_wait = live.revokes == Revokes::Nothing;
        if !may_wait && !live.attempted {
            self.urgent += usize::from(state == State::Ripe);
            self.urgent -= usize::from(from == State::Ripe);
        }
        let turn = Turn { may_wait, place: self.slots.place(slot) };
        self.queues.leave(from, turn);
        self.queues.join(state, turn);
    }
}
