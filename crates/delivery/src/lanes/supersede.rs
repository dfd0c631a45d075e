//! Which must never go again.

use super::{
    Lanes, Revokes,
    index::Side,
    slots::{Place, Slot, State},
    subject::Hold,
};

impl Lanes {
    /// Supersedes what waits in the reach of this delivery, if it is a revocation.
    pub(super) fn supersede_before(&mut self, slot: Slot) {
        let waits = |place: &Place| self.slots[place.slot].state != State::InFlight;
        let covered: Vec<_> = self.in_reach(slot, self.slots[slot].revokes).filter(waits).collect();
        for place in covered {
            self.supersede(place.slot);
        }
    }

    pub(super) fn supersede_if_covered(&mut self, slot: Slot) {
        let place = self.slots.place(slot);
        let mut lanes = self.slots[slot].holds.into_iter().flatten();
        let covered = lanes.any(|(lane, hold)| {
            self.revocations.next_after(lane, Side::Far, place).is_some()
                || hold == Hold::Own && self.revocations.next_after(lane, Side::Near, place).is_some()
        });
        if covered {
            self.supersede(slot);
        }
    }

    /// What lives before this delivery and would be taken away by `reach`, the nearest first.
    pub(super) fn in_reach(&self, slot: Slot, reach: Revokes) -> impl Iterator<Item = Place> {
        let (place, own) = (self.slots.place(slot), self.slots[slot].holds[0]);
        let sides: &[Side] = match reach {
            Revokes::Nothing => &[],
            Revokes::Resource => &[Side::Near],
            Revokes::Below => &[Side::Near, Side::Far],
        };
        let rows = sides.iter().zip(own.into_iter().cycle());
        rows.flat_map(move |(&side, (lane, _))| self.live.before(lane, side, place))
    }

    fn supersede(&mut self, slot: Slot) {
        self.superseded.push(self.slots[slot].id);
        self.end(slot);
    }
}
