//! A refusal.

use utoipa::ToSchema;

/// Why a request was refused.
#[derive(ToSchema)]
pub struct Error {
    /// For people.
    #[schema(example = "Could not find a directory with the id, directory_01HF7YAT00Z2RAY2RMT8R4QZ7A.")]
    pub message: String,
    /// For programs.
    #[schema(example = "entity_not_found")]
    pub code: String,
    /// What is wrong, one by one, where the status is 422.
    #[schema(nullable = false)]
    pub errors: Option<Vec<ErrorDetail>>,
    /// The id that was not found, where the status is 404.
    #[schema(nullable = false, example = "directory_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub entity_id: Option<String>,
}

/// One thing that is wrong.
#[derive(ToSchema)]
pub struct ErrorDetail {
    #[schema(example = "required")]
    pub code: String,
    /// The field or parameter.
    #[schema(example = "events")]
    pub field: String,
    #[schema(example = "events is required")]
    pub message: String,
}
