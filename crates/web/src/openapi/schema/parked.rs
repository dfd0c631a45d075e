//! `parked_reference`.

use utoipa::ToSchema;

use super::ParkedReferenceTag;

/// A reference to somebody whom the directory does not have yet.
#[derive(ToSchema)]
pub struct ParkedReference {
    #[schema(inline)]
    pub object: ParkedReferenceTag,
    #[schema(example = "parked_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    #[schema(example = "directory_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub directory_id: String,
    #[schema(rename = "type", inline)]
    pub kind: ParkedKind,
    /// Whose member it is.
    #[schema(required, example = "directory_group_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub group_id: Option<String>,
    /// Whose manager it is.
    #[schema(required, example = json!(null))]
    pub user_id: Option<String>,
    /// As the identity provider sent it: what the user's external id must be.
    #[schema(example = "00u1ab2cd3")]
    pub value: String,
    /// For how long it has waited.
    #[schema(example = 86_400)]
    pub age_seconds: i64,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
}

/// What refers.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum ParkedKind {
    Member,
    Manager,
}
