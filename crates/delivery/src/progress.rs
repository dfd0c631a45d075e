//! Telling those who wait that something moved.

use tokio::sync::watch;

use crate::metrics::Metrics;

/// What the workers of a node show to the outside.
#[derive(Debug)]
pub(crate) struct Progress {
    moves: watch::Sender<u64>,
    pub(crate) metrics: Metrics,
}

impl Default for Progress {
    fn default() -> Self {
        Self { moves: watch::Sender::new(0), metrics: Metrics::default() }
    }
}

impl Progress {
    /// Something became durable.
    pub(crate) fn moved(&self) {
        self.moves.send_modify(|moves| *moves += 1);
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.moves.subscribe()
    }
}
