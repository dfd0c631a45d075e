//! `directory`: in REST's words, and in those of the events.

use serde::Serialize;

use crate::id::{DirectoryId, DirectoryTokenId, OrganizationDomainId, OrganizationId};
use crate::settings::DirectorySettings;
use crate::tenant::{Directory, DirectoryToken, OrganizationDomain};
use crate::time::Timestamp;
use crate::view::tag::{self, ObjectTag};

/// A directory as REST shows it: `GET /directories/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DirectoryView {
    pub object: ObjectTag<tag::Directory>,
    pub id: DirectoryId,
    pub organization_id: OrganizationId,
    pub external_key: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub state: &'static str,
    pub name: String,
    pub metadata: DirectoryMetadata,
    pub settings: DirectorySettings,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// How many users and groups the application has been told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DirectoryMetadata {
    pub users: UserCounts,
    pub groups: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UserCounts {
    pub active: i64,
    pub inactive: i64,
}

impl From<&Directory> for DirectoryView {
    fn from(directory: &Directory) -> Self {
        let counters = directory.counters;
        Self {
            object: ObjectTag::default(),
            id: directory.id,
            organization_id: directory.organization_id,
            external_key: directory.external_key.clone(),
            kind: directory.kind.as_str(),
            state: directory.state.as_str(),
            name: directory.name.clone(),
            metadata: DirectoryMetadata {
                users: UserCounts { active: counters.views_users_active, inactive: counters.views_users_inactive },
                groups: counters.views_groups,
            },
            settings: directory.settings,
            created_at: directory.created_at,
            updated_at: directory.updated_at,
        }
    }
}

/// The data of `dsync.activated` (with key and domains) and `dsync.deleted` (without both).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DirectoryEvent {
    pub object: ObjectTag<tag::Directory>,
    pub id: DirectoryId,
    pub organization_id: OrganizationId,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub state: &'static str,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<DomainName>>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A domain inside `dsync.activated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainName {
    pub object: ObjectTag<tag::OrganizationDomain>,
    pub id: OrganizationDomainId,
    pub domain: String,
}

impl DirectoryEvent {
    pub fn deleted(directory: &Directory) -> Self {
        Self {
            object: ObjectTag::default(),
            id: directory.id,
            organization_id: directory.organization_id,
            kind: directory.kind.as_str(),
            state: directory.state.as_event_str(),
            name: directory.name.clone(),
            external_key: None,
            domains: None,
            created_at: directory.created_at,
            updated_at: directory.updated_at,
        }
    }

    pub fn activated(directory: &Directory, domains: &[OrganizationDomain]) -> Self {
        let name = |domain: &OrganizationDomain| DomainName {
            object: ObjectTag::default(),
            id: domain.id,
            domain: domain.domain.clone(),
        };
        Self {
            external_key: Some(directory.external_key.clone()),
            domains: Some(domains.iter().map(name).collect()),
            ..Self::deleted(directory)
        }
    }
}

/// The data of `dsync.token.created` and `dsync.token.revoked`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenEvent {
    pub object: ObjectTag<tag::DirectoryToken>,
    pub id: DirectoryTokenId,
    pub directory_id: DirectoryId,
    pub organization_id: OrganizationId,
    pub token_suffix: String,
    pub created_at: Timestamp,
}

impl TokenEvent {
    pub fn new(token: &DirectoryToken, organization_id: OrganizationId) -> Self {
        Self {
            object: ObjectTag::default(),
            id: token.id,
            directory_id: token.directory_id,
            organization_id,
            token_suffix: token.suffix.clone(),
            created_at: token.created_at,
        }
    }
}
