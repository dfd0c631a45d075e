//! The form of an event in the topic: `CloudEvents` 1.0, binary content mode.
//!
//! The specification: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md>; the
//! attribute `sequence`: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/sequence.md>. `openapi/events.md`
//! promises it to readers outside.

use model::event::{Event, Subject};
use model::id::EventId;
use rdkafka::message::{Header, Headers, OwnedHeaders};

const ID: &str = "ce_id";
/// Of headers and values; rises when a reader must know.
const SCHEMA_VERSION: &str = "1";
/// What compares as text as it does as a number: all digits of the largest.
const SEQUENCE_WIDTH: usize = 19;

pub(super) fn headers(event: &Event) -> OwnedHeaders {
    let sequence = |of: i64| format!("{of:0SEQUENCE_WIDTH$}");
    let (source, subject) = (format!("/environments/{}", event.environment_id), subject(event));
    let attributes = [
        ("ce_specversion", "1.0"),
        (ID, &event.id.to_string()),
        ("ce_type", event.kind.as_str()),
        ("ce_source", &source),
        ("ce_subject", &subject),
        ("ce_time", &event.created_at.to_string()),
        ("ce_stream", &event.stream.to_string()),
        ("ce_sequence", &sequence(event.sequence)),
        ("ce_previous", &sequence(event.previous)),
        ("ce_schemaversion", SCHEMA_VERSION),
        ("content-type", "application/json; charset=utf-8"),
    ];
    let empty = OwnedHeaders::new_with_capacity(attributes.len());
    attributes.into_iter().fold(empty, |headers, (key, value)| headers.insert(Header { key, value: Some(value) }))
}

/// Which event a message holds.
pub(super) fn id(headers: Option<&impl Headers>) -> Option<EventId> {
    let value = headers?.iter().find(|header| header.key == ID)?.value?;
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// What the event is about; a membership is a pair.
fn subject(event: &Event) -> String {
    match event.subject {
        Subject::Organization => event.stream.to_string(),
        Subject::Directory(directory) => directory.to_string(),
        Subject::User(_, user) => user.to_string(),
        Subject::Group(_, group) => group.to_string(),
        Subject::Membership(_, group, user) => format!("{group}/{user}"),
    }
}
