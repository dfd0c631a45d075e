//! The words that all providers share.

use serde_json::{Value, json};
use url::form_urlencoded;

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Most entries of one PATCH that adds members; larger changes are cut.
pub(super) const MEMBERS_PER_PATCH: usize = 100;

/// A member of a group, as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The id that the server gave to the user.
    pub(crate) id: String,
    pub(crate) user_name: String,
}

pub(crate) fn patch(operations: impl Into<Vec<Value>>) -> Value {
    json!({"schemas": [PATCH_OP], "Operations": operations.into()})
}

pub(super) fn user(id: &str) -> String {
    format!("/Users/{id}")
}

pub(super) fn group(id: &str) -> String {
    format!("/Groups/{id}")
}

/// `attribute eq "value"`; the value is quoted as JSON (RFC 7644 3.4.2.2).
pub(super) fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} eq {}", Value::from(value))
}

/// Form encoding: a space is `+`.
pub(super) fn plus_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Percent encoding: a space is `%20`.
pub(super) fn percent_encoded(text: &str) -> String {
    plus_encoded(text).replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_quotes_plus_and_accents() {
        let filter = equals("displayName", "Tidal \"N\" + Ä");
        assert_eq!(filter, r#"displayName eq "Tidal \"N\" + Ä""#);
        assert_eq!(plus_encoded(&filter), "displayName+eq+%22Tidal+%5C%22N%5C%22+%2B+%C3%84%22");
        assert_eq!(percent_encoded(&filter), "displayName%20eq%20%22Tidal%20%5C%22N%5C%22%20%2B%20%C3%84%22");
    }
}
