//! What has arrived at the application.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use simulator::Latency;
use simulator::receiver::Received;

/// Counts deliveries. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Tally(Arc<Mutex<Arrivals>>);

/// Events that came, by id.
type Arrivals = HashMap<String, Arrival>;

/// The first arrival of an event; verified if any of its deliveries was.
#[derive(Clone, Copy)]
struct Arrival {
    verified: bool,
    latency_ms: u64,
}

/// What came of some recorded events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Arrived {
    pub(super) recorded: u64,
    pub(super) delivered: u64,
    pub(super) verified: u64,
    /// From an event's `created_at`, taken just before its commit, to its first arrival.
    pub(super) latency: Latency,
}

impl Tally {
    pub(super) fn add(&self, received: &Received) {
        let Some(id) = received.event_id.clone() else { return };
        let latency_ms = received.latency_ms().unwrap_or_default();
        let mut arrivals = self.lock();
        let arrival = arrivals.entry(id).or_insert(Arrival { verified: false, latency_ms });
        arrival.verified |= received.verified.is_ok();
    }

    /// What came of these events.
    pub(super) fn of<'a>(&self, events: impl Iterator<Item = &'a String>) -> Arrived {
        let (arrivals, mut arrived, mut latencies_us) = (self.lock(), Arrived::default(), Vec::new());
        for id in events {
            arrived.recorded += 1;
            if let Some(arrival) = arrivals.get(id) {
                arrived.delivered += 1;
                arrived.verified += u64::from(arrival.verified);
                latencies_us.push(arrival.latency_ms * 1_000);
            }
        }
        Arrived { latency: Latency::of(latencies_us), ..arrived }
    }

    fn lock(&self) -> MutexGuard<'_, Arrivals> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arrived {
    /// There was something, and nothing of it is missing.
    pub(super) const fn holds(&self) -> bool {
        self.recorded > 0 && self.recorded == self.delivered && self.delivered == self.verified
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_when_all_of_something_arrived_and_was_verified() {
        let holds = |recorded, delivered, verified| {
            Arrived { recorded, delivered, verified, latency: Latency::default() }.holds()
        };
        assert!(holds(1, 1, 1) && holds(7, 7, 7));
        assert!(!holds(0, 0, 0), "nothing proves nothing");
        assert!(!holds(7, 6, 6) && !holds(7, 7, 6));
    }
}
