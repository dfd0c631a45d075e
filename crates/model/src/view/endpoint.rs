//! `webhook_endpoint` as the REST API shows it.

use serde::Serialize;

use crate::endpoint::Endpoint;
use crate::id::EndpointId;
use crate::time::Timestamp;
use crate::view::tag::{self, ObjectTag};

/// An endpoint with its secret: the WorkOS API answers it every time, and SDKs require it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndpointView {
    pub object: ObjectTag<tag::WebhookEndpoint>,
    pub id: EndpointId,
    pub endpoint_url: String,
    pub secret: String,
    pub status: &'static str,
    pub events: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<&Endpoint> for EndpointView {
    fn from(endpoint: &Endpoint) -> Self {
        Self {
            object: ObjectTag::default(),
            id: endpoint.id,
            endpoint_url: endpoint.url.clone(),
            secret: endpoint.secret.reveal().to_owned(),
            status: endpoint.status.as_str(),
            events: endpoint.events.clone(),
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
        }
    }
}
