//! Which may go.

use super::{
    Id, Lanes, Revokes,
    index::Side,
    slots::{Place, Slot, State},
    subject::Hold,
};

impl Lanes {
    /// Those that may go now, at most `limit` of them, revocations first, then in position order. They are in flight
    /// from here on, until [`finish`](Self::finish). What the limit leaves over is for the call after the next result.
    pub fn start(&mut self, now_ms: i64, limit: usize) -> Vec<Id> {
        self.ripen(now_ms);
        let mut started = Vec::new();
        while started.len() < limit {
            let Some(slot) = self.queues.next_ripe() else { break };
            if let Some(behind) = self.blocker(slot) {
                self.enter(slot, State::Parked { behind });
                continue;
            }
            self.fly(slot);
            started.push(self.slots[slot].id);
        }
        started
    }

    fn fly(&mut self, slot: Slot) {
        self.enter(slot, State::InFlight);
        if self.slots[slot].attempted {
            self.list_unsettled(slot);
        }
    }

    /// The nearest of those it must wait for. Any would do; behind the nearest, a row of waiting deliveries becomes a
    /// chain that each step moves by one, not a crowd that each step wakes.
    fn blocker(&self, slot: Slot) -> Option<Slot> {
        let (place, live) = (self.slots.place(slot), &self.slots[slot]);
        let mut lanes = live.holds.into_iter().flatten();
        let before = match live.revokes {
            Revokes::Nothing => lanes.find_map(|(lane, hold)| {
                let nearest = |side| self.unsettled.before(lane, side, place).next();
                let owner = || self.live.before(lane, Side::Near, place).next();
                match hold {
                    Hold::Own => owner().or_else(|| nearest(Side::Near)).or_else(|| nearest(Side::Far)),
                    Hold::Exclusive => nearest(Side::Near).or_else(|| nearest(Side::Far)),
                    Hold::Shared => nearest(Side::Near),
                }
            }),
            // Whatever lives in its reach is in flight: what was not has been superseded.
            reach => self.in_reach(slot, reach).next(),
        };
        before.map(|place: Place| place.slot)
    }
}
