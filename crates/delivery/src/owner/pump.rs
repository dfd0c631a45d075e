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
        self.start(id, now_ms);
        self.want(id, now_ms);
        self.plan_next(id, now_ms);
    }

    /// After what may go has gone: what is left in memory says whether more is to be read.
    fn want(&mut self, id: EndpointId, now_ms: i64) {
        let leaves = self.is_leaving(id);
        let Some(owned) = self.endpoints.get_mut(&id) else { return };
        let memory = owned.memory(now_ms);
        if !leaves && owned.window.wants_read(memory) {
            self.wanted.insert(id);
        }
    }

    fn is_leaving(&self, id: EndpointId) -> bool {
        self.closing || self.leave.contains(&store::shard_of(id))
    }

    /// Until when a request may begin: it must end, and its result be written, under the lease. None: not now.
    fn may_send_by(&self, owned: &Owned, now_ms: i64) -> Option<i64> {
        let held = self.shards.get(&owned.shard).filter(|_| owned.window.has_been_read())?;
        let send_by_ms = held.expires_at_ms - millis(self.settings.request_timeout) - LEASE_MARGIN_MS;
        (now_ms < send_by_ms && owned.quiet_until_ms <= now_ms).then_some(send_by_ms)
    }

    fn start(&mut self, id: EndpointId, now_ms: i64) {
        let Some(owned) = self.endpoints.get(&id).filter(|_| !self.is_leaving(id)) else { return };
        let Some(send_by_ms) = self.may_send_by(owned, now_ms) else { return };
        let Some(owned) = self.endpoints.get_mut(&id) else { return };
        let Some(endpoint) = owned.config.clone() else { return };
        let urgent = owned.lanes.urgent(now_ms);
        let started = owned.lanes.start(now_ms, owned.health.room(now_ms, owned.lanes.in_flight(), urgent));
        let items: Vec<_> = started.into_iter().filter_map(|id| owned.item(id).cloned()).collect();
        let life = owned.life;
        self.in_flight += items.len();
        let sender = Arc::new(Sender {
            client: self.ties.client.clone(),
            store: self.store.clone(),
            owner: self.ties.messages.clone(),
            endpoint,
            life,
            send_by_ms,
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
        let next = Some(owned.quiet_until_ms).filter(|at_ms| *at_ms > now_ms).or(next);
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
