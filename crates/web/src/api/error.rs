//! The API's refusals: one shape, one mapping (`workos-contract.md` 2.6).
//!
//! There is never a member `error` at the top: SDKs would take it for OAuth's.

use std::error::Error;
use std::fmt;

use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

/// After how many seconds to ask again when the database is away.
const RETRY_AFTER_S: u32 = 1;

/// Refused with 400, not with 409 or 422 (`workos-contract.md` 2.6).
const BAD_REQUEST_CODES: &[&str] = &["invalid_metadata", "external_id_already_used", "stripe_customer_id_already_used"];

const BAD_REQUEST: &str = "bad_request";
const INVALID: &str = "invalid_request_parameters";

/// A refusal.
#[derive(Debug)]
pub(crate) struct ApiError(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    body: Body,
    /// The methods that the path takes, where the status is 405.
    allow: Option<String>,
    /// Why, for the log.
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Debug, Serialize)]
struct Body {
    message: String,
    code: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Detail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_id: Option<String>,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Detail {
    code: &'static str,
    field: String,
    message: String,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let body = Body { message: message.into(), code, errors: Vec::new(), entity_id: None };
        Self(Box::new(Refusal { status, body, allow: None, source: None }))
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Unauthorized")
    }

    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this path.")
    }

    pub(crate) fn no_method(allowed: &[Method]) -> Self {
        let allowed: Vec<_> = allowed.iter().map(Method::as_str).collect();
        let message = format!("This path takes {}.", allowed.join(", "));
        let mut refused = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
        refused.0.allow = Some(allowed.join(", "));
        refused
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, BAD_REQUEST, message)
    }

    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", message)
    }

    /// A field that is there and unusable.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::field("invalid", field, message.into())
    }

    /// A field that is not there.
    pub(crate) fn required(field: &str) -> Self {
        Self::field("required", field, format!("{field} is required"))
    }

    fn field(code: &'static str, field: &str, message: String) -> Self {
        let mut refused = Self::new(StatusCode::UNPROCESSABLE_ENTITY, INVALID, message.clone());
        refused.0.body.errors.push(Detail { code, field: field.to_owned(), message });
        refused
    }

    /// Metadata that is no map of texts.
    pub(crate) fn metadata(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_metadata", message)
    }

    /// What is wrong, one by one.
    pub(crate) fn details(&self) -> &[Detail] {
        &self.0.body.errors
    }

    /// The same refusal, as one of several.
    pub(crate) fn among(mut self, faults: Vec<Detail>) -> Self {
        if !self.0.body.errors.is_empty() {
            self.0.body.errors = faults;
        }
        self
    }

    /// A sync that was asked of a directory that nobody pulls.
    pub(crate) fn not_pulled() -> Self {
        let message = "The directory's identity provider pushes; there is nothing to pull.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "directory_sync_not_supported", message)
    }

    /// A view that cannot be written as JSON.
    pub(crate) fn unwritable(source: serde_json::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong here.").because(source)
    }

    fn because(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }
}

impl From<broker::Error> for ApiError {
    fn from(error: broker::Error) -> Self {
        use broker::Error::{Conflict, Invalid, NotFound, Unavailable};
        let message = error.to_string();
        match error {
            NotFound { id, .. } => {
                let mut refused = Self::new(StatusCode::NOT_FOUND, "entity_not_found", message);
                refused.0.body.entity_id = Some(id);
                refused
            }
            Conflict { code, .. } | Invalid { code, .. } if BAD_REQUEST_CODES.contains(&code) => {
                Self::new(StatusCode::BAD_REQUEST, code, message)
            }
            Conflict { code, .. } => Self::new(StatusCode::CONFLICT, code, message),
            Invalid { code: code @ "invalid_url", .. } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message),
            // A cursor into the event log that is unknown or expired: pollers clear it on 400 and begin again.
            Invalid { field: "after", .. } => Self::bad_request(message),
            Invalid { code: INVALID, field, .. } => Self::invalid(field, message),
            Invalid { code, field, .. } => Self::field(code, field, message),
            Unavailable(source) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again later.").because(source)
            }
        }
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.field)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.body.message)
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| -> &(dyn Error + 'static) { source })
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.status);
        match self.0.status {
            StatusCode::UNAUTHORIZED => drop(response.insert_header((WWW_AUTHENTICATE, "Bearer"))),
            StatusCode::SERVICE_UNAVAILABLE => drop(response.insert_header((RETRY_AFTER, RETRY_AFTER_S))),
            _ => {}
        }
        if let Some(allow) = &self.0.allow {
            response.insert_header((ALLOW, allow.as_str()));
        }
        response.json(&self.0.body)
    }
}
