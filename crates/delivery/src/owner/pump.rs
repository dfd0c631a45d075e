//! Starting what may go.

use std::sync::Arc;

use model::id::EndpointId;

use super::request::{Request, Sender};
use super::{Owned, Owner};
use crate::schedule::millis;

/// A lease must outlast a request by so much: the result has to be written too.
const LEASE_MARGIN_MS: i64 = 2_000;

impl Owner {
    /// Looks at everything that was touched or whose time has come.
    pub(super) fn pump_all(&mut self) {
        let now_ms = self.store.now_ms();
        while let Some((_, id)) = self.timers.first().filter(|(at_ms, _)| *at_ms <= now_ms).copied() {
            self.set_timer(id, None);
            self.touched.insert(id);
        }
        while let Some(id) = self.touched.pop_first() {
            self.pump(id, now_ms);
        }
        self.leave_shards();
    }

    fn pump(&mut self, id: EndpointId, now_ms: i64) {
        self.collect_superseded(id);
        let leaves = self.is_leaving(id);
        let Some(owned) = self.endpoints.get_mut(&id) else { return };
        let closed = owned.is_closed() && !owned.lanes.is_empty();
        if (leaves || closed) && owned.is_at_rest() {
            return self.drop_endpoint(id);
        }
        if !leaves && owned.window.wants_read(owned.lanes.len()) {
            self.wanted.insert(id);
        }
        self.start(id, now_ms);
        self.plan_next(id, now_ms);
    }

    fn is_leaving(&self, id: EndpointId) -> bool {
        self.closing || self.leave.contains(&store::shard_of(id))
    }

    /// Whether a request may begin: it must end, and its result be written, under the lease.
    fn may_start(&self, owned: &Owned, now_ms: i64) -> bool {
        let until_ms = now_ms + millis(self.settings.request_timeout) + LEASE_MARGIN_MS;
        owned.window.has_been_read() && self.shards.get(&owned.shard).is_some_and(|held| held.expires_at_ms > until_ms)
    }

    fn start(&mut self, id: EndpointId, now_ms: i64) {
        let Some(owned) = self.endpoints.get(&id) else { return };
        if self.is_leaving(id) || !self.may_start(owned, now_ms) {
            return;
        }
        let Some(owned) = self.endpoints.get_mut(&id) else { return };
        let Some(endpoint) = owned.config.clone() else { return };
        let room = owned.health.room(now_ms, owned.lanes.in_flight());
        let started = owned.lanes.start(now_ms, room);
        owned.health.started(started.len());
        let items: Vec<_> = started.into_iter().filter_map(|id| owned.item(id).cloned()).collect();
        let life = owned.life;
        self.in_flight += items.len();
        let sender = Arc::new(Sender {
            client: self.ties.client.clone(),
            store: self.store.clone(),
            owner: self.ties.messages.clone(),
            endpoint,
            life,
        });
        let (mut ready, mut bodiless) = (Vec::new(), Vec::new());
        for item in items {
            let request = Request { id: item.id, event_id: item.event_id, attempt: item.attempts + 1 };
            match self.bodies.find(item.event_id) {
                Some(body) => ready.push((request, body)),
                None => bodiless.push(request),
            }
        }
        for (request, body) in ready {
            tokio::spawn(Arc::clone(&sender).send(request, body.event().body.clone()));
        }
        if !bodiless.is_empty() {
            tokio::spawn(sender.read_and_send(bodiless));
        }
    }

    /// When to look again by itself. What has no room now is looked at when a request ends.
    fn plan_next(&mut self, id: EndpointId, now_ms: i64) {
        let Some(owned) = self.endpoints.get(&id) else { return };
        let next = owned.health.reopens_at().filter(|_| !owned.lanes.is_empty()).filter(|at_ms| *at_ms > now_ms);
        let next = next.or_else(|| owned.lanes.next_due().filter(|at_ms| *at_ms > now_ms));
        self.set_timer(id, next);
    }

    fn set_timer(&mut self, id: EndpointId, at_ms: Option<i64>) {
        let Some(owned) = self.endpoints.get_mut(&id) else { return };
        if let Some(before) = std::mem::replace(&mut owned.timer, at_ms) {
            self.timers.remove(&(before, id));
        }
        self.timers.extend(at_ms.map(|at_ms| (at_ms, id)));
    }
}
