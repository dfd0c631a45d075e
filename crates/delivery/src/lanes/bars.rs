//! What holds up the deliveries of other resources.

use super::{
    Lanes,
    index::{Index, Side},
    keys::Lane,
    slots::{Place, Slot, State, Waits},
    subject::Hold,
};

/// What a live delivery is to those of other resources that conflict with it and come after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bar {
    /// They need not wait for it.
    Nothing,
    /// It leads its resource and was never tried, or its first attempt is in flight: they wait for that.
    First,
    /// Another attempt is in flight: each of them waits for one such, once.
    Retry,
}

/// By the lanes they hold; near: exclusively, far: shared.
#[derive(Debug, Default)]
pub(super) struct Bars {
    pub(super) first: Index,
    pub(super) retry: Index,
}

impl Bars {
    fn of(&mut self, bar: Bar) -> Option<&mut Index> {
        match bar {
            Bar::Nothing => None,
            Bar::First => Some(&mut self.first),
            Bar::Retry => Some(&mut self.retry),
        }
    }
}

impl Lanes {
    pub(super) fn set_bar(&mut self, slot: Slot, bar: Bar) {
        let place = self.slots.place(slot);
        let live = &mut self.slots[slot];
        let (before, holds) = (std::mem::replace(&mut live.bar, bar), live.holds);
        if before == bar {
            return;
        }
        if let Some(index) = self.bars.of(before) {
            holds.into_iter().flatten().for_each(|(lane, hold)| index.remove(lane, by_exclusion(hold), place));
        }
        if let Some(index) = self.bars.of(bar) {
            holds.into_iter().flatten().for_each(|(lane, hold)| index.insert(lane, by_exclusion(hold), place));
        }
    }

    /// A new row, if it leads its resource, stands for it in place of the one it comes before.
    pub(super) fn take_lead(&mut self, slot: Slot) {
        if !self.leads(slot) {
            return;
        }
        if let Some(next) = self.next_of_resource(slot).filter(|next| !self.is_in_flight(*next)) {
            self.set_bar(next, Bar::Nothing);
            if self.slots[slot].attempted {
                self.wake_others(slot);
            }
        }
        self.set_bar(slot, self.bar_of_lead(slot));
    }

    /// One that ends hands the lead on. What waited for it waits for the next one, as far as it comes after that.
    pub(super) fn pass_lead(&mut self, slot: Slot) {
        let Some(lane) = self.own_lane(slot) else { return };
        let next = self.next_of_resource(slot).filter(|_| self.leads(slot));
        if let Some(next) = next.filter(|next| !self.is_in_flight(*next)) {
            self.set_bar(next, self.bar_of_lead(next));
        }
        let place = next.map_or(Place::LAST, |next| self.slots.place(next));
        self.wake(lane, Waits::Own, place);
        let is_open = next.is_some_and(|next| self.slots[next].attempted);
        self.wake(lane, Waits::Other, if is_open { Place::LAST } else { place });
    }

    /// Those of other resources that wait for this one's look again.
    pub(super) fn wake_others(&mut self, slot: Slot) {
        if let Some(lane) = self.own_lane(slot) {
            self.wake(lane, Waits::Other, Place::LAST);
        }
    }

    /// Those that waited for this attempt, which has ended, wait for no other.
    pub(super) fn wake_yielding(&mut self, slot: Slot) {
        if let Some(lane) = self.own_lane(slot) {
            self.wake(lane, Waits::Yields, Place::LAST);
        }
    }

    fn wake(&mut self, behind: Lane, waits: Waits, last: Place) {
        while let Some(slot) = self.queues.next_parked(behind, waits, last) {
            self.enter(slot, State::Ripe);
        }
    }

    /// Of one that waits.
    pub(super) fn bar_of_lead(&self, slot: Slot) -> Bar {
        if self.slots[slot].attempted { Bar::Nothing } else { Bar::First }
    }

    /// Whether nothing of its resource lives before it.
    pub(super) fn leads(&self, slot: Slot) -> bool {
        let (place, own) = (self.slots.place(slot), self.own_lane(slot));
        own.is_none_or(|lane| self.live.before(lane, Side::Near, place).next().is_none())
    }

    fn next_of_resource(&self, slot: Slot) -> Option<Slot> {
        let place = self.slots.place(slot);
        self.live.next_after(self.own_lane(slot)?, Side::Near, place).map(|place| place.slot)
    }

    pub(super) fn own_lane(&self, slot: Slot) -> Option<Lane> {
        self.slots[slot].holds[0].map(|(lane, _)| lane)
    }

    fn is_in_flight(&self, slot: Slot) -> bool {
        self.slots[slot].state == State::InFlight
    }
}

fn by_exclusion(hold: Hold) -> Side {
    if hold == Hold::Shared { Side::Far } else { Side::Near }
}
