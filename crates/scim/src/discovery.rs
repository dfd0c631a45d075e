//! The discovery documents (RFC 7644 section 4), generated from the schemas so that they say what is enforced.

mod schemas;

use serde_json::{Value, json};

use crate::limits::{DEFAULT_PAGE_SIZE, MAX_BODY_BYTES, MAX_OPERATIONS, MAX_PAGE_SIZE};
use crate::list::ListResponse;
use crate::schema::{RESOURCE_TYPES, ResourceType};

pub use schemas::{schema, schemas};

const CONFIG_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

/// What the service provider does (RFC 7643 section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    pub features: &'static [Feature],
    /// Resources in one answer to a filter.
    pub max_results: u32,
    /// Published even without bulk: one client cuts its requests by it (`authentik-bulk-maxops-chunking`).
    pub max_operations: usize,
    pub max_payload_bytes: usize,
    pub documentation_uri: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    Patch,
    Bulk,
    Filter,
    ChangePassword,
    Sort,
    Etag,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            features: &[Feature::Patch, Feature::Filter, Feature::Sort, Feature::Etag],
            max_results: MAX_PAGE_SIZE,
            max_operations: MAX_OPERATIONS,
            max_payload_bytes: MAX_BODY_BYTES,
            documentation_uri: None,
        }
    }
}

impl Capabilities {
    fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }
}

/// `base_url` has no slash at the end, here and below.
pub fn service_provider_config(base_url: &str, capabilities: &Capabilities) -> Value {
    let mut config = json!({
        "schemas": [CONFIG_SCHEMA],
        "patch": { "supported": capabilities.has(Feature::Patch) },
        "bulk": {
            "supported": capabilities.has(Feature::Bulk),
            "maxOperations": capabilities.max_operations,
            "maxPayloadSize": capabilities.max_payload_bytes,
        },
        "filter": { "supported": capabilities.has(Feature::Filter), "maxResults": capabilities.max_results },
        "changePassword": { "supported": capabilities.has(Feature::ChangePassword) },
        "sort": { "supported": capabilities.has(Feature::Sort) },
        "etag": { "supported": capabilities.has(Feature::Etag) },
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_PAGE_SIZE,
            "maxPageSize": MAX_PAGE_SIZE,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "Authentication by the bearer token of the directory",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base_url}/ServiceProviderConfig"),
        },
    });
    if let Some(uri) = &capabilities.documentation_uri {
        config["documentationUri"] = uri.as_str().into();
    }
    config
}

/// `GET /ResourceTypes`.
pub fn resource_types(base_url: &str) -> Value {
    listed(RESOURCE_TYPES.iter().map(|kind| resource_type_document(kind, base_url)).collect())
}

/// `GET /ResourceTypes/{name}`; `None` is a 404.
pub fn resource_type(base_url: &str, name: &str) -> Option<Value> {
    ResourceType::find(name).map(|kind| resource_type_document(kind, base_url))
}

fn resource_type_document(kind: &ResourceType, base_url: &str) -> Value {
    let extensions = kind.extensions.iter().map(|schema| json!({ "schema": schema.id, "required": false }));
    json!({
        "schemas": [RESOURCE_TYPE_SCHEMA],
        "id": kind.name,
        "name": kind.name,
        "description": kind.description,
        "endpoint": kind.endpoint,
        "schema": kind.schema.id,
        "schemaExtensions": extensions.collect::<Value>(),
        "meta": { "resourceType": "ResourceType", "location": format!("{base_url}/ResourceTypes/{}", kind.name) },
    })
}

fn listed(resources: Vec<Value>) -> Value {
    let total_results = Some(resources.len() as u64);
    ListResponse { total_results, start_index: Some(1), resources, ..ListResponse::default() }.to_json()
}

#[cfg(test)]
mod tests;
