//! A delivery: one event on its way to one endpoint.

use crate::event::{Event, EventType};
use crate::id::{AttemptId, DeliveryId, EndpointId, EnvironmentId, EventId};
use crate::time::Timestamp;

/// Why a delivery exists. `(endpoint, event, cause)` is unique.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The event was news.
    Live,
}

impl Cause {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Live => "live",
        }
    }
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// Waits for its turn, its due time or its endpoint.
    Pending,
    /// The endpoint answered 2xx.
    Delivered,
    /// A later revocation of the same resource made it moot; it is never sent again.
    Superseded,
    /// Every attempt failed: a dead letter.
    GaveUp,
}

impl DeliveryState {
    const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Superseded, Self::GaveUp];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Superseded => "superseded",
            Self::GaveUp => "gave_up",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What an event takes away. Earlier deliveries of what it takes away are superseded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    Nothing,
    /// Its own resource: `user_removed`, a `user.updated` that leaves `active`.
    Resource,
    /// Its own resource and everything below it: `*.deleted`.
    Below,
}

impl Reach {
    const ALL: [Self; 3] = [Self::Nothing, Self::Resource, Self::Below];

    pub const fn of(event: &Event) -> Self {
        use EventType::{DirectoryDeleted, GroupDeleted, OrganizationDeleted, UserDeleted};
        match (event.revokes, event.kind) {
            (false, _) => Self::Nothing,
            (true, DirectoryDeleted | GroupDeleted | OrganizationDeleted | UserDeleted) => Self::Below,
            (true, _) => Self::Resource,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Resource => "resource",
            Self::Below => "below",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reach| reach.as_str() == text)
    }
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub environment_id: EnvironmentId,
    pub endpoint_id: EndpointId,
    pub event_id: EventId,
    pub state: DeliveryState,
    /// How many attempts have ended.
    pub attempts: i64,
    /// When it may go again, if it is pending.
    pub due_at: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One request of a delivery and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub id: AttemptId,
    /// Counted from 1.
    pub number: i64,
    pub started_at: Timestamp,
    pub duration_ms: i64,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Why there was no usable answer; never personal data.
    pub error: Option<String>,
    /// The beginning of the answer's body.
    pub response: Option<String>,
}
