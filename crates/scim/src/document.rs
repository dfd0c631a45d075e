//! A resource as the client wrote it and as it is kept.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::schema::{Attribute, ResourceType};

/// A clean resource: attribute names in the schema's case, no nulls, no empty arrays or objects, nothing read-only or
/// detached, no `schemas`, `id` or `meta`; extension blocks stand under their URN. Values are as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Document(Map<String, Value>);

impl Document {
    /// Takes back what [`Document::as_map`] gave to a store; it is trusted to be clean.
    pub fn from_stored(members: Map<String, Value>) -> Self {
        Self(members)
    }

    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn members(&mut self) -> &mut Map<String, Value> {
        &mut self.0
    }

    /// By the canonical name or the extension's URN.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A string by its canonical name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Gives each attribute with a default that is missing (a user's `active`) its previous value, in a new resource its default:
    /// a PUT without it changes nothing (N24).
    pub fn fill_defaults(&mut self, resource_type: &ResourceType, previous: Option<&Self>) {
        let missing = |attribute: &&Attribute| !self.0.contains_key(attribute.name);
        let filled = resource_type.schema.attributes.iter().filter(missing).filter_map(|attribute| {
            let default = Value::Bool(attribute.default?);
            let value = previous.map_or(Some(&default), |previous| previous.get(attribute.name))?.clone();
            Some((attribute.name.to_owned(), value))
        });
        let filled: Vec<_> = filled.collect();
        self.0.extend(filled);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{GROUP, USER};

    fn check(resource_type: &ResourceType, before: Value, previous: Option<Value>, expected: &Value) {
        let mut document: Document = serde_json::from_value(before).unwrap();
        let previous: Option<Document> = previous.map(|previous| serde_json::from_value(previous).unwrap());
        document.fill_defaults(resource_type, previous.as_ref());
        assert_eq!(&serde_json::to_value(document).unwrap(), expected);
    }

    #[test]
    fn n24_active_is_kept() {
        check(&USER, json!({}), None, &json!({ "active": true }));
        check(&USER, json!({}), Some(json!({ "active": false, "title": "x" })), &json!({ "active": false }));
        check(&USER, json!({}), Some(json!({ "title": "x" })), &json!({}));
        check(&USER, json!({ "active": true }), Some(json!({ "active": false })), &json!({ "active": true }));
        check(&GROUP, json!({}), None, &json!({}));
    }
}
