//! What a caller says of a webhook endpoint.

use broker::EndpointChange;
use model::endpoint::EndpointStatus;
use utoipa::ToSchema;

use crate::api::error::ApiError;
use crate::api::input::{Fields, ReadBody};
use crate::openapi::schema;

/// A new webhook endpoint.
#[derive(ToSchema)]
pub(super) struct NewWebhookEndpoint {
    #[schema(max_length = 2048, example = "https://app.example/webhooks")]
    pub(super) endpoint_url: String,
    /// The types of events it shall hear of.
    #[schema(value_type = Vec<schema::WebhookEventName>, min_items = 1,
        example = json!(["dsync.user.created", "dsync.user.deleted"]))]
    pub(super) events: Vec<String>,
}

/// What changes of a webhook endpoint; what is absent stays as it is.
#[derive(ToSchema)]
pub(super) struct WebhookEndpointUpdate {
    #[schema(max_length = 2048, example = "https://app.example/webhooks")]
    endpoint_url: Option<String>,
    /// Enabled again, it hears of what happens from then on.
    #[schema(inline, value_type = Option<schema::EndpointStatus>)]
    status: Option<EndpointStatus>,
    #[schema(value_type = Option<Vec<schema::WebhookEventName>>, min_items = 1,
        example = json!(["dsync.user.created", "dsync.user.deleted"]))]
    events: Option<Vec<String>>,
}

impl ReadBody for NewWebhookEndpoint {
    fn read(fields: &mut Fields) -> Result<Self, ApiError> {
        let (endpoint_url, events) = (fields.required("endpoint_url"), fields.required("events"));
        Ok(Self { endpoint_url: endpoint_url?, events: events? })
    }
}

impl ReadBody for WebhookEndpointUpdate {
    fn read(fields: &mut Fields) -> Result<Self, ApiError> {
        let (endpoint_url, events) = (fields.optional("endpoint_url"), fields.optional("events"));
        let status = fields.choice("status", EndpointStatus::parse, "status must be enabled or disabled");
        Ok(Self { endpoint_url: endpoint_url?, status: status?, events: events? })
    }
}

impl From<WebhookEndpointUpdate> for EndpointChange {
    fn from(update: WebhookEndpointUpdate) -> Self {
        Self { url: update.endpoint_url, status: update.status, events: update.events }
    }
}
