//! The order of a list (RFC 7644 section 3.4.2.3).

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, ScimType, quote};
use crate::filter::values;
use crate::lenience::{Leeway, Lenience};
use crate::schema::{AttributePath, Mutability, Name, ResourceType, Type, resolve};
use crate::{fold, time};

/// What a list is sorted by.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// A complex attribute is sorted by its `value`.
    pub path: AttributePath,
    pub descending: bool,
}

/// A resource's part in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SortKey {
    Boolean(bool),
    /// Of a dateTime, the milliseconds since the epoch.
    Integer(i64),
    /// Folded unless the attribute is `caseExact`.
    Text(String),
}

impl Sort {
    /// 400 `invalidPath` for a name that the resource type does not have.
    pub fn parse(
        resource_type: &'static ResourceType,
        by: &str,
        descending: bool,
        lenience: &Lenience,
    ) -> Result<Self, Error> {
        let Name::Attribute(path) = resolve(resource_type, by, &mut Leeway::new(*lenience)) else {
            return Err(unknown(by));
        };
        let readable = path.leaf().is_none_or(|leaf| leaf.mutability != Mutability::WriteOnly);
        let complex = path.leaf().is_some_and(|leaf| leaf.kind == Type::Complex);
        let path = if complex { path.child("value") } else { Some(path) };
        path.filter(|_| readable).map(|path| Self { path, descending }).ok_or_else(|| unknown(by))
    }

    /// Of a resource that is rendered in full. Of a list the primary entry counts, else the first.
    pub fn key(&self, resource: &Value) -> Option<SortKey> {
        let found = values(resource.as_object()?, &self.path.parent());
        let primary = found.iter().find(|entry| entry.get("primary") == Some(&Value::Bool(true)));
        let entry = primary.or_else(|| found.first())?;
        let value = match self.path.sub_name() {
            Some(sub) => entry.get(sub)?,
            None => entry,
        };
        match value {
            Value::Bool(boolean) => Some(SortKey::Boolean(*boolean)),
            Value::Number(number) => number.as_i64().map(SortKey::Integer),
            Value::String(text) => match self.path.leaf() {
                Some(leaf) if leaf.kind == Type::DateTime => time::parse_ms(text).map(SortKey::Integer),
                Some(leaf) if leaf.case_exact => Some(SortKey::Text(text.clone())),
                _ => Some(SortKey::Text(fold::key(text).into_owned())),
            },
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Those without a key come last, in descending order first. What is alike lies in the order of creation, either way round.
    pub fn order(&self, one: (Option<&SortKey>, &str), other: (Option<&SortKey>, &str)) -> Ordering {
        let keys = match (one.0, other.0) {
            (Some(one), Some(other)) => one.cmp(other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
        let ascending = keys.then_with(|| one.1.cmp(other.1));
        if self.descending { ascending.reverse() } else { ascending }
    }
}

fn unknown(by: &str) -> Error {
    Error::bad_request(ScimType::InvalidPath, format!("sortBy: there is no attribute {}", quote(by)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::USER;

    fn sort(by: &str) -> Sort {
        Sort::parse(&USER, by, false, &Lenience::default()).unwrap()
    }

    #[test]
    fn keys() {
        let user = json!({
            "userName": "Ann", "externalId": "Ann", "active": true, "name": { "familyName": "ÅNG" },
            "emails": [{ "value": "B" }, { "value": "A", "primary": true }], "phoneNumbers": [{ "value": "2" }],
            "meta": { "lastModified": "1970-01-01T00:00:01Z" },
        });
        let check = |by: &str, expected: Option<SortKey>| assert_eq!(sort(by).key(&user), expected, "{by}");
        let text = |text: &str| Some(SortKey::Text(text.to_owned()));
        check("USERNAME", text("ann"));
        check("externalId", text("Ann"));
        check("name.familyName", text("ång"));
        check("emails", text("a"));
        check("emails.value", text("a"));
        check("emails.type", None);
        check("phoneNumbers", text("2"));
        check("active", Some(SortKey::Boolean(true)));
        check("meta.lastModified", Some(SortKey::Integer(1_000)));
        check("title", None);
        for unknown in ["shoeSize", "name", "password", "urn:x:y:z", ""] {
            let error = Sort::parse(&USER, unknown, false, &Lenience::default()).unwrap_err();
            assert_eq!(error.scim_type, Some(ScimType::InvalidPath), "{unknown}");
        }
    }

    #[test]
    fn absent_is_last() {
        let sort = sort("title");
        let (a, b) = (SortKey::Text("a".to_owned()), SortKey::Text("b".to_owned()));
        let mut rows = [(None, "1"), (Some(&b), "2"), (Some(&a), "4"), (Some(&a), "3")];
        rows.sort_by(|one, other| sort.order(*one, *other));
        assert_eq!(rows.map(|(_, id)| id), ["3", "4", "2", "1"]);
        let sort = Sort { descending: true, ..sort };
        rows.sort_by(|one, other| sort.order(*one, *other));
        assert_eq!(rows.map(|(_, id)| id), ["1", "2", "4", "3"]);
    }
}
