//! Results in.

use super::{
    Id, Lanes, Outcome,
    keys::Keys,
    slots::{Slot, Slots, State},
};

impl Lanes {
    /// Tells how the attempt of a started delivery ended, once that is durable: what waited for it may go. One that is not
    /// in flight is left alone. A retry that a revocation covers by now is superseded.
    pub fn finish(&mut self, id: Id, outcome: Outcome) {
        let Some(slot) = self.slots.find(id) else { return };
        if self.slots[slot].state != State::InFlight {
            return;
        }
        match outcome {
            Outcome::Delivered | Outcome::GaveUp => self.end(slot),
            Outcome::Retry { at_ms } => self.rest(slot, at_ms),
        }
    }

    fn rest(&mut self, slot: Slot, due_at_ms: i64) {
        self.slots[slot].attempted = true;
        self.unlist_unsettled(slot);
        self.enter(slot, State::Resting { due_at_ms });
        self.wake_parked(slot);
        self.supersede_if_covered(slot);
    }

    pub(super) fn end(&mut self, slot: Slot) {
        self.unlist(slot);
        self.enter(slot, State::Gone);
        self.wake_parked(slot);
        self.keys.release(self.slots.free(slot).holds);
        if self.is_empty() {
            (self.slots, self.keys) = (Slots::default(), Keys::default());
        }
    }

    fn wake_parked(&mut self, behind: Slot) {
        while let Some(slot) = self.queues.next_parked(behind) {
            self.enter(slot, State::Ripe);
        }
    }
}
