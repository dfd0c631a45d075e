//! `event`: one shape for each type, with what it is about.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    DirectoryGroup, DirectoryTag, DirectoryTokenTag, DirectoryUser, EventTag, Organization, OrganizationDomainTag,
    directory_type,
};

macro_rules! events {
    ($($event:ident, $tag:ident = $name:literal of $data:ty, $about:literal;)*) => {
        $(#[doc = $about]
        #[derive(ToSchema)]
        pub struct $event {
            #[schema(inline)]
            pub object: EventTag,
            #[schema(example = "event_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
            pub id: String,
            #[schema(inline)]
            pub event: $tag,
            pub data: $data,
            #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
            pub created_at: String,
            pub context: EventContext,
        }

        #[derive(ToSchema)]
        pub enum $tag {
            #[schema(rename = $name)]
            Constant,
        })*

        /// Something that happened: the same bytes here and in webhooks.
        #[derive(ToSchema)]
        #[serde(untagged)]
        pub enum Event {
            $($event($event),)*
        }
    };
}

events! {
    DirectoryActivated, DirectoryActivatedName = "dsync.activated" of ActivatedDirectory,
        "An identity provider came to a directory for the first time.";
    DirectoryDeleted, DirectoryDeletedName = "dsync.deleted" of DeletedDirectory,
        "A directory is gone, with all of its users and groups.";
    UserCreated, UserCreatedName = "dsync.user.created" of DirectoryUser, "A person came.";
    UserUpdated, UserUpdatedName = "dsync.user.updated" of DirectoryUserUpdate, "A person changed.";
    UserDeleted, UserDeletedName = "dsync.user.deleted" of DirectoryUser, "A person is gone, from every group too.";
    GroupCreated, GroupCreatedName = "dsync.group.created" of DirectoryGroup, "A group came.";
    GroupUpdated, GroupUpdatedName = "dsync.group.updated" of DirectoryGroupUpdate, "A group changed.";
    GroupDeleted, GroupDeletedName = "dsync.group.deleted" of DirectoryGroup, "A group is gone, with its memberships.";
    MemberAdded, MemberAddedName = "dsync.group.user_added" of DirectoryMembership, "A person came into a group.";
    MemberRemoved, MemberRemovedName = "dsync.group.user_removed" of DirectoryMembership, "A person left a group.";
    TokenCreated, TokenCreatedName = "dsync.token.created" of DirectoryTokenEvent, "A directory has another bearer token.";
    TokenRevoked, TokenRevokedName = "dsync.token.revoked" of DirectoryTokenEvent, "A bearer token opens nothing any more.";
    OrganizationCreated, OrganizationCreatedName = "organization.created" of Organization, "An organization came.";
    OrganizationUpdated, OrganizationUpdatedName = "organization.updated" of OrganizationChange,
        "An organization changed.";
    OrganizationDeleted, OrganizationDeletedName = "organization.deleted" of Organization,
        "An organization is gone, with all of its directories.";
}

/// Where the event stands in its stream: that of its organization, else that of the environment.
#[derive(ToSchema)]
pub struct EventContext {
    /// Rises with every event of the stream, with holes.
    #[schema(example = 42)]
    pub sequence: i64,
    /// The sequence of the stream's event before this one, 0 for the first.
    #[schema(example = 40)]
    pub previous: i64,
    /// The version of the resource that the event tells.
    #[schema(example = 42)]
    pub version: i64,
}

/// A directory in the words of events.
#[derive(ToSchema)]
pub struct DeletedDirectory {
    #[schema(inline)]
    pub object: DirectoryTag,
    #[schema(example = "directory_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    #[schema(example = "org_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub organization_id: String,
    #[schema(rename = "type", schema_with = directory_type)]
    pub kind: String,
    #[schema(inline)]
    pub state: EventDirectoryState,
    #[schema(example = "Acme's people")]
    pub name: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub updated_at: String,
}

/// A directory that was activated, with the domains of its organization.
#[derive(ToSchema)]
pub struct ActivatedDirectory {
    #[serde(flatten)]
    pub directory: DeletedDirectory,
    #[schema(example = "k3v9x2m7q4t8w1z5b6n0")]
    pub external_key: String,
    pub domains: Vec<DomainName>,
}

/// The life of a directory in the words of events: `active` is what the API calls `linked`. A deleted one says what it was.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum EventDirectoryState {
    Validating,
    Active,
}

/// A domain of an organization, in short.
#[derive(ToSchema)]
pub struct DomainName {
    #[schema(inline)]
    pub object: OrganizationDomainTag,
    #[schema(example = "org_domain_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    #[schema(example = "acme.example")]
    pub domain: String,
}

/// A person as they are now, and what of them was otherwise.
#[derive(ToSchema)]
pub struct DirectoryUserUpdate {
    #[serde(flatten)]
    pub user: DirectoryUser,
    /// Old values of what changed; of `custom_attributes` and `raw_attributes` the entries that did.
    #[schema(example = json!({ "state": "active" }))]
    pub previous_attributes: Map<String, Value>,
}

/// A group as it is now, and what of it was otherwise.
#[derive(ToSchema)]
pub struct DirectoryGroupUpdate {
    #[serde(flatten)]
    pub group: DirectoryGroup,
    /// Old values of what changed; of `raw_attributes` the entries that did.
    #[schema(example = json!({ "name": "Crew" }))]
    pub previous_attributes: Map<String, Value>,
}

/// An organization as it is now, and what of it was otherwise.
#[derive(ToSchema)]
pub struct OrganizationChange {
    #[serde(flatten)]
    pub organization: Organization,
    /// Old values of what changed.
    #[schema(example = json!({ "name": "Acme" }))]
    pub previous_attributes: Map<String, Value>,
}

/// A person in a group, both as they were last told.
#[derive(ToSchema)]
pub struct DirectoryMembership {
    #[schema(example = "directory_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub directory_id: String,
    pub user: DirectoryUser,
    pub group: DirectoryGroup,
}

/// A bearer token of a directory, without its secret.
#[derive(ToSchema)]
pub struct DirectoryTokenEvent {
    #[schema(inline)]
    pub object: DirectoryTokenTag,
    #[schema(example = "directory_token_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    #[schema(example = "directory_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub directory_id: String,
    #[schema(example = "org_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub organization_id: String,
    #[schema(example = "x7Qa")]
    pub token_suffix: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
}
