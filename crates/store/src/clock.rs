//! The database's time, as far as this node can tell without asking for it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::Store;

/// PostgreSQL's clock as last heard, and when (by this node's monotonic clock) the question was sent: so the reckoned
/// time is never behind the database's, and a lease is given up too early rather than too late.
#[derive(Default)]
pub(crate) struct Anchor {
    heard: Mutex<Option<(i64, Instant)>>,
    /// The latest time given out to rows.
    given: AtomicI64,
}

impl Anchor {
    pub(crate) fn drop_at(&self, heard_ms: i64, asked: Instant) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some((heard_ms, asked));
    }

    fn now_ms(&self) -> Option<i64> {
        let (heard_ms, asked) = (*self.heard.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some(heard_ms + i64::try_from(asked.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    /// The reckoned time for rows, which never goes back, whichever of two answers was slower. `None`: nothing was heard yet.
    pub(crate) fn rising_ms(&self) -> Option<i64> {
        let now_ms = self.now_ms()?;
        Some(self.given.fetch_max(now_ms, Ordering::Relaxed).max(now_ms))
    }
}

impl Store {
    /// What leases, due times and the expiry of tokens are measured by: the database's time, reckoned from the last lease
    /// statement or authentication; on SQLite, and before the first one, the node's.
    pub fn now_ms(&self) -> i64 {
        let database = self.0.dialect.has_clock().then(|| self.0.anchor.now_ms()).flatten();
        database.unwrap_or_else(|| self.clock_ms())
    }
}
