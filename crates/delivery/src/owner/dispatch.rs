//! Orders to the ledger.

use store::Results;
use tokio::time::Instant;

use super::Owner;
use crate::ledger::{Load, Order};

/// So many results are written without waiting for more.
const ENOUGH: usize = 500;
/// So many endpoints are read between two writes of results: nobody waits long behind others' backlogs.
const LOADS: usize = 8;

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
        })
    }

    fn loads(&mut self) -> Vec<Load> {
        let mut loads = Vec::new();
        while loads.len() < LOADS
            && let Some(endpoint_id) = self.wanted.pop_first()
        {
            let Some(owned) = self.endpoints.get_mut(&endpoint_id) else { continue };
            let rows = owned.lanes.len();
            if owned.window.wants_read(rows) {
                loads.push(Load { endpoint_id, life: owned.life, limit: owned.window.begin_read(rows) });
            }
        }
        loads
    }

    fn look(&mut self) -> Option<Vec<u8>> {
        let look = std::mem::take(&mut self.must_look) && !self.closing;
        look.then(|| self.shards.keys().filter(|shard| !self.leave.contains(shard)).copied().collect())
    }
}
