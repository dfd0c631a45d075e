use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::Amount;

/// Lets requests through until there were enough. Clones share the count.
#[derive(Clone)]
pub(super) enum Gate {
    Tickets { taken: Arc<AtomicU64>, all: u64 },
    Until(Instant),
}

impl Gate {
    pub(super) fn open(amount: Amount) -> Self {
        match amount {
            Amount::Requests(all) => Self::Tickets { taken: Arc::default(), all },
            Amount::For(duration) => Self::Until(Instant::now() + duration),
        }
    }

    pub(super) fn admits(&self) -> bool {
        match self {
            Self::Tickets { taken, all } => taken.fetch_add(1, Ordering::Relaxed) < *all,
            Self::Until(end) => Instant::now() < *end,
        }
    }
}
