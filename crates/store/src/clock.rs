//! The time that rows take, as far as this node can tell without asking for it.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::Store;

/// PostgreSQL's clock as last heard, and when (by this node's monotonic clock) the question was sent: so the reckoned
/// time is never behind the database's, and a lease is given up too early rather than too late.
#[derive(Default)]
pub(crate) struct Anchor(Mutex<Option<(i64, Instant)>>);

impl Anchor {
    pub(crate) fn drop_at(&self, heard_ms: i64, asked: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((heard_ms, asked));
    }

    fn now_ms(&self) -> Option<i64> {
        let (heard_ms, asked) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some(heard_ms + i64::try_from(asked.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

impl Store {
    /// What leases and due times are measured by: the database's time, reckoned from the last lease statement; on SQLite,
    /// and before the first one, the node's.
    pub fn now_ms(&self) -> i64 {
        let database = self.0.dialect.has_clock().then(|| self.0.anchor.now_ms()).flatten();
        database.unwrap_or_else(|| self.clock_ms())
    }
}
