//! Keys in, small lane numbers out, for as long as a delivery holds them.

use std::collections::HashMap;

use super::subject::{Holds, Key, Subject};

/// The lane of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lane(pub(super) u32);

#[derive(Debug, Default)]
pub(super) struct Keys {
    lanes: HashMap<Key, Lane>,
    held: Vec<Held>,
    free: Vec<Lane>,
    used: u32,
}

#[derive(Debug)]
struct Held {
    key: Key,
    holders: u32,
}

impl Keys {
    /// The lanes of a subject's keys, in their order.
    pub(super) fn hold(&mut self, subject: Subject) -> Holds<Lane> {
        subject.holds().map(|held| held.map(|(key, hold)| (self.hold_one(key), hold)))
    }

    /// Forgets a lane with its last holder.
    pub(super) fn release(&mut self, lanes: Holds<Lane>) {
        for (lane, _) in lanes.into_iter().flatten() {
            let held = &mut self.held[lane.0 as usize];
            held.holders -= 1;
            if held.holders == 0 {
                self.lanes.remove(&held.key);
                self.free.push(lane);
            }
        }
    }

    fn hold_one(&mut self, key: Key) -> Lane {
        if let Some(&lane) = self.lanes.get(&key) {
            self.held[lane.0 as usize].holders += 1;
            return lane;
        }
        let lane = self.lay(Held { key, holders: 1 });
        self.lanes.insert(key, lane);
        lane
    }

    fn lay(&mut self, held: Held) -> Lane {
        if let Some(lane) = self.free.pop() {
            self.held[lane.0 as usize] = held;
            return lane;
        }
        let lane = Lane(self.used);
        self.used += 1;
        self.held.push(held);
        lane
    }
}
