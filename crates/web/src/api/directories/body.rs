//! What a caller says of a directory and of a token.

use model::Timestamp;
use model::settings::SettingsChange;
use model::tenant::DirectoryType;
use utoipa::ToSchema;

use crate::api::error::ApiError;
use crate::api::input::{Fields, ReadBody};
use crate::openapi::schema;

/// A new directory.
#[derive(ToSchema)]
pub(super) struct NewDirectory {
    #[schema(example = "org_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub(super) organization_id: String,
    #[schema(max_length = 255, example = "Acme's people")]
    pub(super) name: String,
    #[schema(rename = "type", schema_with = schema::directory_type)]
    pub(super) kind: DirectoryType,
}

/// What changes of a directory; what is absent stays as it is.
#[derive(ToSchema)]
pub(super) struct DirectoryUpdate {
    #[schema(max_length = 255, example = "Acme's people")]
    pub(super) name: Option<String>,
    #[schema(value_type = Option<schema::SettingsChange>)]
    pub(super) settings: SettingsChange,
}

/// A new bearer token.
#[derive(ToSchema)]
pub(super) struct NewToken {
    /// So that people can tell tokens apart.
    #[schema(max_length = 255, example = "2026 rotation")]
    pub(super) name: String,
    /// From then on it opens nothing. Absent: never.
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-01-15T12:00:00.000Z")]
    pub(super) expires_at: Option<Timestamp>,
}

impl ReadBody for NewDirectory {
    fn read(fields: &mut Fields) -> Result<Self, ApiError> {
        let (organization_id, name) = (fields.required("organization_id"), fields.required("name"));
        let kind = fields.required_choice("type", DirectoryType::parse, "type is no directory type");
        Ok(Self { organization_id: organization_id?, name: name?, kind: kind? })
    }
}

impl ReadBody for DirectoryUpdate {
    fn read(fields: &mut Fields) -> Result<Self, ApiError> {
        let (name, settings) = (fields.optional("name"), fields.optional("settings"));
        Ok(Self { name: name?, settings: settings?.unwrap_or_default() })
    }
}

impl ReadBody for NewToken {
    fn read(fields: &mut Fields) -> Result<Self, ApiError> {
        let (name, expires_at) = (fields.required("name"), fields.optional("expires_at"));
        Ok(Self { name: name?, expires_at: expires_at? })
    }
}
