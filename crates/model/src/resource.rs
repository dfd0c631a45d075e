//! Users, groups and memberships as they are kept: each has two faces.
//!
//! The **document** is what the identity provider wrote (SCIM shows it), the **view** is what the application was last
//! told (REST and events show it). A row lives while either face does.

use std::fmt;
use std::str::FromStr;

use crate::id::{DirectoryId, EnvironmentId, GroupId, ParkedId, ParseIdError, UserId};
use crate::time::Timestamp;
use crate::view::UserState;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub environment_id: EnvironmentId,
    pub directory_id: DirectoryId,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub document: Option<UserDocument>,
    pub view: Option<UserView>,
}

/// Clean SCIM JSON, and what SCIM filters by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDocument {
    pub json: String,
    pub user_name_key: String,
    pub display_name_key: Option<String>,
    pub external_id: Option<String>,
    /// The e-mail addresses, as case keys, each once.
    pub mail_keys: Vec<String>,
    pub active: bool,
}

/// The public JSON ([`crate::view::DirectoryUser`]), and what REST filters by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserView {
    pub json: String,
    pub idp_id: String,
    pub email_key: Option<String>,
    pub state: UserState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    pub environment_id: EnvironmentId,
    pub directory_id: DirectoryId,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub document: Option<GroupDocument>,
    /// The public JSON ([`crate::view::DirectoryGroup`]).
    pub view: Option<String>,
}

/// Clean SCIM JSON without members, and what SCIM filters by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDocument {
    pub json: String,
    pub display_name_key: String,
    pub external_id: Option<String>,
}

/// A user in a group: so in the documents (`present`), and as last told (`told`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    pub group_id: GroupId,
    pub user_id: UserId,
    pub environment_id: EnvironmentId,
    pub directory_id: DirectoryId,
    pub present: bool,
    pub told: bool,
}

/// A reference to somebody whom the directory does not have yet: it waits for a user with this id or external id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    pub id: ParkedId,
    pub environment_id: EnvironmentId,
    pub directory_id: DirectoryId,
    pub referrer: Referrer,
    /// As the identity provider sent it.
    pub value: String,
    pub created_at: Timestamp,
}

/// Whose reference it is. Its text is the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Referrer {
    /// A group, of one of its members.
    Group(GroupId),
    /// A user, of the manager.
    User(UserId),
}

impl fmt::Display for Referrer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
        }
    }
}

impl FromStr for Referrer {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        text.parse().map(Self::Group).or_else(|_| text.parse().map(Self::User))
    }
}
