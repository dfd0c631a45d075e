//! What a caller says of an organization.

use std::collections::BTreeMap;

use broker::OrganizationChange;
use model::tenant::DomainState;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::error::ApiError;
use crate::api::input::{Fields, ReadBody};
use crate::openapi::schema;

/// A new organization.
#[derive(ToSchema)]
pub(super) struct NewOrganization {
    #[schema(max_length = 255, example = "Acme")]
    name: String,
    #[serde(flatten)]
    rest: OrganizationUpdate,
}

/// What changes of an organization; what is absent stays as it is.
#[derive(ToSchema)]
pub(super) struct OrganizationUpdate {
    #[schema(max_length = 255, example = "Acme")]
    name: Option<String>,
    /// Deprecated: `domain_data` says more.
    #[schema(deprecated, max_items = 100, example = json!(["acme.example"]))]
    domains: Option<Vec<String>>,
    /// The whole set of domains.
    #[schema(max_items = 100)]
    domain_data: Option<Vec<DomainData>>,
    /// Null removes a key.
    #[schema(schema_with = schema::metadata_change)]
    metadata: Option<BTreeMap<String, Option<String>>>,
    /// The application's own id, ASCII; null removes it.
    #[schema(value_type = Option<String>, max_length = 128, example = "customers/17")]
    #[expect(clippy::option_option, reason = "absent, null and a value are three things")]
    external_id: Option<Option<String>>,
    /// The customer's id at Stripe, ASCII; null removes it.
    #[schema(value_type = Option<String>, max_length = 255, example = "cus_R9qWAGMQ6nGE7V")]
    #[expect(clippy::option_option, reason = "absent, null and a value are three things")]
    stripe_customer_id: Option<Option<String>>,
    /// Deprecated: kept and shown again, without effect here.
    #[schema(deprecated)]
    allow_profiles_outside_organization: Option<bool>,
}

/// A domain, and whether it is known to be the organization's.
#[derive(Deserialize, ToSchema)]
pub(super) struct DomainData {
    #[schema(max_length = 253, example = "acme.example")]
    domain: String,
    #[schema(inline, value_type = schema::DomainState)]
    state: DomainState,
}

impl ReadBody for NewOrganization {
    fn read(fields: &mut Fields) -> Result<Self, ApiError> {
        let (name, rest) = (fields.required("name"), OrganizationUpdate::read(fields));
        Ok(Self { name: name?, rest: rest? })
    }
}

impl ReadBody for OrganizationUpdate {
    fn read(fields: &mut Fields) -> Result<Self, ApiError> {
        let (name, metadata) = (fields.optional("name"), fields.optional::<Value>("metadata"));
        let (domains, domain_data) = (fields.optional("domains"), fields.optional("domain_data"));
        let (external_id, customer) = (fields.nullable("external_id"), fields.nullable("stripe_customer_id"));
        let outsiders = fields.optional("allow_profiles_outside_organization");
        let unusable = |error| ApiError::metadata(format!("metadata: {error}"));
        Ok(Self {
            name: name?,
            domains: domains?,
            domain_data: domain_data?,
            external_id: external_id?,
            stripe_customer_id: customer?,
            allow_profiles_outside_organization: outsiders?,
            metadata: metadata?.map(serde_json::from_value).transpose().map_err(unusable)?,
        })
    }
}

impl From<NewOrganization> for OrganizationChange {
    fn from(new: NewOrganization) -> Self {
        Self { name: Some(new.name), ..new.rest.into() }
    }
}

impl From<OrganizationUpdate> for OrganizationChange {
    fn from(update: OrganizationUpdate) -> Self {
        let given = update.domain_data.is_some() || update.domains.is_some();
        let with_state = update.domain_data.into_iter().flatten().map(|data| (data.domain, Some(data.state)));
        let without = update.domains.into_iter().flatten().map(|domain| (domain, None));
        Self {
            name: update.name,
            domains: given.then(|| with_state.chain(without).collect()),
            metadata: update.metadata,
            external_id: update.external_id,
            stripe_customer_id: update.stripe_customer_id,
            allow_profiles_outside_organization: update.allow_profiles_outside_organization,
        }
    }
}
