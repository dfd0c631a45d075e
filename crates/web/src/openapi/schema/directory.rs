//! `directory`.

use model::tenant::DirectoryType;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::DirectoryTag;

/// One identity provider's feed of one organization.
#[derive(ToSchema)]
pub struct Directory {
    #[schema(inline)]
    pub object: DirectoryTag,
    #[schema(example = "directory_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    #[schema(example = "org_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub organization_id: String,
    /// Ends the directory's SCIM address.
    #[schema(example = "k3v9x2m7q4t8w1z5b6n0")]
    pub external_key: String,
    #[schema(rename = "type", schema_with = directory_type)]
    pub kind: String,
    #[schema(inline)]
    pub state: DirectoryState,
    #[schema(example = "Acme's people")]
    pub name: String,
    pub metadata: DirectoryCounts,
    pub settings: DirectorySettings,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub updated_at: String,
}

/// `validating` until the first request with one of its tokens arrives, then `linked`.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum DirectoryState {
    Validating,
    Linked,
}

/// How many users and groups the application has been told of.
#[derive(ToSchema)]
pub struct DirectoryCounts {
    pub users: DirectoryUserCounts,
    #[schema(example = 12)]
    pub groups: i64,
}

/// How many users, by state.
#[derive(ToSchema)]
pub struct DirectoryUserCounts {
    #[schema(example = 240)]
    pub active: i64,
    #[schema(example = 3)]
    pub inactive: i64,
}

/// What the directory forgives of its identity provider.
#[derive(ToSchema)]
pub struct DirectorySettings {
    /// Nothing is forgiven, whatever else is set: the letter of RFC 7643 and RFC 7644 alone.
    #[schema(default = false)]
    pub strict: bool,
    /// The `Authorization` header may hold the token without `Bearer` before it.
    #[schema(default = true)]
    pub bare_token: bool,
    #[schema(inline)]
    pub unknown_attributes: UnknownAttributes,
    #[schema(inline)]
    pub empty_operations: EmptyOperations,
    #[schema(inline)]
    pub group_put_without_members: OmittedMembers,
}

/// What changes of the settings; what is absent stays as it is.
#[derive(ToSchema)]
#[schema(as = DirectorySettingsUpdate)]
pub struct SettingsChange {
    pub strict: Option<bool>,
    pub bare_token: Option<bool>,
    #[schema(inline)]
    pub unknown_attributes: Option<UnknownAttributes>,
    #[schema(inline)]
    pub empty_operations: Option<EmptyOperations>,
    #[schema(inline)]
    pub group_put_without_members: Option<OmittedMembers>,
}

/// What becomes of attributes that no schema has: dropped unless this says otherwise, or 400.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum UnknownAttributes {
    Drop,
    Reject,
}

/// What becomes of a PATCH without operations: a success that changes nothing unless this says otherwise, or 400.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum EmptyOperations {
    Ignore,
    Reject,
}

/// What a PUT of a group that does not mention its members does to them: they go unless this says otherwise.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum OmittedMembers {
    Clear,
    Keep,
}

/// The public names of the kinds of directories.
pub fn directory_type() -> Object {
    let names = DirectoryType::ALL.iter().map(|kind| kind.as_str());
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build()
}
