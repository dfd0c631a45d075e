//! The answers that no view of `model` has: with a secret, shown this once.

use model::Timestamp;
use model::id::{DirectoryId, DirectoryTokenId};
use model::secret::Secret;
use model::tenant::{Directory, DirectoryToken};
use model::view::{DirectoryView, ObjectTag, tag};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Settings;
use crate::openapi::schema;

/// A directory that was just made, with what an identity provider needs to reach it.
#[derive(Serialize, ToSchema)]
pub struct CreatedDirectory {
    #[serde(flatten)]
    #[schema(value_type = schema::Directory)]
    directory: DirectoryView,
    /// The SCIM base URL.
    #[schema(example = "https://rollcall.example/scim/v2.0/k3v9x2m7q4t8w1z5b6n0")]
    scim_endpoint: String,
    /// Shown this once.
    #[schema(example = "se_…")]
    bearer_token: String,
}

impl CreatedDirectory {
    pub fn new(directory: &Directory, token: &Secret, settings: &Settings) -> Self {
        Self {
            directory: directory.into(),
            scim_endpoint: settings.scim_endpoint(&directory.external_key),
            bearer_token: token.reveal().to_owned(),
        }
    }
}

/// A bearer token of a directory, as listed.
#[derive(Serialize, ToSchema)]
#[schema(as = DirectoryToken)]
pub(super) struct TokenView {
    #[schema(inline, value_type = schema::DirectoryTokenTag)]
    object: ObjectTag<tag::DirectoryToken>,
    #[schema(value_type = String, example = "directory_token_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    id: DirectoryTokenId,
    #[schema(value_type = String, example = "directory_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    directory_id: DirectoryId,
    #[schema(example = "2026 rotation")]
    name: String,
    /// The last characters of the secret.
    #[schema(example = "x7Qa")]
    token_suffix: String,
    #[schema(value_type = String, format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    created_at: Timestamp,
    /// To the minute.
    #[schema(required, value_type = Option<String>, format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    last_used_at: Option<Timestamp>,
    #[schema(required, value_type = Option<String>, format = DateTime, example = "2027-01-15T12:00:00.000Z")]
    expires_at: Option<Timestamp>,
}

impl From<&DirectoryToken> for TokenView {
    fn from(token: &DirectoryToken) -> Self {
        Self {
            object: ObjectTag::default(),
            id: token.id,
            directory_id: token.directory_id,
            name: token.name.clone(),
            token_suffix: token.suffix.clone(),
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            expires_at: token.expires_at,
        }
    }
}

/// The bearer tokens of a directory.
#[derive(ToSchema)]
#[schema(as = DirectoryTokenList)]
#[expect(dead_code, reason = "for the document: `answer::list` writes it")]
pub(super) struct TokenList {
    #[schema(inline)]
    object: schema::ListTag,
    data: Vec<TokenView>,
    list_metadata: schema::ListMetadata,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedToken {
    #[serde(flatten)]
    pub(super) token: TokenView,
    /// Shown this once.
    #[schema(example = "se_…")]
    pub(super) bearer_token: String,
}
