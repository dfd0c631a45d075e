//! A delivery as its owner hands it in, and what becomes of an attempt.

use super::subject::{Id, Subject};

/// One row of an endpoint that is neither delivered, given up nor superseded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: Id,
    /// The event's place in the log: the order.
    pub position: i64,
    pub subject: Subject,
    pub revokes: Revokes,
    /// Whether an attempt has ended before (its row counts at least one).
    pub attempted: bool,
    /// When it may go, in milliseconds of the owner's clock.
    pub due_at_ms: i64,
}

/// What an event takes away. Earlier deliveries of what it takes away are superseded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revokes {
    Nothing,
    /// Its own resource: `user_removed`, a `user.updated` that leaves `active`.
    Resource,
    /// Its own resource and everything below it: `*.deleted`. Below a user or a group lie its memberships, below a
    /// directory its users, groups and memberships, below an organization its directories and all of theirs.
    Below,
}

/// How an attempt ended. It is told to the lanes once it is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    Retry { at_ms: i64 },
    GaveUp,
}
