//! Who owns what: environments, API keys, organizations, directories and their tokens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ApiKeyId, DirectoryId, DirectoryTokenId, EnvironmentId, OrganizationDomainId, OrganizationId};
use crate::settings::DirectorySettings;
use crate::time::Timestamp;

/// The root of isolation: keys, endpoints, organizations and the event log belong to one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub id: EnvironmentId,
    pub name: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A key to the REST API of one environment, as listed: the secret itself is shown once and never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub environment_id: EnvironmentId,
    pub name: String,
    pub suffix: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// A customer of the application: the company whose people are synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub environment_id: EnvironmentId,
    pub name: String,
    pub domains: Vec<OrganizationDomain>,
    pub metadata: BTreeMap<String, String>,
    /// The application's own id.
    pub external_id: Option<String>,
    pub stripe_customer_id: Option<String>,
    /// A setting of single sign-on, kept for the application.
    pub allow_profiles_outside_organization: Option<bool>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

/// A mail or web domain that an organization claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationDomain {
    pub id: OrganizationDomainId,
    pub domain: String,
    pub state: DomainState,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DomainState {
    Pending,
    Verified,
}

/// One identity provider's feed of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    pub id: DirectoryId,
    pub environment_id: EnvironmentId,
    pub organization_id: OrganizationId,
    /// Ends the SCIM base URL: 20 lower-case letters and digits (Okta refuses underscores in a base URL).
    pub external_key: String,
    pub kind: DirectoryType,
    pub state: DirectoryState,
    pub name: String,
    pub settings: DirectorySettings,
    /// Moves when a token is revoked or the settings change: what was authenticated under another version is asked again.
    pub tokens_version: i64,
    pub counters: Counters,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

/// How many rows each face of a directory shows: SCIM counts documents, REST counts views. And how many references wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    pub documents_users: i64,
    pub documents_groups: i64,
    pub views_users_active: i64,
    pub views_users_inactive: i64,
    pub views_groups: i64,
    pub parked: i64,
}

/// The life of a directory. REST says `linked`, events say `active`, for the same state
/// (`workos-contract.md` 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryState {
    /// Created; nobody has authenticated yet.
    Validating,
    /// The first authenticated request arrived.
    Linked,
    /// Deleted; its rows go in batches, its endpoint answers 401.
    Deleting,
}

impl DirectoryState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Validating => "validating",
            Self::Linked => "linked",
            Self::Deleting => "deleting",
        }
    }

    /// The word of the events' vocabulary.
    pub const fn as_event_str(self) -> &'static str {
        match self {
            Self::Linked => "active",
            other => other.as_str(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Validating, Self::Linked, Self::Deleting].into_iter().find(|state| state.as_str() == text)
    }
}

macro_rules! directory_types {
    ($($variant:ident = $text:literal,)*) => {
        /// What kind of provider feeds a directory: the public names of the WorkOS API.
        ///
        /// It selects guides and defaults shown to people. No code may branch on it: see `normalize`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum DirectoryType { $($variant,)* }

        impl DirectoryType {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

directory_types! {
    Azure = "azure scim v2.0",
    CyberArk = "cyberark scim v2.0",
    Generic = "generic scim v2.0",
    JumpCloud = "jump cloud scim v2.0",
    Okta = "okta scim v2.0",
    OneLogin = "onelogin scim v2.0",
    PingFederate = "pingfederate scim v2.0",
    Rippling = "rippling scim v2.0",
    SailPoint = "sailpoint scim v2.0",
}

impl DirectoryType {
    /// Short names that people type on a command line, besides the public ones.
    const SHORT: &[(&str, Self)] = &[
        ("azure", Self::Azure),
        ("entra", Self::Azure),
        ("cyberark", Self::CyberArk),
        ("generic", Self::Generic),
        ("jumpcloud", Self::JumpCloud),
        ("okta", Self::Okta),
        ("onelogin", Self::OneLogin),
        ("pingfederate", Self::PingFederate),
        ("rippling", Self::Rippling),
        ("sailpoint", Self::SailPoint),
    ];

    /// Reads the public name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// Reads what people type: a short name, or the public one.
    pub fn parse_typed(text: &str) -> Option<Self> {
        let short = Self::SHORT.iter().find(|(short, _)| *short == text).map(|(_, kind)| *kind);
        short.or_else(|| Self::parse(text))
    }
}

/// A bearer token of a directory, as listed. Several may be alive, for rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryToken {
    pub id: DirectoryTokenId,
    pub directory_id: DirectoryId,
    pub name: String,
    pub suffix: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_for_people() {
        assert_eq!(DirectoryType::parse("okta scim v2.0"), Some(DirectoryType::Okta));
        assert_eq!(DirectoryType::parse("okta"), None);
        assert_eq!(DirectoryType::parse_typed("okta"), Some(DirectoryType::Okta));
        for kind in DirectoryType::ALL {
            assert_eq!(DirectoryType::parse(kind.as_str()), Some(*kind));
            assert_eq!(DirectoryType::parse_typed(kind.as_str()), Some(*kind));
            assert!(DirectoryType::SHORT.iter().any(|(_, short)| short == kind));
        }
    }
}
