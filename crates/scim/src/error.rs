//! The one error of the protocol (RFC 7644 section 3.12): a status, a `scimType` and a detail that names what was wrong.

use serde_json::{Value, json};

pub const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// What a SCIM client is told. `detail` names attributes, operations and limits, never a value, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    pub status: u16,
    pub scim_type: Option<ScimType>,
    pub detail: String,
}

/// RFC 7644 section 3.12, table 9, and RFC 9865 section 2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimType {
    InvalidFilter,
    TooMany,
    Uniqueness,
    Mutability,
    InvalidSyntax,
    InvalidPath,
    NoTarget,
    InvalidValue,
    InvalidVers,
    Sensitive,
    InvalidCursor,
    ExpiredCursor,
    InvalidCount,
}

impl ScimType {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

impl Error {
    /// An error without a `scimType`: 401, 404, 405, 412, 413, 429, 5xx.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: told(detail.into()) }
    }

    /// 400 with its `scimType`.
    pub fn bad_request(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: 400, scim_type: Some(scim_type), detail: told(detail.into()) }
    }

    pub fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidSyntax, detail)
    }

    pub fn invalid_value(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidValue, detail)
    }

    pub fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidFilter, detail)
    }

    pub fn invalid_path(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::InvalidPath, detail)
    }

    pub fn no_target(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::NoTarget, detail)
    }

    pub fn mutability(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::Mutability, detail)
    }

    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::bad_request(ScimType::TooMany, detail)
    }

    /// 409: another resource holds the value of this unique attribute (RFC 7644 section 3.3).
    pub fn uniqueness(attribute: &str) -> Self {
        let detail = format!("another resource has this {attribute}");
        Self { status: 409, scim_type: Some(ScimType::Uniqueness), detail }
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, detail)
    }

    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(413, detail)
    }

    /// Says which operation of a PATCH the error is about; they are counted from 1.
    #[must_use]
    pub(crate) fn in_operation(mut self, number: usize) -> Self {
        self.detail = format!("operation {number}: {}", self.detail);
        self
    }

    /// The body of the answer; `status` is a string (RFC 7644 section 3.12).
    pub fn to_json(&self) -> Value {
        let mut body = json!({ "schemas": [ERROR_SCHEMA], "status": self.status.to_string() });
        if let Some(scim_type) = self.scim_type {
            body["scimType"] = scim_type.as_str().into();
        }
        body["detail"] = self.detail.as_str().into();
        body
    }
}

/// A detail may name an attribute that only the client knows: it stays one line of a bounded length.
fn told(detail: String) -> String {
    const TOLD: usize = 500;
    if detail.len() <= TOLD && !detail.contains(char::is_control) {
        return detail;
    }
    detail.chars().filter(|c| !c.is_control()).take(TOLD).collect()
}

/// A name from the input as it may be shown: short, without control characters and without a filter, which may hold personal
/// data.
pub(crate) fn shown(name: &str) -> String {
    const SHOWN: usize = 120;
    let name = name.split_once('[').map_or(name, |(name, _)| name);
    let mut shown: String = name.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    if name.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", shown(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: &Error, expected: &Value) {
        assert_eq!(&error.to_json(), expected);
    }

    #[test]
    fn rendered() {
        check(
            &Error::invalid_filter("x"),
            &json!({ "schemas": [ERROR_SCHEMA], "status": "400", "scimType": "invalidFilter", "detail": "x" }),
        );
        check(&Error::not_found("no"), &json!({ "schemas": [ERROR_SCHEMA], "status": "404", "detail": "no" }));
        check(
            &Error::uniqueness("userName"),
            &json!({
                "schemas": [ERROR_SCHEMA], "status": "409", "scimType": "uniqueness",
                "detail": "another resource has this userName",
            }),
        );
        check(
            &Error::mutability("x").in_operation(3),
            &json!({
                "schemas": [ERROR_SCHEMA], "status": "400", "scimType": "mutability", "detail": "operation 3: x",
            }),
        );
    }

    #[test]
    fn quoted_names_are_short() {
        assert_eq!(quote("shoe\u{0}Size"), "\"shoeSize\"");
        assert_eq!(quote("shoes[value eq \"a@x.example\"].size"), "\"shoes\"");
        assert_eq!(quote(&"x".repeat(121)), format!("\"{}…\"", "x".repeat(120)));
    }

    #[test]
    fn a_detail_is_one_short_line() {
        assert_eq!(Error::invalid_path("urn:x:a\u{1c}\nb has no entries").detail, "urn:x:ab has no entries");
        assert_eq!(Error::too_large("é".repeat(501)).detail, "é".repeat(500));
    }
}
