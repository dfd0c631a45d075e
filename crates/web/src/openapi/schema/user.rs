//! `directory_user`.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{DirectoryGroup, DirectoryUserTag};

/// A person, as events carry them.
#[derive(ToSchema)]
pub struct DirectoryUser {
    #[schema(inline)]
    pub object: DirectoryUserTag,
    #[schema(example = "directory_user_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub id: String,
    #[schema(example = "directory_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub directory_id: String,
    #[schema(example = "org_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub organization_id: String,
    /// The identity provider's own id, else the first user name that the person had.
    #[schema(example = "00u1a2b3c4")]
    pub idp_id: String,
    /// The primary address.
    #[schema(required, example = "ann@acme.example")]
    pub email: Option<String>,
    #[schema(required, example = "Ann")]
    pub first_name: Option<String>,
    #[schema(required, example = "Lee")]
    pub last_name: Option<String>,
    #[schema(required, example = "Ann Lee")]
    pub name: Option<String>,
    pub emails: Vec<Email>,
    #[schema(required, example = "Pilot")]
    pub job_title: Option<String>,
    #[schema(required, example = "ann@acme.example")]
    pub username: Option<String>,
    #[schema(inline)]
    pub state: UserState,
    /// What the identity provider sent.
    pub raw_attributes: Map<String, Value>,
    pub custom_attributes: CustomAttributes,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub created_at: String,
    #[schema(format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    pub updated_at: String,
}

/// A person with their groups, as the API answers them.
#[derive(ToSchema)]
pub struct DirectoryUserWithGroups {
    #[serde(flatten)]
    pub user: DirectoryUser,
    pub groups: Vec<DirectoryGroup>,
}

/// One mail address.
#[derive(ToSchema)]
pub struct Email {
    #[schema(nullable = false, example = true)]
    pub primary: Option<bool>,
    #[schema(rename = "type", nullable = false, example = "work")]
    pub kind: Option<String>,
    #[schema(required, example = "ann@acme.example")]
    pub value: Option<String>,
}

/// Whether the person may use what the directory grants.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum UserState {
    Active,
    Inactive,
}

/// The predefined attributes; null where the identity provider says nothing.
#[derive(ToSchema)]
pub struct CustomAttributes {
    #[schema(required)]
    pub addresses: Option<Vec<Map<String, Value>>>,
    #[schema(required)]
    pub cost_center_name: Option<String>,
    #[schema(required, example = "Flight")]
    pub department_name: Option<String>,
    #[schema(required)]
    pub display_name: Option<String>,
    #[schema(required)]
    pub division_name: Option<String>,
    #[schema(required)]
    pub emails: Option<Vec<Email>>,
    #[schema(required)]
    pub employee_number: Option<String>,
    #[schema(required)]
    pub employee_type: Option<String>,
    #[schema(required)]
    pub employment_start_date: Option<String>,
    #[schema(required, example = "Pilot")]
    pub job_title: Option<String>,
    #[schema(required)]
    pub manager_email: Option<String>,
    #[schema(required)]
    pub manager_id: Option<String>,
    #[schema(required)]
    pub manager_name: Option<String>,
    #[schema(required)]
    pub organization: Option<String>,
    #[schema(required)]
    pub username: Option<String>,
}
