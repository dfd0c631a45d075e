//! What came of requests: from an answer to a durable result, and only then on to the lanes.

use std::collections::BTreeSet;
use std::time::Duration;

use model::Timestamp;
use model::delivery::{Attempt, DeliveryState};
use model::id::{DeliveryId, EndpointId};
use store::{Covering, DeliveryResult, Stop};
use tokio::time::Instant;

use super::owned::Item;
use super::shards::lease_name;
use super::subject::id;
use super::{Owned, Owner};
use crate::http::{Answer, Verdict};
use crate::lanes::Outcome;
use crate::schedule::Failure;

/// Results are gathered for so long before they are written together.
const GATHER: Duration = Duration::from_millis(3);
/// How long a request that could not be made waits before the next try, in milliseconds.
const UNSENT_PAUSE_MS: i64 = 1_000;

/// A request has ended.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) endpoint_id: EndpointId,
    pub(crate) life: u64,
    pub(crate) delivery_id: DeliveryId,
    pub(crate) started_at: Timestamp,
    pub(crate) duration_ms: i64,
    pub(crate) answer: Answer,
}

/// Something to be written, and what the lanes hear once it is.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) endpoint_id: EndpointId,
    pub(super) life: u64,
    pub(super) result: DeliveryResult,
    /// None: superseded; the lanes know.
    pub(super) outcome: Option<Outcome>,
    pub(super) covering: Option<Covering>,
    pub(super) stop: Option<Stop>,
}

impl Owner {
    pub(super) fn answered(&mut self, answered: Answered) {
        self.in_flight -= 1;
        let now_ms = self.store.now_ms();
        let Some(owned) = self.endpoints.get_mut(&answered.endpoint_id).filter(|owned| owned.life == answered.life)
        else {
            return;
        };
        let Some(epoch) = self.shards.get(&owned.shard).map(|held| held.epoch) else { return };
        let Some(item) = owned.item(id(answered.delivery_id)).cloned() else { return };
        let (verdict, attempts) = (answered.answer.verdict(), item.attempts + 1);
        let tried_at = item.tried_at.unwrap_or(answered.started_at);
        match verdict {
            Verdict::Delivered if owned.health.succeeded() => owned.lanes.wake_retries(),
            Verdict::Failed { failing: true } => owned.health.failed(&self.settings.breaker, now_ms),
            _ => {}
        }
        let asked = answered.answer.retry_after;
        let failure = Failure { attempts, tried_at_ms: tried_at.0, now_ms, asked };
        let outcome = match verdict {
            Verdict::Delivered => Outcome::Delivered,
            Verdict::Gone => Outcome::Retry { at_ms: now_ms },
            Verdict::Failed { .. } if answered.answer.is_final() => Outcome::GaveUp,
            Verdict::Failed { .. } => {
                let luck = self.store.draw(rand::Rng::next_u32);
                let next = self.settings.schedule.next(failure, luck);
                next.map_or(Outcome::GaveUp, |at_ms| Outcome::Retry { at_ms })
            }
        };
        let stop = (verdict == Verdict::Gone).then(|| owned.config.take()).flatten();
        let stop = stop.map(|config| Stop { endpoint_id: config.id, updated_at: config.updated_at });
        let covering = covering(owned, answered.endpoint_id, &item, outcome, epoch);
        let attempt = attempt(&self.store, &answered, attempts);
        let item = Item { attempts, tried_at: Some(tried_at), ..item };
        let result = result(owned, &item, epoch, outcome, Some(attempt));
        owned.unwritten += 1;
        let (endpoint_id, life) = (answered.endpoint_id, answered.life);
        self.end(Ended { endpoint_id, life, result, outcome: Some(outcome), covering, stop });
        self.touched.insert(endpoint_id);
    }

    /// No attempt was made: there is nothing to write.
    pub(super) fn unsent(&mut self, endpoint_id: EndpointId, life: u64, deliveries: &[DeliveryId]) {
        self.in_flight -= deliveries.len();
        let at_ms = self.store.now_ms() + UNSENT_PAUSE_MS;
        if let Some(owned) = self.find(endpoint_id, life) {
            deliveries.iter().for_each(|delivery| owned.lanes.finish(id(*delivery), Outcome::Retry { at_ms }));
            self.touched.insert(endpoint_id);
        }
    }

    pub(super) fn collect_superseded(&mut self, endpoint_id: EndpointId) {
        let Some(owned) = self.endpoints.get_mut(&endpoint_id) else { return };
        let Some(epoch) = self.shards.get(&owned.shard).map(|held| held.epoch) else { return };
        for item in owned.take_superseded() {
            let mut result = result(owned, &item, epoch, Outcome::GaveUp, None);
            result.state = DeliveryState::Superseded;
            owned.unwritten += 1;
            let life = owned.life;
            let ended = Ended { endpoint_id, life, result, outcome: None, covering: None, stop: None };
            self.ended.push(ended);
        }
        self.write_at = self.write_at.or_else(|| (!self.ended.is_empty()).then(|| Instant::now() + GATHER));
    }

    fn end(&mut self, ended: Ended) {
        self.ended.push(ended);
        self.write_at.get_or_insert_with(|| Instant::now() + GATHER);
    }

    /// What was handed to the ledger is durable: the next delivery of each resource may go.
    pub(super) fn written(&mut self, stand: &BTreeSet<DeliveryId>) {
        for Ended { endpoint_id, life, result, outcome, stop, .. } in std::mem::take(&mut self.writing) {
            let Some(owned) = self.find(endpoint_id, life) else { continue };
            owned.unwritten -= 1;
            finish(owned, &result, outcome, stand.contains(&result.id));
            if stop.is_some() {
                owned.window.mark_stale();
            }
            self.touched.insert(endpoint_id);
        }
        self.ties.progress.moved();
    }
}

fn finish(owned: &mut Owned, result: &DeliveryResult, outcome: Option<Outcome>, stands: bool) {
    let lane_id = id(result.id);
    match outcome {
        None => {}
        Some(Outcome::Retry { at_ms }) if stands => {
            if let Some(item) = owned.item_mut(lane_id) {
                (item.attempts, item.tried_at, item.due_at) = (result.attempts, result.tried_at, result.due_at);
            }
            owned.lanes.finish(lane_id, Outcome::Retry { at_ms });
        }
        Some(outcome) => {
            // What does not stand is not ours, or is gone: the next read says.
            let outcome = if stands { outcome } else { Outcome::GaveUp };
            owned.lanes.finish(lane_id, outcome);
            owned.forget(lane_id);
            if !stands {
                owned.window.mark_stale();
            }
        }
    }
}

/// Rows that are not in memory are superseded in the database when the revocation ends.
fn covering(
    owned: &Owned,
    endpoint_id: EndpointId,
    item: &Item,
    outcome: Outcome,
    epoch: i64,
) -> Option<Covering> {
    let ends = !matches!(outcome, Outcome::Retry { .. });
    let revocation = item.revocation.as_ref().filter(|_| ends && !owned.window.is_whole())?;
    Some(Covering {
        endpoint_id,
        lease: lease_name(owned.shard),
        epoch,
        position: revocation.position,
        stream: revocation.stream,
        subject: revocation.subject,
        reach: revocation.reach,
    })
}

fn attempt(store: &store::Store, answered: &Answered, number: i64) -> Attempt {
    let Answered { started_at, duration_ms, answer, .. } = answered;
    Attempt {
        id: store.new_id(started_at.0),
        number,
        started_at: *started_at,
        duration_ms: *duration_ms,
        status: answer.status,
        error: answer.error.clone(),
        response: answer.response.clone(),
    }
}

fn result(owned: &Owned, item: &Item, epoch: i64, outcome: Outcome, attempt: Option<Attempt>) -> DeliveryResult {
    let (state, due_at) = match outcome {
        Outcome::Delivered => (DeliveryState::Delivered, item.due_at),
        Outcome::GaveUp => (DeliveryState::GaveUp, item.due_at),
        Outcome::Retry { at_ms } => (DeliveryState::Pending, Timestamp(at_ms)),
    };
    DeliveryResult {
        id: item.id,
        environment_id: item.environment_id,
        lease: lease_name(owned.shard),
        epoch,
        state,
        attempts: item.attempts,
        tried_at: item.tried_at,
        due_at,
        attempt,
    }
}
