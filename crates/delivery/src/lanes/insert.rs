//! Rows in.

use super::{
    Delivery, Lanes, Revokes,
    bars::Bar,
    index::Side,
    slots::{Live, Slot, State},
    subject::Hold,
};

impl Lanes {
    /// Takes in a row, in any order of positions (see the module about windows); one that is here already stays as it is.
    /// What a revocation covers is superseded at once, and so is a row that one covers already.
    pub fn insert(&mut self, delivery: Delivery) {
        if self.slots.find(delivery.id).is_some() {
            return;
        }
        let Delivery { id, position, subject, revokes, attempted, due_at_ms } = delivery;
        let holds = self.keys.hold(subject);
        let (has_yielded, bar, state) = (false, Bar::Nothing, State::Gone);
        let slot = self.slots.add(Live { id, position, holds, revokes, attempted, has_yielded, bar, state });
        self.list(slot);
        self.enter(slot, State::Resting { due_at_ms });
        self.take_lead(slot);
        self.supersede_before(slot);
        self.supersede_if_covered(slot);
    }

    fn list(&mut self, slot: Slot) {
        let (place, live) = (self.slots.place(slot), &self.slots[slot]);
        for (lane, hold) in live.holds.into_iter().flatten() {
            self.live.insert(lane, by_ownership(hold), place);
            if let (Hold::Own, Some(side)) = (hold, by_reach(live.revokes)) {
                self.revocations.insert(lane, side, place);
            }
        }
    }

    /// Undoes [`list`](Self::list).
    pub(super) fn unlist(&mut self, slot: Slot) {
        let (place, live) = (self.slots.place(slot), &self.slots[slot]);
        for (lane, hold) in live.holds.into_iter().flatten() {
            self.live.remove(lane, by_ownership(hold), place);
            if let (Hold::Own, Some(side)) = (hold, by_reach(live.revokes)) {
                self.revocations.remove(lane, side, place);
            }
        }
        self.set_bar(slot, Bar::Nothing);
    }
}

fn by_ownership(hold: Hold) -> Side {
    if hold == Hold::Own { Side::Near } else { Side::Far }
}

fn by_reach(revokes: Revokes) -> Option<Side> {
    match revokes {
        Revokes::Nothing => None,
        Revokes::Resource => Some(Side::Near),
        Revokes::Below => Some(Side::Far),
    }
}
