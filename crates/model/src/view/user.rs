//! `directory_user`: a person as the REST API and the events show them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{DirectoryId, OrganizationId, UserId};
use crate::person::Email;
use crate::time::Timestamp;
use crate::view::tag::ObjectTag;
use crate::view::{Custom, tag};

/// The public shape of a user, without groups (events carry it so; REST adds `groups`).
///
/// Source: `DirectoryUser` of the WorkOS API; `raw_attributes`, `emails`, `job_title` and `username` stay filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DirectoryUser {
    pub object: ObjectTag<tag::DirectoryUser>,
    pub id: UserId,
    pub directory_id: DirectoryId,
    pub organization_id: OrganizationId,
    pub idp_id: String,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub name: Option<String>,
    pub emails: Vec<Email>,
    pub job_title: Option<String>,
    pub username: Option<String>,
    pub state: UserState,
    pub raw_attributes: Map<String, Value>,
    pub custom_attributes: Custom,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    Active,
    Inactive,
}

impl UserState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Inactive].into_iter().find(|state| state.as_str() == text)
    }
}
