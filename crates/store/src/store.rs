//! The store itself: its pools, and where its ids, nonces and times come from.

use std::sync::{Arc, Mutex, PoisonError};

use model::Clock;
use model::id::{Id, IdSource, Kind};
use rand::rngs::StdRng;

use crate::clock::Anchor;
use crate::connections::{Connections, Reading};
use crate::dialect::Dialect;
use crate::seal::MasterKey;
use crate::statement::Statements;
use crate::wake::{Listener, Wake};

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) write: Connections,
    /// The batching writer's own connections, warm and never waited for; on SQLite the one for all writes.
    pub(crate) batch: Connections,
    pub(crate) read: Reading,
    pub(crate) dialect: Dialect,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) anchor: Anchor,
    pub(crate) master_key: MasterKey,
    pub(crate) wake: Wake,
    pub(crate) statements: Arc<Statements>,
    pub(crate) draw: Mutex<Draw>,
}

/// Where the store's own ids and nonces come from.
pub(crate) struct Draw {
    pub(crate) ids: IdSource,
    pub(crate) loose: IdSource,
    pub(crate) rng: StdRng,
}

impl Store {
    /// A new id at `now_ms`; those of one store strictly rise.
    pub fn new_id<K: Kind>(&self, now_ms: i64) -> Id<K> {
        let Draw { ids, rng, .. } = &mut *self.0.draw.lock().unwrap_or_else(PoisonError::into_inner);
        ids.next(now_ms, rng)
    }

    /// A new id at the node's time, for what is no row. From a source of its own: ids rise, so that one of a clock that is ahead
    /// would take all later ones along, and a commit is found by the time in its id.
    pub fn new_loose_id<K: Kind>(&self) -> Id<K> {
        let Draw { loose, rng, .. } = &mut *self.0.draw.lock().unwrap_or_else(PoisonError::into_inner);
        loose.next(self.clock_ms(), rng)
    }

    /// Draws with the store's generator.
    pub fn draw<T>(&self, with: impl FnOnce(&mut StdRng) -> T) -> T {
        with(&mut self.0.draw.lock().unwrap_or_else(PoisonError::into_inner).rng)
    }

    /// The node's time. Rows take [`crate::Tx::now_ms`] instead.
    pub fn clock_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// Hears of every commit of this process, and on PostgreSQL that there was one in another.
    pub fn listen(&self) -> Listener {
        self.0.wake.listen()
    }
}
