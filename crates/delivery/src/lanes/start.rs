//! Which may go.

use super::{
    Id, Lanes, Revokes,
    bars::Bar,
    index::{Index, Side},
    keys::Lane,
    slots::{Place, Slot, State, Waits},
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
            if let Some(state) = self.must_wait(slot) {
                self.enter(slot, state);
                continue;
            }
            self.fly(slot);
            started.push(self.slots[slot].id);
        }
        started
    }

    /// How it is to wait, if it must.
    fn must_wait(&mut self, slot: Slot) -> Option<State> {
        if let Some(blocker) = self.blocker(slot) {
            let behind = self.own_lane(blocker)?;
            let waits = if self.own_lane(slot) == Some(behind) { Waits::Own } else { Waits::Other };
            return Some(State::Parked { behind, waits });
        }
        let behind = self.yields_to(slot)?;
        self.slots[slot].has_yielded = true;
        Some(State::Parked { behind, waits: Waits::Yields })
    }

    fn fly(&mut self, slot: Slot) {
        self.enter(slot, State::InFlight);
        self.set_bar(slot, if self.slots[slot].attempted { Bar::Retry } else { Bar::First });
    }

    /// The nearest of those it must wait for. Any would do; behind the nearest, a row of waiting deliveries becomes a
    /// chain that each step moves by one, not a crowd that each step wakes. It is parked behind that one's resource: what
    /// comes next there takes over who waits.
    fn blocker(&self, slot: Slot) -> Option<Slot> {
        let (place, live) = (self.slots.place(slot), &self.slots[slot]);
        let mut lanes = live.holds.into_iter().flatten();
        let before = match live.revokes {
            Revokes::Nothing => lanes.find_map(|(lane, hold)| {
                let owner = || self.live.before(lane, Side::Near, place).next();
                let barred = || nearest(&self.bars.first, (lane, hold), place);
                if hold == Hold::Own { owner().or_else(barred) } else { barred() }
            }),
            // Whatever lives in its reach is in flight: what was not has been superseded.
            reach => self.in_reach(slot, reach).next(),
        };
        before.map(|place: Place| place.slot)
    }

    /// The resource of the newest further attempt in flight that it conflicts with, if it has not let one go first already.
    fn yields_to(&self, slot: Slot) -> Option<Lane> {
        let (place, live) = (self.slots.place(slot), &self.slots[slot]);
        if live.has_yielded || live.revokes != Revokes::Nothing || self.bars.retry.is_empty() {
            return None;
        }
        let lanes = live.holds.into_iter().flatten();
        let newest = lanes.filter_map(|held| nearest(&self.bars.retry, held, place)).max();
        self.own_lane(newest?.slot)
    }
}

/// The nearest before `place` that conflicts with one that holds this lane so.
fn nearest(bars: &Index, (lane, hold): (Lane, Hold), place: Place) -> Option<Place> {
    let near = bars.before(lane, Side::Near, place).next();
    let far = if hold == Hold::Shared { None } else { bars.before(lane, Side::Far, place).next() };
    near.max(far)
}
