//! `organization`.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

use super::{OrganizationDomainTag, OrganizationTag};

/// A customer of the application.
#[derive(ToSchema)]
pub struct Organization {
    #[schema(inline)]
    pub object: OrganizationTag,
    #[schema(example = "org_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    #[schema(example = "Acme")]
    pub name: String,
    pub domains: Vec<OrganizationDomain>,
    #[schema(example = json!({ "tier": "gold" }))]
    pub metadata: BTreeMap<String, String>,
    /// The application's own id.
    #[schema(required, example = "customers/17")]
    pub external_id: Option<String>,
    #[schema(nullable = false, example = "cus_R9qWAGMQ6nGE7V")]
    pub stripe_customer_id: Option<String>,
    /// Deprecated: as it was set, without effect here.
    #[schema(nullable = false, deprecated)]
    pub allow_profiles_outside_organization: Option<bool>,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub updated_at: String,
}

/// What changes of an organization's metadata: at most 50 keys of 40 characters, values of 600.
pub fn metadata_change() -> Object {
    let value =
        ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null])).max_length(Some(600));
    let map = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Object, Type::Null]));
    map.additional_properties(Some(value)).max_properties(Some(50)).examples([json!({ "tier": "gold" })]).build()
}

/// A domain of an organization.
#[derive(ToSchema)]
pub struct OrganizationDomain {
    #[schema(inline)]
    pub object: OrganizationDomainTag,
    #[schema(example = "org_domain_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    #[schema(example = "org_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub organization_id: String,
    #[schema(example = "acme.example")]
    pub domain: String,
    #[schema(inline)]
    pub state: DomainState,
    #[schema(example = "manual")]
    pub verification_strategy: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub updated_at: String,
}

/// Whether a domain is known to be the organization's.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum DomainState {
    Pending,
    Verified,
}
