//! `parked_reference`.

use serde::Serialize;

use crate::id::{DirectoryId, GroupId, ParkedId, UserId};
use crate::resource::{Parked, Referrer};
use crate::time::Timestamp;
use crate::view::tag::{self, ObjectTag};

/// A reference that waits for its user: `GET /directories/{id}/parked`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParkedView {
    pub object: ObjectTag<tag::ParkedReference>,
    pub id: ParkedId,
    pub directory_id: DirectoryId,
    /// `member` or `manager`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Of a member.
    pub group_id: Option<GroupId>,
    /// Whose manager it is.
    pub user_id: Option<UserId>,
    pub value: String,
    pub age_seconds: i64,
    pub created_at: Timestamp,
}

impl ParkedView {
    /// As it looks at `now`.
    pub fn new(parked: &Parked, now: Timestamp) -> Self {
        let (kind, group_id, user_id) = match parked.referrer {
            Referrer::Group(group) => ("member", Some(group), None),
            Referrer::User(user) => ("manager", None, Some(user)),
        };
        Self {
            object: ObjectTag::default(),
            id: parked.id,
            directory_id: parked.directory_id,
            kind,
            group_id,
            user_id,
            value: parked.value.clone(),
            // Clocks differ.
            age_seconds: ((now.0 - parked.created_at.0) / 1000).max(0),
            created_at: parked.created_at,
        }
    }
}
