//! `webhook_endpoint`.

use utoipa::ToSchema;

use super::{WebhookEndpointTag, WebhookEventName};

/// Where events are sent.
#[derive(ToSchema)]
pub struct WebhookEndpoint {
    #[schema(inline)]
    pub object: WebhookEndpointTag,
    #[schema(example = "we_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    #[schema(example = "https://app.example/webhooks")]
    pub endpoint_url: String,
    /// Signs what is sent; the key is the whole text.
    #[schema(example = "whsec_…")]
    pub secret: String,
    #[schema(inline)]
    pub status: EndpointStatus,
    /// The types of events it hears of.
    #[schema(example = json!(["dsync.user.created", "dsync.user.deleted"]))]
    pub events: Vec<WebhookEventName>,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub updated_at: String,
}

/// Whether events are sent there. An endpoint that answers 410 is disabled; what it has not got waits until it is enabled.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum EndpointStatus {
    Enabled,
    Disabled,
}
