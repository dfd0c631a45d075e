//! What a bus promises.

use std::collections::BTreeMap;
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

/// How far the bus's partitions were written: the offset of the last event in each. A bus without partitions has none.
pub type Marks = BTreeMap<i32, i64>;

/// Where a publication lies in the bus's partitions: the offsets of its first and its last event in each.
pub type Spans = BTreeMap<i32, (i64, i64)>;

type Source = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The other side of a bus in memory is gone, or took something else first: publish again later, from the cursor.
    #[error("the other side of the bus is gone")]
    Gone,
    /// It does not answer, or refuses for now: begin again later, and publish from the cursor.
    #[error("the bus is not available")]
    Unavailable(#[source] Source),
    /// It takes no event of this environment's size, now or later: the others can go on.
    #[error("the bus takes no event as large as one of an environment's")]
    TooLarge(EnvironmentId),
    /// What came over the bus cannot be looked up in the log.
    #[error("what came over the bus cannot be looked up")]
    Log(#[source] store::Error),
}

/// Carries runs from the relay to consumers. There is one relay at a time.
///
/// The order within each stream is kept. A run may come again, and after a failure runs come again from the last one that was
/// committed; the first appearances of a stream's events stay in order.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Tells it from other buses that the same log was published to.
    fn name(&self) -> &str;

    /// Makes ready to publish: when a relay begins to lead, and after each failure to publish. What was on its way is given up.
    async fn begin(&self) -> Result<(), Error>;

    /// Whether the bus still holds what was published up to these marks. If not, it is a new one, and is to be told everything.
    async fn holds(&self, marks: &Marks) -> Result<bool, Error>;

    /// Resolves when the bus has taken charge: what was published is not lost any more. Answers where it lies.
    async fn publish(&self, runs: Vec<Run>) -> Result<Spans, Error>;

    /// Waits for what has been published and not committed; never nothing.
    async fn receive(&self) -> Result<Vec<Run>, Error>;

    /// What was received last is durably handled.
    async fn commit(&self) -> Result<(), Error>;

    /// Receives no more: what others may take over is theirs at once.
    async fn leave(&self);
}
