//! What came of requests: from an answer to a result that can be written.

use std::time::Duration;

use model::Timestamp;
use model::delivery::{Attempt, DeliveryState};
use model::id::{DeliveryId, EndpointId, EventId};
use store::{Covering, DeliveryResult, Stop, Store};
use tokio::time::Instant;

use super::failing::Change;
use super::owned::Item;
use super::shards::lease_name;
use super::subject::id;
use super::{Owned, Owner};
use crate::http::{Answer, Verdict};
use crate::lanes::Outcome;
use crate::schedule::{Failure, millis};
use crate::settings::Breaker;

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
    /// Of what is known about its endpoint's failing.
    pub(super) change: Change,
}

/// An event's id holds the time of its transaction.
fn event_ms(id: EventId) -> i64 {
    i64::try_from(id.ulid().timestamp_ms()).unwrap_or(i64::MAX)
}

impl Owner {
    /// An answer to an endpoint that was lost meanwhile is somebody else's to repeat.
    pub(super) fn answered(&mut self, answered: &Answered) {
        self.in_flight -= 1;
        let now_ms = self.store.now_ms();
        let Some(owned) = self.endpoints.get(&answered.endpoint_id).filter(|owned| owned.life == answered.life) else {
            return;
        };
        let Some(mut item) = owned.item(id(answered.delivery_id)).cloned() else { return };
        item.attempts += 1;
        if item.tried_at.is_none() {
            let waited = answered.started_at.0.abs_diff(event_ms(item.event_id).min(answered.started_at.0));
            self.ties.progress.metrics.first_attempt_seconds.observe(Duration::from_millis(waited).as_secs_f64());
            item.tried_at = Some(answered.started_at);
        }
        let seconds = Duration::from_millis(answered.duration_ms.unsigned_abs()).as_secs_f64();
        self.ties.progress.metrics.attempt_seconds.observe(seconds);
        let outcome = self.judge(&answered.answer, &item, now_ms);
        let attempt = attempt(&self.store, answered, item.attempts);
        self.end(answered, (&item, outcome, attempt), now_ms);
    }

    /// What an answer means for the delivery; `item` counts this attempt.
    fn judge(&self, answer: &Answer, item: &Item, now_ms: i64) -> Outcome {
        match answer.verdict() {
            Verdict::Delivered => Outcome::Delivered,
            // It waits with the rest until the endpoint is enabled again.
            Verdict::Gone => Outcome::Retry { at_ms: now_ms },
            Verdict::Failed { .. } if answer.is_final() => Outcome::GaveUp,
            Verdict::Failed { .. } => {
                let tried_at_ms = item.tried_at.map_or(now_ms, |at| at.0);
                let failure = Failure { attempts: item.attempts, tried_at_ms, now_ms, asked: answer.retry_after };
                let next = self.settings.schedule.next(failure, self.store.draw(rand::Rng::next_u32));
                next.map_or(Outcome::GaveUp, |at_ms| Outcome::Retry { at_ms })
            }
        }
    }

    fn end(&mut self, answered: &Answered, (item, outcome, attempt): (&Item, Outcome, Attempt), now_ms: i64) {
        let (endpoint_id, life) = (answered.endpoint_id, answered.life);
        let Some(owned) = self.endpoints.get_mut(&endpoint_id) else { return };
        let Some(epoch) = self.shards.get(&owned.shard).map(|held| held.epoch) else { return };
        let verdict = answered.answer.verdict();
        learn(owned, verdict, &self.settings.breaker, now_ms);
        let change = fares(owned, &answered.answer, (now_ms, millis(self.settings.stopped_after)));
        let covering = covering(owned, (endpoint_id, epoch), item, outcome);
        let stop = if verdict == Verdict::Gone || change == Change::TooLong { stop(owned) } else { None };
        let result = DeliveryResult { attempt: Some(attempt), ..result(owned, epoch, item, outcome) };
        owned.unwritten += 1;
        self.gather(Ended { endpoint_id, life, result, outcome: Some(outcome), covering, stop, change });
        self.touched.insert(endpoint_id);
    }

    /// No attempt was made: there is nothing to write.
    pub(super) fn unsent(&mut self, endpoint_id: EndpointId, life: u64, deliveries: &[DeliveryId]) {
        self.in_flight -= deliveries.len();
        let at_ms = self.store.now_ms() + UNSENT_PAUSE_MS;
        if let Some(owned) = self.find(endpoint_id, life) {
            deliveries.iter().for_each(|delivery| owned.lanes.put_back(id(*delivery), at_ms));
            self.touched.insert(endpoint_id);
        }
    }

    pub(super) fn collect_superseded(&mut self, endpoint_id: EndpointId) {
        let Some(owned) = self.endpoints.get_mut(&endpoint_id) else { return };
        let Some(epoch) = self.shards.get(&owned.shard).map(|held| held.epoch) else { return };
        let superseded = owned.take_superseded();
        owned.unwritten += superseded.len();
        let (life, state, change) = (owned.life, DeliveryState::Superseded, Change::Nothing);
        let result = |item: &Item| DeliveryResult { state, ..result(owned, epoch, item, Outcome::GaveUp) };
        let results: Vec<_> = superseded.iter().map(result).collect();
        for result in results {
            self.gather(Ended { endpoint_id, life, result, outcome: None, covering: None, stop: None, change });
        }
    }

    fn gather(&mut self, ended: Ended) {
        self.ended.push(ended);
        self.write_at.get_or_insert_with(|| Instant::now() + GATHER);
    }
}

/// What an answer says about its endpoint.
fn learn(owned: &mut Owned, verdict: Verdict, breaker: &Breaker, now_ms: i64) {
    match verdict {
        Verdict::Delivered if owned.health.succeeded() => owned.lanes.wake_retries(),
        Verdict::Failed { failing: true } => owned.health.failed(breaker, now_ms),
        _ => {}
    }
}

/// Whether its endpoint begins to fail, is well again, or has failed for too long.
fn fares(owned: &mut Owned, answer: &Answer, (now_ms, longest_ms): (i64, i64)) -> Change {
    let change = match answer.verdict() {
        Verdict::Delivered => owned.failing.succeeded(),
        Verdict::Failed { .. } if !answer.is_final() => owned.failing.failed(now_ms, longest_ms),
        _ => Change::Nothing,
    };
    if let (Change::TooLong, Some(config)) = (change, &owned.config) {
        tracing::warn!(endpoint_id = %config.id, "an endpoint is stopped: every attempt has failed for days");
    }
    change
}

/// Nothing starts there from here on; whether it stays so, the next read says.
fn stop(owned: &mut Owned) -> Option<Stop> {
    let config = owned.config.take()?;
    owned.is_stopping = true;
    Some(Stop { endpoint_id: config.id, updated_at: config.updated_at })
}

/// Rows that are not in memory are superseded in the database when the revocation ends.
fn covering(owned: &Owned, (endpoint_id, epoch): (EndpointId, i64), item: &Item, outcome: Outcome) -> Option<Covering> {
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

fn attempt(store: &Store, answered: &Answered, number: i64) -> Attempt {
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

/// Without the attempt.
fn result(owned: &Owned, epoch: i64, item: &Item, outcome: Outcome) -> DeliveryResult {
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
        attempt: None,
    }
}
