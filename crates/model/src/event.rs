//! What happened: event types, what each is about, and the recorded event.

use std::fmt;
use std::str::FromStr;

use crate::event_name;
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

impl EventType {
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// Whether webhooks carry it at all.
    pub fn is_subscribable(self) -> bool {
        event_name::is_subscribable(self.as_str())
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
    fn names_are_read_back() {
        for kind in EventType::ALL {
            assert_eq!(EventType::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(EventType::parse("user.created"), None);
        assert!(EventType::UserCreated.is_subscribable() && !EventType::TokenCreated.is_subscribable());
    }
}
