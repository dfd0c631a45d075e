//! `attributes` and `excludedAttributes` (RFC 7644 section 3.9).

use serde_json::Value;

use crate::error::Error;
use crate::lenience::{Leeway, Lenience};
use crate::limits::MAX_PROJECTED;
use crate::schema::{Attribute, AttributePath, Name, ResourceType, Returned, Schema, is_open_urn, resolve};

/// Which attributes of a resource are answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    resource_type: &'static ResourceType,
    /// `None` asks for the default set.
    only: Option<Vec<Selected>>,
    without: Vec<Selected>,
}

#[derive(Debug, Clone, PartialEq)]
enum Selected {
    Attribute(AttributePath),
    /// An extension's block; `None` is the core schema.
    Schema(Option<&'static Schema>),
    /// The URN of an extension without a schema, or an attribute in it.
    Open(String),
}

/// An attribute in its home, as it is asked about.
#[derive(Clone, Copy)]
struct Row {
    extension: Option<&'static Schema>,
    attribute: &'static Attribute,
    sub: Option<&'static Attribute>,
}

impl Projection {
    /// Names that no schema knows are ignored: there is nothing to answer for them. When both lists are given, what the
    /// second names is left out of the first.
    pub fn parse(
        resource_type: &'static ResourceType,
        attributes: Option<&str>,
        excluded_attributes: Option<&str>,
    ) -> Result<Self, Error> {
        let only = attributes.map(|names| select(resource_type, "attributes", names)).transpose()?;
        let without = select(resource_type, "excludedAttributes", excluded_attributes.unwrap_or_default())?;
        Ok(Self { resource_type, only, without })
    }

    /// From the decoded pairs of a query, whose other parameters do not matter here. Names are compared without case; of a
    /// repeated one the last counts, an empty one is absent.
    pub fn of_query<N: AsRef<str>, V: AsRef<str>>(
        resource_type: &'static ResourceType,
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, Error> {
        let (mut attributes, mut excluded) = (None, None);
        for (name, value) in pairs {
            let list = if name.as_ref().eq_ignore_ascii_case("attributes") {
                &mut attributes
            } else if name.as_ref().eq_ignore_ascii_case("excludedAttributes") {
                &mut excluded
            } else {
                continue;
            };
            *list = Some(value.as_ref().trim().to_owned()).filter(|names| !names.is_empty());
        }
        Self::parse(resource_type, attributes.as_deref(), excluded.as_deref())
    }

    /// Whether the client named what it wants.
    pub fn is_asked(&self) -> bool {
        self.only.is_some()
    }

    /// Everything that is returned by default.
    pub fn everything(resource_type: &'static ResourceType) -> Self {
        Self { resource_type, only: None, without: Vec::new() }
    }

    /// Whether an attribute of the core schema can be in the answer, by its canonical name: what is not wanted need not be
    /// loaded.
    pub fn wants(&self, name: &str) -> bool {
        self.resource_type
            .attribute(name)
            .is_some_and(|attribute| self.keeps(Row { extension: None, attribute, sub: None }))
    }

    /// Takes what is not wanted out of a rendered resource. `id` and `schemas` always stay.
    pub fn apply(&self, resource: &mut Value) {
        if let Value::Object(members) = resource {
            members.retain(|key, value| self.keep(key, value));
        }
    }

    fn keep(&self, key: &str, value: &mut Value) -> bool {
        if let Some(schema) = self.resource_type.extension(key) {
            return value.as_object_mut().is_some_and(|block| {
                block.retain(|name, value| self.keep_attribute(Some(schema), schema.attribute(name), value));
                !block.is_empty()
            });
        }
        if is_open_urn(key) {
            return self.keep_open(key, value);
        }
        self.keep_attribute(None, self.resource_type.attribute(key), value)
    }

    fn keep_attribute(
        &self,
        extension: Option<&'static Schema>,
        attribute: Option<&'static Attribute>,
        value: &mut Value,
    ) -> bool {
        let Some(attribute) = attribute else { return self.only.is_none() };
        let row = Row { extension, attribute, sub: None };
        if !self.keeps(row) {
            return false;
        }
        if attribute.sub_attributes.iter().all(|sub| self.keeps_sub(row, sub)) {
            return true;
        }
        let keeps = |name: &str| attribute.sub_attribute(name).is_none_or(|sub| self.keeps_sub(row, sub));
        match value {
            Value::Array(entries) => entries.iter_mut().for_each(|entry| retain(entry, keeps)),
            entry => retain(entry, keeps),
        }
        true
    }

    /// The attribute, or a part of it.
    fn keeps(&self, row: Row) -> bool {
        let part = || row.attribute.sub_attributes.iter().any(|sub| self.keeps_sub(row, sub));
        row.attribute.returned == Returned::Always || (!self.excludes(row) && (self.selects(row) || part()))
    }

    fn keeps_sub(&self, row: Row, sub: &'static Attribute) -> bool {
        let row = Row { sub: Some(sub), ..row };
        self.selects(row) && !self.excludes(row)
    }

    fn selects(&self, row: Row) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|selected| selected.covers(row)))
    }

    fn excludes(&self, row: Row) -> bool {
        self.without.iter().any(|selected| selected.covers(row))
    }

    fn keep_open(&self, urn: &str, value: &mut Value) -> bool {
        if names(&self.without, urn) {
            return false;
        }
        let whole = self.only.as_ref().is_none_or(|only| names(only, urn));
        let Some(block) = value.as_object_mut() else { return whole };
        block.retain(|name, _| {
            let name = format!("{urn}:{name}");
            (whole || self.only.as_ref().is_some_and(|only| names(only, &name))) && !names(&self.without, &name)
        });
        !block.is_empty()
    }
}

/// Whether an extension without a schema, or an attribute in it, is in the list.
fn names(list: &[Selected], name: &str) -> bool {
    list.iter().any(|selected| matches!(selected, Selected::Open(open) if open.eq_ignore_ascii_case(name)))
}

fn select(resource_type: &'static ResourceType, parameter: &str, names: &str) -> Result<Vec<Selected>, Error> {
    let names: Vec<_> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.len() > MAX_PROJECTED {
        return Err(Error::invalid_value(format!("{parameter} names more than {MAX_PROJECTED} attributes")));
    }
    let mut leeway = Leeway::new(Lenience::all());
    let selected = names.into_iter().filter_map(|name| match resolve(resource_type, name, &mut leeway) {
        Name::Attribute(path) => Some(Selected::Attribute(path)),
        Name::Schema(schema) => Some(Selected::Schema((schema != resource_type.schema).then_some(schema))),
        Name::Open(name) => Some(Selected::Open(name.to_owned())),
        Name::Unknown => None,
    });
    Ok(selected.collect())
}

impl Selected {
    /// Whether all of `row` is meant: by its own name, its attribute's or its schema's.
    fn covers(&self, row: Row) -> bool {
        match self {
            Self::Attribute(AttributePath::Known { extension, attribute, sub }) => {
                *extension == row.extension
                    && attribute.name == row.attribute.name
                    && (sub.is_none() || sub.map(|sub| sub.name) == row.sub.map(|sub| sub.name))
            }
            Self::Schema(schema) => *schema == row.extension,
            Self::Attribute(AttributePath::Open { .. }) | Self::Open(_) => false,
        }
    }
}

fn retain(entry: &mut Value, keeps: impl Fn(&str) -> bool) {
    if let Value::Object(members) = entry {
        members.retain(|name, _| keeps(name));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{GROUP, USER};

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn user() -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": "1",
            "userName": "u",
            "name": { "givenName": "g", "familyName": "f" },
            "emails": [{ "value": "a", "type": "work" }, { "value": "b" }],
            ENTERPRISE: { "department": "d", "manager": { "value": "m", "$ref": "r" } },
            "urn:x:y": { "a": 1, "b": 2 },
            "meta": { "resourceType": "User" },
        })
    }

    /// What is left of [`user`] besides `id` and `schemas`.
    fn check(attributes: Option<&str>, excluded: Option<&str>, expected: &Value) {
        let mut resource = user();
        Projection::parse(&USER, attributes, excluded).unwrap().apply(&mut resource);
        let members = resource.as_object_mut().unwrap();
        assert!(members.remove("id").is_some() && members.remove("schemas").is_some());
        assert_eq!(&resource, expected, "{attributes:?} without {excluded:?}");
    }

    #[test]
    fn attributes() {
        check(Some("id"), None, &json!({}));
        check(Some("shoeSize"), None, &json!({}));
        check(Some("USERNAME, name.givenName"), None, &json!({ "userName": "u", "name": { "givenName": "g" } }));
        check(Some("emails.value"), None, &json!({ "emails": [{ "value": "a" }, { "value": "b" }] }));
        check(Some("meta"), None, &json!({ "meta": { "resourceType": "User" } }));
        check(
            Some("urn:ietf:params:scim:schemas:core:2.0:User:userName,urn:x:y:a"),
            None,
            &json!({ "userName": "u", "urn:x:y": { "a": 1 } }),
        );
        check(Some("urn:x:y"), None, &json!({ "urn:x:y": { "a": 1, "b": 2 } }));
        let manager = json!({ ENTERPRISE: { "manager": { "value": "m" } } });
        check(Some("manager.value"), None, &manager.clone());
        check(Some(&format!("{ENTERPRISE}:manager.value")), None, &manager);
        check(Some(ENTERPRISE), None, &json!({ ENTERPRISE: user()[ENTERPRISE] }));
    }

    #[test]
    fn excluded_attributes() {
        let all_but = |names: &[&str]| {
            let mut rest = user();
            rest.as_object_mut().unwrap().retain(|key, _| !["id", "schemas"].contains(&key.as_str()));
            rest.as_object_mut().unwrap().retain(|key, _| !names.contains(&key.as_str()));
            rest
        };
        check(None, None, &all_but(&[]));
        check(None, Some("id,schemas,emails"), &all_but(&["emails"]));
        check(None, Some("urn:x:y"), &all_but(&["urn:x:y"]));
        check(None, Some(ENTERPRISE), &all_but(&[ENTERPRISE]));
        let mut expected = all_but(&[]);
        expected["emails"] = json!([{ "type": "work" }, {}]);
        check(None, Some("emails.value"), &expected);
        check(Some("name,userName"), Some("name.familyName,userName"), &json!({ "name": { "givenName": "g" } }));
    }

    #[test]
    fn what_need_not_be_loaded() {
        let wants = |attributes, excluded| Projection::parse(&GROUP, attributes, excluded).unwrap().wants("members");
        assert!(wants(None, None));
        assert!(!wants(None, Some("Members")));
        assert!(!wants(Some("id"), None));
        assert!(wants(Some("id,members.value"), None));
        assert!(Projection::everything(&USER).wants("groups"));
    }

    #[test]
    fn from_a_query() {
        let read = |pairs: &[(&str, &str)]| Projection::of_query(&USER, pairs.iter().copied()).unwrap();
        let parse = |only, without| Projection::parse(&USER, only, without).unwrap();
        assert_eq!(read(&[("count", "lots"), ("filter", "")]), Projection::everything(&USER));
        assert_eq!(read(&[("ATTRIBUTES", "id"), ("attributes", " title ")]), parse(Some("title"), None));
        assert_eq!(read(&[("attributes", " "), ("excludedattributes", "name")]), parse(None, Some("name")));
        assert!(read(&[("attributes", "shoeSize")]).is_asked() && !read(&[("excludedAttributes", "id")]).is_asked());
    }

    #[test]
    fn number_of_names() {
        let names = |count: usize| vec!["title"; count].join(",");
        assert!(Projection::parse(&USER, Some(&names(MAX_PROJECTED)), None).is_ok());
        let error = Projection::parse(&USER, None, Some(&names(MAX_PROJECTED + 1))).unwrap_err();
        assert_eq!(error, Error::invalid_value("excludedAttributes names more than 200 attributes"));
    }
}
