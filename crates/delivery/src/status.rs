//! What a delivery node shows: for metrics, and for those who wait until all is done.

use std::sync::Arc;

use model::id::EnvironmentId;
use store::{Backlog, System};

use crate::metrics::Metrics;
use crate::progress::Progress;

/// Reads only. Cheap to clone.
#[derive(Clone)]
pub struct Status {
    pub(crate) system: System,
    pub(crate) progress: Arc<Progress>,
}

impl Status {
    /// What the node counts.
    pub fn metrics(&self) -> &Metrics {
        &self.progress.metrics
    }

    /// What is pending, on all nodes, and since when.
    pub async fn backlog(&self) -> Result<Backlog, store::Error> {
        self.system.backlog().await
    }

    /// Waits until everything this environment has recorded is fanned out, and nothing is pending for an enabled
    /// endpoint. Sees what this node does; what others do, at its next move.
    pub async fn settled(&self, environment_id: EnvironmentId) -> Result<(), store::Error> {
        let mut moves = self.progress.watch();
        loop {
            moves.mark_unchanged();
            if self.system.is_settled(environment_id).await? || moves.changed().await.is_err() {
                return Ok(());
            }
        }
    }
}
