//! `/Schemas` (RFC 7643 section 7).

use serde_json::{Value, json};

use super::listed;
use crate::schema::{Attribute, RESOURCE_TYPES, Schema, Type};

const SCHEMA_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// `GET /Schemas`.
pub fn schemas(base_url: &str) -> Value {
    listed(all().map(|schema| document(schema, base_url)).collect())
}

/// `GET /Schemas/{urn}`; `None` is a 404.
pub fn schema(base_url: &str, urn: &str) -> Option<Value> {
    all().find(|schema| schema.id.eq_ignore_ascii_case(urn)).map(|schema| document(schema, base_url))
}

fn all() -> impl Iterator<Item = &'static Schema> {
    RESOURCE_TYPES.iter().flat_map(|kind| std::iter::once(kind.schema).chain(kind.extensions.iter().copied()))
}

fn document(schema: &Schema, base_url: &str) -> Value {
    json!({
        "schemas": [SCHEMA_SCHEMA],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": schema.attributes.iter().map(row).collect::<Value>(),
        "meta": { "resourceType": "Schema", "location": format!("{base_url}/Schemas/{}", schema.id) },
    })
}

fn row(attribute: &Attribute) -> Value {
    let mut row = json!({
        "name": attribute.name,
        "type": attribute.kind.as_str(),
        "multiValued": attribute.multi_valued,
        "description": attribute.description,
        "required": attribute.required,
        "caseExact": attribute.case_exact,
        "mutability": attribute.mutability.as_str(),
        "returned": attribute.returned.as_str(),
        "uniqueness": attribute.uniqueness.as_str(),
    });
    if !attribute.canonical_values.is_empty() {
        row["canonicalValues"] = json!(attribute.canonical_values);
    }
    if attribute.kind == Type::Reference {
        row["referenceTypes"] = json!(attribute.reference_types);
    }
    if attribute.kind == Type::Complex {
        row["subAttributes"] = attribute.sub_attributes.iter().map(self::row).collect();
    }
    row
}
