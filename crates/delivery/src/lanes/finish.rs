//! Results in.

use super::{
    Id, Lanes, Outcome,
    bars::Bar,
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
            Outcome::Delivered | Outcome::GaveUp => {
                self.wake_yielding(slot);
                self.end(slot);
            }
            Outcome::Retry { at_ms } => {
                self.slots[slot].attempted = true;
                self.rest(slot, at_ms);
            }
        }
    }

    /// Takes back one that was started and could not be sent: nothing was attempted. It may go again at `at_ms`.
    pub fn put_back(&mut self, id: Id, at_ms: i64) {
        let found = self.slots.find(id).filter(|slot| self.slots[*slot].state == State::InFlight);
        if let Some(slot) = found {
            self.rest(slot, at_ms);
        }
    }

    fn rest(&mut self, slot: Slot, due_at_ms: i64) {
        self.enter(slot, State::Resting { due_at_ms });
        self.set_bar(slot, if self.leads(slot) { self.bar_of_lead(slot) } else { Bar::Nothing });
        self.wake_others(slot);
        self.wake_yielding(slot);
        self.supersede_if_covered(slot);
    }

    pub(super) fn end(&mut self, slot: Slot) {
        self.pass_lead(slot);
        self.unlist(slot);
        self.enter(slot, State::Gone);
        self.keys.release(self.slots.free(slot).holds);
        if self.is_empty() {
            (self.slots, self.keys) = (Slots::default(), Keys::default());
        }
    }
}
