//! An endpoint in memory.

use std::collections::HashMap;
use std::sync::Arc;

use model::Timestamp;
use model::delivery::Reach;
use model::endpoint::Endpoint;
use model::id::{DeliveryId, EndpointId, EnvironmentId, EventId};
use store::Pending;

use super::failing::Failing;
use super::health::Health;
use super::subject;
use super::window::{Memory, Window};
use crate::lanes::{Id, Lanes};
use crate::push::Stamp;

/// What a live delivery of the lanes needs to be sent and written.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: DeliveryId,
    pub(super) environment_id: EnvironmentId,
    pub(super) event_id: EventId,
    /// How many attempts have ended.
    pub(super) attempts: i64,
    /// When the first of them began.
    pub(super) tried_at: Option<Timestamp>,
    pub(super) due_at: Timestamp,
    /// Of a revocation, the row itself.
    pub(super) revocation: Option<Box<Pending>>,
}

#[derive(Debug)]
pub(super) struct Owned {
    pub(super) life: u64,
    pub(super) shard: u8,
    /// None: not read yet, disabled, stopped or deleted. Nothing starts.
    pub(super) config: Option<Arc<Endpoint>>,
    pub(super) lanes: Lanes,
    items: HashMap<Id, Item>,
    pub(super) window: Window,
    pub(super) health: Health,
    pub(super) failing: Failing,
    pub(super) timer: Option<i64>,
    /// Results that are not durable yet.
    pub(super) unwritten: usize,
    /// Nothing starts before: another process may have left a request in flight.
    pub(super) quiet_until_ms: i64,
    /// It answered 410 or failed for too long, and that is not written yet: what a read says about it is old.
    pub(super) is_stopping: bool,
    /// Had nothing to do at the last tick.
    pub(super) idle: bool,
}

impl Owned {
    pub(super) fn new(id: EndpointId, life: u64, floor: Stamp) -> Self {
        Self {
            life,
            shard: store::shard_of(id),
            config: None,
            lanes: Lanes::default(),
            items: HashMap::new(),
            window: Window::new(floor),
            health: Health::default(),
            failing: Failing::default(),
            timer: None,
            unwritten: 0,
            quiet_until_ms: 0,
            is_stopping: false,
            idle: false,
        }
    }

    /// Takes a row into the lanes; one that is there stays as it is.
    pub(super) fn insert(&mut self, pending: Pending) {
        let delivery = subject::delivery(&pending);
        if self.items.contains_key(&delivery.id) {
            return;
        }
        let revokes = pending.reach != Reach::Nothing;
        self.items.insert(delivery.id, item(pending, revokes));
        self.lanes.insert(delivery);
    }

    pub(super) fn knows(&self, id: Id) -> bool {
        self.items.contains_key(&id)
    }

    pub(super) fn item(&self, id: Id) -> Option<&Item> {
        self.items.get(&id)
    }

    pub(super) fn item_mut(&mut self, id: Id) -> Option<&mut Item> {
        self.items.get_mut(&id)
    }

    pub(super) fn forget(&mut self, id: Id) -> Option<Item> {
        self.items.remove(&id)
    }

    /// Those that the lanes have superseded since the last call.
    pub(super) fn take_superseded(&mut self) -> Vec<Item> {
        let ids = self.lanes.take_superseded();
        ids.into_iter().filter_map(|id| self.forget(id)).collect()
    }

    /// Disabled, stopped or deleted when it was read: its rows wait in the database.
    pub(super) fn is_closed(&self) -> bool {
        self.config.is_none() && self.window.is_whole()
    }

    /// As its window sees it.
    pub(super) fn memory(&mut self, now_ms: i64) -> Memory {
        let (rows, movable) = (self.lanes.len(), self.lanes.movable(now_ms));
        Memory { rows, movable, left_alone: self.health.is_open() }
    }

    /// Nothing is on its way: it may be dropped from memory without a loss.
    pub(super) fn is_at_rest(&self) -> bool {
        self.lanes.in_flight() == 0 && self.unwritten == 0 && !self.window.is_reading()
    }
}

fn item(pending: Pending, revokes: bool) -> Item {
    let Pending { id, environment_id, event_id, attempts, tried_at, due_at, .. } = pending;
    let revocation = revokes.then(|| Box::new(pending));
    Item { id, environment_id, event_id, attempts, tried_at, due_at, revocation }
}
