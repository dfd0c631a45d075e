//! What is durable: only now the next delivery of each resource may go.

use std::collections::BTreeSet;

use model::id::DeliveryId;
use store::DeliveryResult;

use super::answered::Ended;
use super::subject::id;
use super::{Owned, Owner};
use crate::lanes::Outcome;

impl Owner {
    /// What was handed to the ledger is written; `stand`: for these deliveries as told.
    pub(super) fn written(&mut self, stand: &BTreeSet<DeliveryId>) {
        for Ended { endpoint_id, life, result, outcome, stop, .. } in std::mem::take(&mut self.writing) {
            if stand.contains(&result.id) {
                self.ties.progress.metrics.ended(name(&result, outcome));
            }
            let Some(owned) = self.find(endpoint_id, life) else { continue };
            owned.unwritten -= 1;
            if let Some(outcome) = outcome {
                finish(owned, &result, outcome, stand.contains(&result.id));
            }
            if stop.is_some() {
                owned.is_stopping = false;
                owned.window.mark_stale();
            }
            self.touched.insert(endpoint_id);
        }
        self.ties.progress.moved();
    }
}

/// Of what became of a delivery, for those who count.
fn name(result: &DeliveryResult, outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Retry { .. }) => "retry",
        _ => result.state.as_str(),
    }
}

fn finish(owned: &mut Owned, result: &DeliveryResult, outcome: Outcome, stands: bool) {
    let lane_id = id(result.id);
    match (outcome, stands) {
        (Outcome::Retry { at_ms }, true) => {
            if let Some(item) = owned.item_mut(lane_id) {
                (item.attempts, item.tried_at, item.due_at) = (result.attempts, result.tried_at, result.due_at);
            }
            owned.lanes.finish(lane_id, Outcome::Retry { at_ms });
        }
        (outcome, true) => {
            owned.lanes.finish(lane_id, outcome);
            owned.forget(lane_id);
        }
        (_, false) => {
            // It is not ours any more, or gone: the next read says.
            owned.lanes.finish(lane_id, Outcome::GaveUp);
            owned.forget(lane_id);
            owned.window.mark_stale();
        }
    }
}
