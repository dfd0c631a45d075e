//! The public objects as the OpenAPI document describes them.
//!
//! What is answered are the views of `model`, which knows no OpenAPI; the suite holds every answer to these shapes, both
//! ways.

mod directory;
mod endpoint;
mod error;
mod event;
mod event_name;
mod group;
mod list;
mod organization;
mod parked;
mod tag;
mod user;

pub use directory::{
    Directory, DirectoryCounts, DirectorySettings, DirectoryState, DirectoryUserCounts, EmptyOperations,
    OmittedMembers, SettingsChange, UnknownAttributes, directory_type,
};
pub use endpoint::{EndpointStatus, WebhookEndpoint};
pub use error::{Error, ErrorDetail};
pub use event::*;
pub use event_name::{EventName, WebhookEventName};
pub use group::DirectoryGroup;
pub use list::{
    DirectoryGroupList, DirectoryList, DirectoryUserList, EventList, EventListMetadata, ListMetadata, OrganizationList,
    ParkedReferenceList, WebhookEndpointList, pagination_order,
};
pub use organization::{DomainState, Organization, OrganizationDomain, metadata_change};
pub use parked::{ParkedKind, ParkedReference};
pub use tag::{
    DirectoryGroupTag, DirectoryTag, DirectoryTokenTag, DirectoryUserTag, EventTag, ListTag, OrganizationDomainTag,
    OrganizationTag, ParkedReferenceTag, WebhookEndpointTag,
};
pub use user::{CustomAttributes, DirectoryUser, DirectoryUserWithGroups, Email, UserState};
