//! `event`.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::EventTag;

/// Something that happened: the same bytes here and in webhooks.
#[derive(ToSchema)]
pub struct Event {
    #[schema(inline)]
    pub object: EventTag,
    #[schema(example = "event_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    /// The name of its type.
    #[schema(example = "dsync.user.created")]
    pub event: String,
    /// What it is about, as it was then; for `*.updated` with `previous_attributes`.
    pub data: Map<String, Value>,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
    pub context: EventContext,
}

/// Where the event stands in its stream: that of its organization, else that of the environment.
#[derive(ToSchema)]
pub struct EventContext {
    /// Rises with every event of the stream, with holes.
    #[schema(example = 42)]
    pub sequence: i64,
    /// The sequence of the stream's event before this one, 0 for the first.
    #[schema(example = 40)]
    pub previous: i64,
    /// The version of the resource that the event tells.
    #[schema(example = 42)]
    pub version: i64,
}
