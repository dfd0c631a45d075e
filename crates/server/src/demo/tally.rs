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
    /// From commit to arrival.
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
    /// Nothing is missing.
    pub(super) const fn holds(&self) -> bool {
        self.recorded == self.delivered && self.delivered == self.verified
    }
}
