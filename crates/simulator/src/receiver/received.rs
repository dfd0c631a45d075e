use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::instant;
use super::verify::VerifyError;

/// One delivery, as it arrived.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Received {
    /// When it arrived, by the receiver's clock, in milliseconds since 1970.
    pub at_ms: u64,
    /// Which of the receiver's endpoints it came to.
    pub path: String,
    pub verified: Result<(), VerifyError>,
    /// This event was delivered to this endpoint before, well signed, however it was answered.
    pub duplicate: bool,
    pub event_id: Option<String>,
    pub event_type: Option<String>,
    pub resource: Resource,
    /// `context.sequence` of the event.
    pub sequence: Option<u64>,
    /// `context.previous`: the sequence of the preceding event of its stream.
    pub previous: Option<u64>,
    /// `context.version` of the resource.
    pub version: Option<u64>,
    /// The event's `created_at`, in milliseconds since 1970.
    pub created_at_ms: Option<u64>,
    /// All request headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The raw body; what is not UTF-8 in it is replaced.
    pub body: String,
}

/// Whom and what the event is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Resource {
    pub organization_id: Option<String>,
    pub directory_id: Option<String>,
    pub user_id: Option<String>,
    pub group_id: Option<String>,
}

impl Received {
    /// What an event's body says; all that it does not say is `None`.
    pub(super) fn read(at_ms: u64, path: &str, headers: BTreeMap<String, String>, body: &[u8]) -> Self {
        let event: Value = serde_json::from_slice(body).unwrap_or_default();
        let context = &event["context"];
        Self {
            at_ms,
            path: path.to_owned(),
            verified: Err(VerifyError::Missing),
            duplicate: false,
            event_id: text(&event["id"]),
            event_type: text(&event["event"]),
            resource: Resource::of(&event["data"]),
            sequence: number(&context["sequence"]),
            previous: number(&context["previous"]),
            version: number(&context["version"]),
            created_at_ms: event["created_at"].as_str().and_then(instant::parse),
            headers,
            body: String::from_utf8_lossy(body).into_owned(),
        }
    }

    /// The event as JSON, null if it is none.
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// From the event's creation to its arrival.
    pub fn latency_ms(&self) -> Option<u64> {
        Some(self.at_ms.saturating_sub(self.created_at_ms?))
    }
}

impl Resource {
    fn of(data: &Value) -> Self {
        let id_if = |object: &str| if data["object"] == object { text(&data["id"]) } else { None };
        Self {
            organization_id: text(&data["organization_id"]).or_else(|| id_if("organization")),
            directory_id: text(&data["directory_id"]).or_else(|| id_if("directory")),
            user_id: text(&data["user"]["id"]).or_else(|| id_if("directory_user")),
            group_id: text(&data["group"]["id"]).or_else(|| id_if("directory_group")),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A number, also one written as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
