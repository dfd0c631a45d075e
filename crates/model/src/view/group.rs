//! `directory_group`: a group as the REST API and the events show it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{DirectoryId, GroupId, OrganizationId};
use crate::time::Timestamp;
use crate::view::tag::{self, ObjectTag};

/// The public shape of a group. `idp_id` is the external id, else the first name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DirectoryGroup {
    pub object: ObjectTag<tag::DirectoryGroup>,
    pub id: GroupId,
    pub idp_id: String,
    pub directory_id: DirectoryId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub raw_attributes: Map<String, Value>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
