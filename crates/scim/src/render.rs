//! A document with what the server knows of it, as it is answered (RFC 7643 section 3).

use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::precondition::entity_tag;
use crate::projection::Projection;
use crate::reference::Reference;
use crate::schema::{Attribute, ResourceType, is_open_urn};
use crate::time;

/// What the server adds to a document.
#[derive(Debug, Clone, Copy)]
pub struct Meta<'a> {
    pub resource_type: &'static ResourceType,
    pub id: &'a str,
    /// Where the directory's SCIM endpoint is, without a slash at the end.
    pub base_url: &'a str,
    /// Since the epoch.
    pub created_ms: i64,
    /// Since the epoch.
    pub last_modified_ms: i64,
    /// Shown as an entity tag.
    pub version: i64,
}

impl Meta<'_> {
    /// The resource's URI: `meta.location` and the `Location` header.
    pub fn location(&self) -> String {
        format!("{}{}/{}", self.base_url, self.resource_type.endpoint, self.id)
    }

    fn to_value(self) -> Value {
        json!({
            "resourceType": self.resource_type.name,
            "created": time::format_ms(self.created_ms),
            "lastModified": time::format_ms(self.last_modified_ms),
            "location": self.location(),
            "version": entity_tag(self.version),
        })
    }
}

/// The resource as JSON, its values exactly as written (N28). `references` are those of the detached attribute, a group's
/// `members` or a user's `groups`: an array, empty or not, or nothing at all when they were not asked for.
pub fn render(document: &Document, meta: &Meta<'_>, references: Option<&[Reference]>) -> Value {
    let mut resource = Map::new();
    resource.insert("schemas".to_owned(), schemas(document, meta.resource_type));
    resource.insert("id".to_owned(), meta.id.into());
    resource.extend(document.as_map().clone());
    if let (Some(attribute), Some(references)) = (meta.resource_type.detached(), references) {
        let entries = references.iter().map(|reference| entry(attribute, reference, meta.base_url));
        resource.insert(attribute.name.to_owned(), entries.collect());
    }
    resource.insert("meta".to_owned(), meta.to_value());
    Value::Object(resource)
}

/// Entries of the detached attribute as [`render`] shows them, with what `projection` leaves of each.
pub fn render_references(
    resource_type: &ResourceType,
    references: &[Reference],
    base_url: &str,
    projection: &Projection,
) -> Vec<Value> {
    let Some(attribute) = resource_type.detached() else { return Vec::new() };
    let entries: Value = references.iter().map(|reference| entry(attribute, reference, base_url)).collect();
    let mut alone = Value::Object(Map::from_iter([(attribute.name.to_owned(), entries)]));
    projection.apply(&mut alone);
    match alone[attribute.name].take() {
        Value::Array(entries) => entries,
        _ => Vec::new(),
    }
}

/// The core schema, and each extension that carries a value.
fn schemas(document: &Document, resource_type: &ResourceType) -> Value {
    let extensions = document.as_map().keys().map(String::as_str).filter(|key| is_open_urn(key));
    std::iter::once(resource_type.schema.id).chain(extensions).collect()
}

fn entry(attribute: &Attribute, reference: &Reference, base_url: &str) -> Value {
    let mut entry = reference.to_entry();
    if let Some(target) = referred(attribute, reference) {
        entry.insert("$ref".to_owned(), format!("{base_url}{}/{}", target.endpoint, reference.value).into());
    }
    Value::Object(entry)
}

/// The resource type that the reference names, else the first one that it may have.
fn referred(attribute: &Attribute, reference: &Reference) -> Option<&'static ResourceType> {
    let types = attribute.sub_attribute("$ref")?.reference_types;
    let named = reference.kind.as_deref().and_then(ResourceType::find).filter(|named| types.contains(&named.name));
    named.or_else(|| ResourceType::find(types.first()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{GROUP, USER};

    fn check(
        resource_type: &'static ResourceType,
        document: Value,
        references: Option<&[Reference]>,
        expected: &Value,
    ) {
        let document: Document = serde_json::from_value(document).unwrap();
        let base_url = "https://x.example/scim/v2/k";
        let meta =
            Meta { resource_type, id: "1", base_url, created_ms: 0, last_modified_ms: 1_305_261_754_123, version: 3 };
        assert_eq!(&render(&document, &meta, references), expected);
    }

    fn meta(name: &str, endpoint: &str) -> Value {
        json!({
            "resourceType": name,
            "created": "1970-01-01T00:00:00.000Z",
            "lastModified": "2011-05-13T04:42:34.123Z",
            "location": format!("https://x.example/scim/v2/k{endpoint}/1"),
            "version": "W/\"3\"",
        })
    }

    #[test]
    fn user_with_extensions() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        check(
            &USER,
            json!({ "userName": "A\u{30a}", enterprise: { "department": "d" }, "urn:x:y": { "a": 1 } }),
            None,
            &json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise, "urn:x:y"],
                "id": "1", "userName": "A\u{30a}", enterprise: { "department": "d" }, "urn:x:y": { "a": 1 },
                "meta": meta("User", "/Users"),
            }),
        );
    }

    #[test]
    fn n28_members_are_an_array() {
        let group = |members: Option<Value>| {
            let mut group = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "id": "1", "displayName": "g", "meta": meta("Group", "/Groups"),
            });
            if let Some(members) = members {
                group["members"] = members;
            }
            group
        };
        let document = || json!({ "displayName": "g" });
        check(&GROUP, document(), None, &group(None));
        check(&GROUP, document(), Some(&[]), &group(Some(json!([]))));
        let named = Reference { display: Some("N".into()), kind: Some("User".into()), ..Reference::new("n") };
        let members = json!([
            { "value": "u", "$ref": "https://x.example/scim/v2/k/Users/u" },
            { "value": "n", "display": "N", "type": "User", "$ref": "https://x.example/scim/v2/k/Users/n" },
        ]);
        check(&GROUP, document(), Some(&[Reference::new("u"), named]), &group(Some(members)));
    }

    #[test]
    fn groups_of_a_user_and_the_version() {
        let document: Document = serde_json::from_value(json!({ "userName": "u" })).unwrap();
        let base_url = "https://x.example/scim/v2/k";
        let meta = Meta { resource_type: &USER, id: "1", base_url, created_ms: 0, last_modified_ms: 0, version: 3 };
        let direct = Reference { kind: Some("direct".into()), ..Reference::new("g") };
        let user = render(&document, &meta, Some(&[direct]));
        let groups = json!([{ "value": "g", "type": "direct", "$ref": "https://x.example/scim/v2/k/Groups/g" }]);
        assert_eq!(user["groups"], groups);
        assert_eq!(user["meta"]["version"], "W/\"3\"");
    }
}
