//! Organizations with their domains.

use std::collections::BTreeMap;

use model::id::OrganizationId;
use model::query::{OrganizationFilter, Page, PageQuery};
use model::tenant::{DomainState, Organization, OrganizationDomain};
use model::{Timestamp, case_key};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::error::Error;
use crate::reader::Reader;
use crate::table::{organization, organization_domain as domain};
use crate::{Tx, page, read};

fn noun(row: organization::Model) -> Result<Organization, Error> {
    let metadata: BTreeMap<String, String> =
        serde_json::from_str(&row.metadata).map_err(|_| Error::Corrupt { what: "organization" })?;
    Ok(Organization {
        id: read::id(&row.id)?,
        environment_id: read::id(&row.environment_id)?,
        name: row.name,
        domains: Vec::new(),
        metadata,
        external_id: row.external_id,
        stripe_customer_id: row.stripe_customer_id,
        allow_profiles_outside_organization: row.outsiders.map(|outsiders| outsiders == "true"),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: row.version,
    })
}

fn row(noun: &Organization) -> organization::ActiveModel {
    organization::ActiveModel {
        id: Set(noun.id.to_string()),
        environment_id: Set(noun.environment_id.to_string()),
        name: Set(noun.name.clone()),
        name_key: Set(case_key(&noun.name)),
        external_id: Set(noun.external_id.clone()),
        stripe_customer_id: Set(noun.stripe_customer_id.clone()),
        outsiders: Set(noun.allow_profiles_outside_organization.map(|allowed| allowed.to_string())),
        metadata: Set(serde_json::json!(noun.metadata).to_string()),
        deleting: Set(false),
        created_at: Set(noun.created_at.0),
        updated_at: Set(noun.updated_at.0),
        version: Set(noun.version),
    }
}

fn domain_noun(row: domain::Model) -> Result<OrganizationDomain, Error> {
    Ok(OrganizationDomain {
        id: read::id(&row.id)?,
        domain: row.domain,
        state: if row.state == "verified" { DomainState::Verified } else { DomainState::Pending },
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
    })
}

fn domain_row(organization: &Organization, noun: &OrganizationDomain) -> domain::ActiveModel {
    let state = if noun.state == DomainState::Verified { "verified" } else { "pending" };
    domain::ActiveModel {
        id: Set(noun.id.to_string()),
        environment_id: Set(organization.environment_id.to_string()),
        organization_id: Set(organization.id.to_string()),
        domain: Set(noun.domain.clone()),
        state: Set(state.to_owned()),
        created_at: Set(noun.created_at.0),
        updated_at: Set(noun.updated_at.0),
    }
}

impl Reader {
    pub async fn find_organization(&self, id: OrganizationId) -> Result<Option<Organization>, Error> {
        self.one(organization::Column::Id.eq(id.to_string())).await
    }

    pub async fn find_organization_by_external_id(&self, external_id: &str) -> Result<Option<Organization>, Error> {
        self.one(organization::Column::ExternalId.eq(external_id)).await
    }

    pub async fn find_organization_by_stripe_customer_id(&self, id: &str) -> Result<Option<Organization>, Error> {
        self.one(organization::Column::StripeCustomerId.eq(id)).await
    }

    pub async fn list_organizations(
        &self,
        filter: &OrganizationFilter,
        page: PageQuery<OrganizationId>,
    ) -> Result<Page<Organization, OrganizationId>, Error> {
        let mut found = self.live_organizations();
        if let Some(text) = &filter.search {
            found = found.filter(read::contains(organization::Column::NameKey, text));
        }
        if !filter.domains.is_empty() {
            let ids = self.organizations_with(&filter.domains).await?;
            found = found.filter(organization::Column::Id.is_in(ids));
        }
        let mut page =
            page::run(page, found, organization::Column::Id, &self.store.0.read, (noun, |found| found.id)).await?;
        self.fill_domains(&mut page.items).await?;
        Ok(page)
    }

    fn live_organizations(&self) -> Select<organization::Entity> {
        self.of_environment::<organization::Entity>().filter(organization::Column::Deleting.eq(false))
    }

    async fn one(&self, condition: sea_orm::sea_query::SimpleExpr) -> Result<Option<Organization>, Error> {
        let found = self.live_organizations().filter(condition).one(&self.store.0.read).await?;
        let mut found: Vec<_> = found.into_iter().map(noun).collect::<Result<_, _>>()?;
        self.fill_domains(&mut found).await?;
        Ok(found.pop())
    }

    async fn organizations_with(&self, domains: &[String]) -> Result<Vec<String>, Error> {
        let lower = domains.iter().map(|domain| domain.to_lowercase());
        let rows = self.of_environment::<domain::Entity>().filter(domain::Column::Domain.is_in(lower));
        Ok(rows.all(&self.store.0.read).await?.into_iter().map(|row| row.organization_id).collect())
    }

    /// One statement for the domains of a whole page.
    async fn fill_domains(&self, organizations: &mut [Organization]) -> Result<(), Error> {
        if organizations.is_empty() {
            return Ok(());
        }
        let ids = organizations.iter().map(|organization| organization.id.to_string());
        let rows = self.of_environment::<domain::Entity>().filter(domain::Column::OrganizationId.is_in(ids));
        for row in rows.order_by_asc(domain::Column::Id).all(&self.store.0.read).await? {
            let owner: OrganizationId = read::id(&row.organization_id)?;
            if let Some(organization) = organizations.iter_mut().find(|organization| organization.id == owner) {
                organization.domains.push(domain_noun(row)?);
            }
        }
        Ok(())
    }
}

impl Tx {
    /// An organization whose stream this transaction holds.
    pub async fn get_organization(&self, id: OrganizationId) -> Result<Option<Organization>, Error> {
        let found = organization::Entity::find_by_id(id.to_string()).filter(organization::Column::Deleting.eq(false));
        let Some(mut found) = found.one(&self.tx).await?.map(noun).transpose()? else { return Ok(None) };
        let domains = domain::Entity::find().filter(domain::Column::OrganizationId.eq(id.to_string()));
        let domains = domains.order_by_asc(domain::Column::Id).all(&self.tx).await?;
        found.domains = domains.into_iter().map(domain_noun).collect::<Result<_, _>>()?;
        Ok(Some(found))
    }

    /// Inserts an organization with its domains.
    pub fn insert_organization(&mut self, organization: &Organization) {
        self.script.insert(vec![row(organization)]);
        self.insert_domains(organization);
    }

    /// Replaces an organization and the set of its domains.
    pub async fn update_organization(&mut self, organization: &Organization) -> Result<(), Error> {
        let id = organization.id.to_string();
        domain::Entity::delete_many().filter(domain::Column::OrganizationId.eq(id)).exec(&self.tx).await?;
        self.script.update(1, vec![row(organization)]);
        self.insert_domains(organization);
        Ok(())
    }

    fn insert_domains(&mut self, organization: &Organization) {
        let rows = organization.domains.iter().map(|domain| domain_row(organization, domain));
        self.script.insert(rows.collect::<Vec<_>>());
    }

    /// Hides an organization at once and frees its external ids and domains; its rows go later, in batches.
    pub async fn hide_organization(&self, id: OrganizationId) -> Result<(), Error> {
        let id = id.to_string();
        domain::Entity::delete_many().filter(domain::Column::OrganizationId.eq(id.clone())).exec(&self.tx).await?;
        let hidden = organization::ActiveModel {
            id: Set(id),
            deleting: Set(true),
            external_id: Set(None),
            stripe_customer_id: Set(None),
            ..Default::default()
        };
        organization::Entity::update(hidden).exec(&self.tx).await?;
        Ok(())
    }
}
