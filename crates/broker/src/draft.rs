//! An event before it has its sequence and its bytes.

use model::Timestamp;
use model::event::{Event, EventType, StreamId, Subject};
use model::id::EventId;
use model::json::to_wire;
use model::view::{Context, Envelope, ObjectTag};
use serde::Serialize;
use store::Head;

pub(crate) struct Draft {
    pub(crate) id: EventId,
    pub(crate) stream: StreamId,
    pub(crate) kind: EventType,
    pub(crate) subject: Subject,
    pub(crate) revokes: bool,
    pub(crate) created_at: Timestamp,
}

impl Draft {
    /// The event at the stream's current sequence, which the caller has drawn; it is the version that the event tells.
    pub(crate) fn write(self, head: &mut Head, data: &impl Serialize) -> Result<Event, serde_json::Error> {
        let context = Context { sequence: head.sequence, previous: head.event_sequence, version: head.sequence };
        let Self { id, stream, kind, subject, revokes, created_at } = self;
        let envelope = Envelope { object: ObjectTag::default(), id, event: kind.as_str(), data, created_at, context };
        let body = to_wire(&envelope)?;
        head.event_sequence = head.sequence;
        let Context { sequence, previous, version } = context;
        let environment_id = head.environment_id;
        Ok(Event { id, environment_id, stream, sequence, previous, version, kind, subject, revokes, created_at, body })
    }
}
