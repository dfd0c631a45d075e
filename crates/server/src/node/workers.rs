//! The tasks that a node stands on, and whether they still run.

use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::interval;

/// How soon a dead one is noticed.
const LOOK: Duration = Duration::from_millis(500);

/// Each by its name. None of them ends before the node does, but by a panic.
#[derive(Clone)]
pub(super) struct Workers(Vec<(&'static str, AbortHandle)>);

impl Workers {
    pub(super) fn new(workers: impl IntoIterator<Item = (&'static str, AbortHandle)>) -> Self {
        Self(workers.into_iter().collect())
    }

    pub(super) fn add(&mut self, name: &'static str, worker: AbortHandle) {
        self.0.push((name, worker));
    }

    /// Whether each of them runs.
    pub(super) fn state(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.0.iter().map(|(name, worker)| (*name, !worker.is_finished()))
    }

    /// Waits until one of them has ended.
    pub(super) async fn first_dead(&self) -> &'static str {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            if let Some((name, _)) = self.state().find(|(_, runs)| !runs) {
                return name;
            }
        }
    }
}

#[cfg(test)]
impl Workers {
    pub(super) fn of(&self, name: &str) -> &AbortHandle {
        &self.0.iter().find(|(worker, _)| *worker == name).unwrap().1
    }
}
