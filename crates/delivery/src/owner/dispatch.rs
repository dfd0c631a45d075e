//! Orders to the ledger.

use std::time::Duration;

use model::Timestamp;
use model::id::EndpointId;
use store::Results;
use tokio::time::Instant;

use super::answered::Ended;
use super::failing::Change;
use super::{LARGEST_SIZE, Owner};
use crate::ledger::{Load, Order};

/// So many results are written without waiting for more.
const ENOUGH: usize = 500;
/// How soon after one look at who waits another may follow.
const LOOK_PAUSE: Duration = Duration::from_millis(20);
/// So many endpoints are read between two writes of results, and so many of their rows or one endpoint: nobody waits long behind
/// others' backlogs.
const LOADS: usize = 8;
const LOADED_ROWS: usize = LARGEST_SIZE;

impl Owner {
    /// Gives the ledger what there is to do, if it is free.
    pub(super) fn dispatch(&mut self) {
        if self.ledger_is_busy {
            return;
        }
        let order = Order { results: self.results(), loads: self.loads(), look: self.look() };
        if order.results.is_none() && order.loads.is_empty() && order.look.is_none() {
            return;
        }
        // The ledger is free, so there is room; it ends after the owner.
        self.ledger_is_busy = self.ties.orders.try_send(order).is_ok();
    }

    fn results(&mut self) -> Option<Results> {
        let due = self.write_at.is_some_and(|at| at <= Instant::now());
        if self.ended.is_empty() || !(due || self.closing || self.ended.len() >= ENOUGH) {
            return None;
        }
        self.write_at = None;
        self.writing = std::mem::take(&mut self.ended);
        Some(Results {
            deliveries: self.writing.iter().map(|ended| ended.result.clone()).collect(),
            covering: self.writing.iter().filter_map(|ended| ended.covering.clone()).collect(),
            stopped: self.writing.iter().filter_map(|ended| ended.stop).collect(),
            failing: self.writing.iter().filter_map(failing).collect(),
        })
    }

    fn loads(&mut self) -> Vec<Load> {
        let (now_ms, mut loads) = (self.store.now_ms(), Vec::new());
        while loads.len() < LOADS
            && loads.iter().map(|load: &Load| load.limit).sum::<usize>() < LOADED_ROWS
            && let Some(endpoint_id) = self.wanted.pop_first()
        {
            let Some(owned) = self.endpoints.get_mut(&endpoint_id) else { continue };
            let memory = owned.memory(now_ms);
            if owned.window.wants_read(memory) {
                loads.push(Load { endpoint_id, life: owned.life, limit: owned.window.begin_read(memory) });
            }
        }
        loads
    }

    fn look(&mut self) -> Option<Vec<u8>> {
        if !self.must_look || self.closing || Instant::now() < self.look_at {
            return None;
        }
        self.must_look = false;
        self.look_at = Instant::now() + LOOK_PAUSE;
        Some(self.shards.keys().filter(|shard| !self.leave.contains(shard)).copied().collect())
    }
}

/// Since when the endpoint of a result fails, if that changed.
fn failing(ended: &Ended) -> Option<(EndpointId, Option<Timestamp>)> {
    match ended.change {
        Change::Since(since) => Some((ended.endpoint_id, since)),
        Change::Nothing | Change::TooLong => None,
    }
}
