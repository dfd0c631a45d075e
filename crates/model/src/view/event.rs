//! The event envelope: the same bytes in webhook, events API and Kafka.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::id::{DirectoryId, EventId};
use crate::time::Timestamp;
use crate::view::tag::{self, ObjectTag};

/// What leaves the house. `data` is a view, or a view with more ([`Updated`], [`MembershipData`]).
#[derive(Debug, Serialize)]
pub struct Envelope<'a, D> {
    pub object: ObjectTag<tag::Event>,
    pub id: EventId,
    pub event: &'static str,
    pub data: &'a D,
    pub created_at: Timestamp,
    pub context: Context,
}

/// Where the event stands in its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Context {
    /// Rises with every event of the stream, with holes.
    pub sequence: i64,
    /// The sequence of the stream's event before this one, 0 for the first: a consumer that holds another number
    /// has a gap.
    pub previous: i64,
    /// The version of the resource (for a membership: of the pair) that the event tells.
    pub version: i64,
}

/// A view with the old values of what changed: the data of `*.updated`.
#[derive(Debug, Serialize)]
pub struct Updated<'a, V> {
    #[serde(flatten)]
    pub view: &'a V,
    pub previous_attributes: Map<String, Value>,
}

/// The data of `dsync.group.user_added` and `dsync.group.user_removed`.
#[derive(Debug, Serialize)]
pub struct MembershipData<'a> {
    pub directory_id: DirectoryId,
    /// The user's view, as stored.
    pub user: &'a RawValue,
    /// The group's view, as stored.
    pub group: &'a RawValue,
}
