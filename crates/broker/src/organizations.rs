//! Organizations: create, update, delete, and the reads.

use std::collections::BTreeMap;

use model::Timestamp;
use model::answer::Answer;
use model::event::{EventType, StreamId, Subject};
use model::id::{EnvironmentId, OrganizationId};
use model::query::{OrganizationFilter, Page, PageQuery};
use model::tenant::{DomainState, Organization, OrganizationDomain};
use model::view::{OrganizationView, Updated};
use serde_json::{Map, Value};
use store::Tx;

use crate::{Broker, Error, limits, name, once};

/// What a caller says of an organization; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChange {
    pub name: Option<String>,
    /// The whole set. A domain without a state keeps the one it has, else is pending.
    pub domains: Option<Vec<(String, Option<DomainState>)>>,
    /// Null removes a key.
    pub metadata: Option<BTreeMap<String, Option<String>>>,
    /// Null removes the external id.
    pub external_id: Option<Option<String>>,
    /// Null removes the customer's id.
    pub stripe_customer_id: Option<Option<String>>,
    pub allow_profiles_outside_organization: Option<bool>,
}

impl Broker {
    pub async fn find_organization(&self, of: EnvironmentId, id: &str) -> Result<Organization, Error> {
        let missing = || Error::not_found("an organization", id);
        let parsed: OrganizationId = id.parse().map_err(|_| missing())?;
        self.reader(of).find_organization(parsed).await?.ok_or_else(missing)
    }

    pub async fn find_organization_by_external_id(&self, of: EnvironmentId, id: &str) -> Result<Organization, Error> {
        let missing = || Error::not_found("an organization", id);
        let possible = limits::external_id(id.to_owned()).map_err(|_| missing())?;
        self.reader(of).find_organization_by_external_id(&possible).await?.ok_or_else(missing)
    }

    pub async fn list_organizations(
        &self,
        of: EnvironmentId,
        filter: &OrganizationFilter,
        page: PageQuery<OrganizationId>,
    ) -> Result<Page<Organization, OrganizationId>, Error> {
        Ok(self.reader(of).list_organizations(filter, page).await?)
    }

    pub async fn create_organization(
        &self,
        of: EnvironmentId,
        change: OrganizationChange,
    ) -> Result<Organization, Error> {
        self.create_organization_once(of, change, |_| None).await
    }

    /// Makes an organization, and keeps the answer to the request that made it.
    pub async fn create_organization_once(
        &self,
        of: EnvironmentId,
        change: OrganizationChange,
        answer: impl FnOnce(&Organization) -> Option<Answer>,
    ) -> Result<Organization, Error> {
        self.reader(of).environment().await?.ok_or_else(|| Error::not_found("an environment", of))?;
        let mut tx = self.store.begin(&[]).await?;
        let (id, now) = (self.new_id(&tx), Timestamp(tx.now_ms));
        let mut organization = Organization {
            id,
            environment_id: of,
            name: name::check(change.name.as_deref().unwrap_or_default())?,
            domains: Vec::new(),
            metadata: BTreeMap::new(),
            external_id: None,
            stripe_customer_id: None,
            allow_profiles_outside_organization: None,
            created_at: now,
            updated_at: now,
            version: 0,
        };
        self.apply(&tx, &mut organization, change)?;
        let stream = StreamId::Organization(id);
        tx.insert_stream(stream, of);
        let data = OrganizationView::from(&organization);
        let what = (EventType::OrganizationCreated, Subject::Organization, false);
        organization.version = self.record(&mut tx, stream, what, &data)?;
        tx.insert_organization(&organization);
        once::keep(&tx, of, answer(&organization)).await?;
        self.commit(tx, &organization).await?;
        Ok(organization)
    }

    pub async fn update_organization(
        &self,
        of: EnvironmentId,
        id: &str,
        change: OrganizationChange,
    ) -> Result<Organization, Error> {
        let before = self.find_organization(of, id).await?;
        let stream = StreamId::Organization(before.id);
        let mut tx = self.store.begin(&[stream]).await?;
        let before = tx.get_organization(before.id).await?.ok_or_else(|| Error::not_found("an organization", id))?;
        let mut organization = before.clone();
        self.apply(&tx, &mut organization, change)?;
        let previous_attributes = previous(&before, &organization);
        if previous_attributes.is_empty() {
            return Ok(before);
        }
        organization.updated_at = Timestamp(tx.now_ms);
        let data = Updated { view: &OrganizationView::from(&organization), previous_attributes };
        let what = (EventType::OrganizationUpdated, Subject::Organization, false);
        organization.version = self.record(&mut tx, stream, what, &data)?;
        tx.update_organization(&organization).await?;
        self.commit(tx, &organization).await?;
        Ok(organization)
    }

    /// Its directories go first, each with its `dsync.deleted`; rows follow in batches.
    pub async fn delete_organization(&self, of: EnvironmentId, id: &str) -> Result<(), Error> {
        let organization = self.find_organization(of, id).await?;
        let stream = StreamId::Organization(organization.id);
        let mut tx = self.store.begin(&[stream]).await?;
        let found = tx.get_organization(organization.id).await?;
        let organization = found.ok_or_else(|| Error::not_found("an organization", id))?;
        let directories = tx.list_directories(organization.id).await?.into_iter();
        let retired = directories.map(|directory| self.retire(&mut tx, directory)).collect::<Result<Vec<_>, _>>()?;
        tx.update_directories(&retired);
        let what = (EventType::OrganizationDeleted, Subject::Organization, true);
        self.record(&mut tx, stream, what, &OrganizationView::from(&organization))?;
        tx.hide_organization(organization.id).await?;
        tx.commit().await?;
        Ok(())
    }

    fn apply(&self, tx: &Tx, organization: &mut Organization, change: OrganizationChange) -> Result<(), Error> {
        if let Some(name) = change.name {
            organization.name = name::check(&name)?;
        }
        if let Some(external_id) = change.external_id {
            organization.external_id = external_id.map(limits::external_id).transpose()?;
        }
        if let Some(id) = change.stripe_customer_id {
            organization.stripe_customer_id = id.map(limits::stripe_customer_id).transpose()?;
        }
        if let Some(allowed) = change.allow_profiles_outside_organization {
            organization.allow_profiles_outside_organization = Some(allowed);
        }
        for (key, value) in change.metadata.into_iter().flatten() {
            match value {
                Some(value) => drop(organization.metadata.insert(key, value)),
                None => drop(organization.metadata.remove(&key)),
            }
        }
        limits::metadata(&organization.metadata)?;
        if let Some(domains) = change.domains {
            organization.domains = self.domains(tx, &organization.domains, domains)?;
        }
        Ok(())
    }

    /// The new set, by id as it is read back; a domain that was there keeps its id.
    fn domains(
        &self,
        tx: &Tx,
        before: &[OrganizationDomain],
        wanted: Vec<(String, Option<DomainState>)>,
    ) -> Result<Vec<OrganizationDomain>, Error> {
        let field = |state: Option<DomainState>| if state.is_some() { "domain_data" } else { "domains" };
        limits::domains(field(wanted.first().and_then(|(_, state)| *state)), wanted.len())?;
        let now = Timestamp(tx.now_ms);
        let mut domains: Vec<OrganizationDomain> = Vec::new();
        for (domain, state) in wanted {
            let domain = limits::domain(field(state), &domain)?;
            if domains.iter().any(|other| other.domain == domain) {
                continue;
            }
            let pending = DomainState::Pending;
            let fresh = || OrganizationDomain {
                id: self.new_id(tx),
                domain: domain.clone(),
                state: pending,
                created_at: now,
                updated_at: now,
            };
            let mut kept = before.iter().find(|other| other.domain == domain).cloned().unwrap_or_else(fresh);
            if let Some(state) = state.filter(|state| *state != kept.state) {
                (kept.state, kept.updated_at) = (state, now);
            }
            domains.push(kept);
        }
        domains.sort_by_key(|domain| domain.id);
        Ok(domains)
    }

    /// Unique indexes speak for the three things that organizations cannot share; which of them it was, a look tells.
    async fn commit(&self, tx: Tx, organization: &Organization) -> Result<(), Error> {
        let Err(error) = tx.commit().await else { return Ok(()) };
        let store::Error::Conflict(_) = error else { return Err(error.into()) };
        let (code, what) = self.taken(organization).await?;
        Err(Error::Conflict { code, message: format!("Another organization has this {what}.") })
    }

    /// What of this organization another one has: when it is no id, it is a domain.
    async fn taken(&self, organization: &Organization) -> Result<(&'static str, &'static str), Error> {
        let reader = self.reader(organization.environment_id);
        let another = |holder: Option<Organization>| holder.is_some_and(|holder| holder.id != organization.id);
        if let Some(id) = &organization.external_id
            && another(reader.find_organization_by_external_id(id).await?)
        {
            return Ok(("external_id_already_used", "external_id"));
        }
        if let Some(id) = &organization.stripe_customer_id
            && another(reader.find_organization_by_stripe_customer_id(id).await?)
        {
            return Ok(("stripe_customer_id_already_used", "stripe_customer_id"));
        }
        Ok(("domain_already_exists", "domain"))
    }
}

/// Old values of the public members that changed; null for one that was absent.
fn previous(before: &Organization, after: &Organization) -> Map<String, Value> {
    let (old, new) = (members(before), members(after));
    let added = new.keys().filter(|key| !old.contains_key(*key));
    let changed = old.keys().chain(added).filter(|key| old.get(*key) != new.get(*key));
    changed.map(|key| (key.clone(), old.get(key).cloned().unwrap_or_default())).collect()
}

/// A view always serializes to an object.
fn members(organization: &Organization) -> Map<String, Value> {
    match serde_json::to_value(OrganizationView::from(organization)) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}
