//! Keeps the providers in step with the application.
//!
//! A phase begins when the application has heard of the one before, as between the cycles of a real provider. So every event
//! is seen: what nobody has heard of yet is never sent once a later revocation makes it moot.

use std::time::Duration;

use delivery::Status;
use model::id::EnvironmentId;
use simulator::Progress;
use tokio::runtime::Handle;
use tokio::task;
use tokio::time::timeout;

/// How long webhooks may take until nothing is on its way.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(super) struct Pace {
    pub(super) status: Status,
    pub(super) environment: EnvironmentId,
}

impl Pace {
    /// Waits until nothing is on its way to the application; not for ever: what is missing then is told by the report.
    pub(super) async fn settled(&self) -> anyhow::Result<()> {
        Ok(timeout(PATIENCE, self.status.settled(self.environment)).await.unwrap_or(Ok(()))?)
    }

    /// Keeps a provider at the end of its phase. It must run in a task of its own: its thread waits.
    pub(super) fn keep(&self, progress: Progress) {
        if progress.done == progress.total {
            let settled = task::block_in_place(|| Handle::current().block_on(self.settled()));
            settled.unwrap_or_else(|error| tracing::warn!(%error, "cannot tell what is on its way"));
        }
    }
}
