//! What happened: event types, what each is about, and the recorded event.

use std::fmt;
use std::str::FromStr;

use crate::id::{DirectoryId, EnvironmentId, EventId, GroupId, OrganizationId, ParseIdError, UserId};
use crate::time::Timestamp;

macro_rules! event_types {
    ($($variant:ident = $text:literal,)*) => {
        /// The events that Rollcall records, by their public names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventType { $($variant,)* }

        impl EventType {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

event_types! {
    DirectoryActivated = "dsync.activated",
    DirectoryDeleted = "dsync.deleted",
    UserCreated = "dsync.user.created",
    UserUpdated = "dsync.user.updated",
    UserDeleted = "dsync.user.deleted",
    GroupCreated = "dsync.group.created",
    GroupUpdated = "dsync.group.updated",
    GroupDeleted = "dsync.group.deleted",
    MemberAdded = "dsync.group.user_added",
    MemberRemoved = "dsync.group.user_removed",
    TokenCreated = "dsync.token.created",
    TokenRevoked = "dsync.token.revoked",
    OrganizationCreated = "organization.created",
    OrganizationUpdated = "organization.updated",
    OrganizationDeleted = "organization.deleted",
}

/// Families of public event names (`workos-contract.md` 5): any of these is a filter, ours or not.
const FAMILIES: &[&str] = &[
    "action.",
    "agent.registration.",
    "api_key.",
    "authentication.",
    "connection.",
    "dsync.",
    "email_verification.",
    "flag.",
    "group.",
    "invitation.",
    "magic_auth.",
    "organization.",
    "organization_domain.",
    "organization_membership.",
    "organization_role.",
    "password_reset.",
    "permission.",
    "pipes.",
    "radar.",
    "role.",
    "session.",
    "user.",
    "vault.",
    "waitlist_user.",
];

/// Families that no webhook carries: recorded or filtered by, never subscribed to.
const NOT_SUBSCRIBABLE: &[&str] = &["action.", "vault.", "dsync.token."];

/// A name that never existed, copied between code bases (`workos-contract.md` 5).
const PHANTOM: &str = "dsync.deactivated";

impl EventType {
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// Whether a list of events may be filtered by this name.
    pub fn is_known_name(name: &str) -> bool {
        if name.starts_with("dsync.") {
            return Self::parse(name).is_some();
        }
        name != PHANTOM && FAMILIES.iter().any(|family| name.len() > family.len() && name.starts_with(family))
    }

    /// Whether a webhook endpoint may subscribe to this name.
    pub fn is_subscribable_name(name: &str) -> bool {
        Self::is_known_name(name) && !NOT_SUBSCRIBABLE.iter().any(|family| name.starts_with(family))
    }

    /// Whether webhooks carry it at all.
    pub fn is_subscribable(self) -> bool {
        Self::is_subscribable_name(self.as_str())
    }
}

/// The unit of order: an organization, else the environment itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamId {
    Environment(EnvironmentId),
    Organization(OrganizationId),
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(id) => id.fmt(f),
            Self::Organization(id) => id.fmt(f),
        }
    }
}

impl FromStr for StreamId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        text.parse().map(Self::Organization).or_else(|_| text.parse().map(Self::Environment))
    }
}

/// What an event is about. Decides order, supersession and who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    Organization,
    Directory(DirectoryId),
    User(DirectoryId, UserId),
    Group(DirectoryId, GroupId),
    Membership(DirectoryId, GroupId, UserId),
}

impl Subject {
    pub const fn directory(self) -> Option<DirectoryId> {
        match self {
            Self::Organization => None,
            Self::Directory(id) | Self::User(id, _) | Self::Group(id, _) | Self::Membership(id, ..) => Some(id),
        }
    }

    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(_, user) | Self::Membership(_, _, user) => Some(user),
            _ => None,
        }
    }

    pub const fn group(self) -> Option<GroupId> {
        match self {
            Self::Group(_, group) | Self::Membership(_, group, _) => Some(group),
            _ => None,
        }
    }
}

/// An event as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub environment_id: EnvironmentId,
    pub stream: StreamId,
    pub sequence: i64,
    pub previous: i64,
    pub version: i64,
    pub kind: EventType,
    pub subject: Subject,
    /// Takes access away: a delete, a removal, a user leaving `active`. Goes first in delivery.
    pub revokes: bool,
    pub created_at: Timestamp,
    /// The public JSON, byte for byte as it is sent everywhere.
    pub body: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_public_names() {
        let check = |name: &str, known: bool, subscribable: bool| {
            assert_eq!(EventType::is_known_name(name), known, "{name}");
            assert_eq!(EventType::is_subscribable_name(name), subscribable, "{name}");
        };
        check("dsync.user.created", true, true);
        check("dsync.token.created", true, false);
        check("dsync.deactivated", false, false);
        check("user.created", true, true);
        check("vault.data.created", true, false);
        check("user.", false, false);
        check("anything", false, false);
        for kind in EventType::ALL {
            assert_eq!(EventType::parse(kind.as_str()), Some(*kind));
        }
    }
}
