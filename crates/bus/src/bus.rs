//! What a bus promises.

use std::sync::Arc;

use async_trait::async_trait;
use model::event::Event;
use model::id::EnvironmentId;
use store::Positioned;

/// How many events a publication carries at most, and a consumer takes at once.
pub const MAX_BATCH: usize = 1000;

/// Consecutive events of one environment's log; never empty.
#[derive(Debug, Clone)]
pub struct Run {
    environment_id: EnvironmentId,
    first_position: i64,
    events: Arc<[Event]>,
}

impl Run {
    /// None if there are no events.
    pub fn new(first_position: i64, events: Arc<[Event]>) -> Option<Self> {
        let environment_id = events.first()?.environment_id;
        Some(Self { environment_id, first_position, events })
    }

    /// Events as they were read from the log, one after the other.
    pub fn of_log(events: Vec<Positioned>) -> Option<Self> {
        let first_position = events.first()?.position;
        Self::new(first_position, events.into_iter().map(|positioned| positioned.event).collect())
    }

    pub const fn environment_id(&self) -> EnvironmentId {
        self.environment_id
    }

    pub const fn first_position(&self) -> i64 {
        self.first_position
    }

    pub fn last_position(&self) -> i64 {
        self.first_position + i64::try_from(self.events.len()).unwrap_or(i64::MAX) - 1
    }

    /// The events, shared.
    pub const fn events(&self) -> &Arc<[Event]> {
        &self.events
    }

    /// The events with their positions, in order.
    pub fn positioned(&self) -> impl Iterator<Item = (i64, &Event)> {
        (self.first_position..).zip(self.events.iter())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The other side is gone or does not answer: publish again later, from the cursor.
    #[error("the bus is not available")]
    Unavailable,
}

/// Carries runs from the relay to a consumer. There is one of each at a time.
///
/// The order within each stream is kept. A run may come again, and after a failure runs come again from the last one that was
/// committed; the first appearances of a stream's events stay in order.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Resolves when the bus has taken charge: what was published is not lost any more.
    async fn publish(&self, runs: Vec<Run>) -> Result<(), Error>;

    /// Waits for what has been published and not committed.
    async fn receive(&self) -> Result<Vec<Run>, Error>;

    /// What was received last is durably handled.
    async fn commit(&self) -> Result<(), Error>;
}
