//! `organization`: the same shape in REST and in events.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::id::{OrganizationDomainId, OrganizationId};
use crate::tenant::{DomainState, Organization, OrganizationDomain};
use crate::time::Timestamp;
use crate::view::tag::{self, ObjectTag};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrganizationView {
    pub object: ObjectTag<tag::Organization>,
    pub id: OrganizationId,
    pub name: String,
    pub domains: Vec<DomainView>,
    pub metadata: Map<String, Value>,
    pub external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripe_customer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_profiles_outside_organization: Option<bool>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainView {
    pub object: ObjectTag<tag::OrganizationDomain>,
    pub id: OrganizationDomainId,
    pub organization_id: OrganizationId,
    pub domain: String,
    pub state: DomainState,
    pub verification_strategy: &'static str,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl DomainView {
    fn new(domain: &OrganizationDomain, organization_id: OrganizationId) -> Self {
        Self {
            object: ObjectTag::default(),
            id: domain.id,
            organization_id,
            domain: domain.domain.clone(),
            state: domain.state,
            verification_strategy: "manual",
            created_at: domain.created_at,
            updated_at: domain.updated_at,
        }
    }
}

impl From<&Organization> for OrganizationView {
    fn from(organization: &Organization) -> Self {
        Self {
            object: ObjectTag::default(),
            id: organization.id,
            name: organization.name.clone(),
            domains: organization.domains.iter().map(|domain| DomainView::new(domain, organization.id)).collect(),
            metadata: metadata(organization),
            external_id: organization.external_id.clone(),
            stripe_customer_id: organization.stripe_customer_id.clone(),
            allow_profiles_outside_organization: organization.allow_profiles_outside_organization,
            created_at: organization.created_at,
            updated_at: organization.updated_at,
        }
    }
}

fn metadata(organization: &Organization) -> Map<String, Value> {
    let entries = organization.metadata.iter();
    let mut map = entries.map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect();
    crate::json::settle_map(&mut map);
    map
}
