//! The names of event types: closed sets.

use model::event_name;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What the event log is filtered by.
pub enum EventName {}

/// What webhook endpoints subscribe to.
pub enum WebhookEventName {}

impl ToSchema for EventName {}
impl ToSchema for WebhookEventName {}

impl PartialSchema for EventName {
    fn schema() -> RefOr<Schema> {
        let mut names = [event_name::SUBSCRIBABLE, event_name::LOG_ONLY].concat();
        names.sort_unstable();
        one_of(&names, "The name of an event type; of some, none are ever recorded here.")
    }
}

impl PartialSchema for WebhookEventName {
    fn schema() -> RefOr<Schema> {
        one_of(event_name::SUBSCRIBABLE, "The name of an event type that webhooks carry.")
    }
}

fn one_of(names: &[&str], description: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names.iter().copied()));
    text.description(Some(description)).into()
}
