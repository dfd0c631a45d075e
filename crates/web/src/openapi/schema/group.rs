//! `directory_group`.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::DirectoryGroupTag;

/// A group of a directory.
#[derive(ToSchema)]
pub struct DirectoryGroup {
    #[schema(inline)]
    pub object: DirectoryGroupTag,
    #[schema(example = "directory_group_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    /// The identity provider's own id, else the first name that the group had.
    #[schema(example = "Pilots")]
    pub idp_id: String,
    #[schema(example = "directory_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub directory_id: String,
    #[schema(example = "org_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub organization_id: String,
    #[schema(example = "Pilots")]
    pub name: String,
    /// What the identity provider sent, without members.
    pub raw_attributes: Map<String, Value>,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub updated_at: String,
}
